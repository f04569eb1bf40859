/** Candles. `time` is the bar's opening time in UTC epoch milliseconds; prices and volume are finite, low ≤ open, close ≤ high. */
import { z } from 'zod';

export const TIMEFRAMES = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
} as const;
export type Timeframe = keyof typeof TIMEFRAMES;
export const timeframeSchema = z.enum(Object.keys(TIMEFRAMES) as [Timeframe, ...Timeframe[]]);

export const candleSchema = z.object({
  time: z.int(),
  open: z.number().positive(),
  high: z.number().positive(),
  low: z.number().positive(),
  close: z.number().positive(),
  volume: z.number().min(0),
});
export type Candle = z.infer<typeof candleSchema>;

export const productSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'letters, digits, ".", "_" and "-", at most 40');

/** What was wrong with a series as read; `rows` counts data rows from 1. */
export const seriesReportSchema = z.object({
  rows: z.int(),
  kept: z.int(),
  gaps: z.int(),
  duplicates: z.int(),
  outOfOrder: z.int(),
  rejected: z.array(z.object({ row: z.int(), reason: z.string() })),
});
export type SeriesReport = z.infer<typeof seriesReportSchema>;
export type CandleSeries = { product: string; timeframe: Timeframe; candles: Candle[] };
