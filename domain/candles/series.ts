import type { Candle, SeriesReport } from '../../contracts/candles.ts';
import type { RawRow } from './rows.ts';
import { readTime } from './time.ts';

/** A broken file can have a million bad rows; so many are named. The others are rows − kept − duplicates. */
export const MAX_REJECTED_LISTED = 100;

const DAY_MS = 86_400_000;
const PRICES = ['open', 'high', 'low', 'close'] as const;

const readNumber = (raw: unknown): number | null => {
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null;
  if (typeof raw !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(raw.trim())) return null;
  const value = Number(raw);
  return Number.isFinite(value) ? value : null;
};

const isBlank = (raw: unknown): boolean =>
  raw === undefined || raw === null || (typeof raw === 'string' && raw.trim() === '');

/** The row as a candle, or in words why it is none. */
export const readCandle = (raw: RawRow): Candle | string => {
  const time = readTime(raw.time);
  if (time === null)
    return isBlank(raw.time) ? 'time is blank' : `time not understood: ${String(raw.time).slice(0, 40)}`;
  const candle: Candle = { time, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  for (const column of [...PRICES, 'volume'] as const) {
    const value = readNumber(raw[column]);
    if (value === null) {
      return isBlank(raw[column])
        ? `${column} is blank`
        : `${column} is no number: ${String(raw[column]).slice(0, 40)}`;
    }
    candle[column] = value;
  }
  for (const column of PRICES) if (candle[column] <= 0) return `${column} is not above zero`;
  if (candle.volume < 0) return 'volume is negative';
  if (candle.low > candle.high) return 'low is above high';
  if (candle.high < Math.max(candle.open, candle.close)) return 'high is below open or close';
  if (candle.low > Math.min(candle.open, candle.close)) return 'low is above open or close';
  return candle;
};

/** Exchanges answer newest first; a file mostly in that order is turned round, which is no fault of its rows. */
const oldestFirst = (candles: Candle[]): Candle[] => {
  let down = 0;
  let up = 0;
  for (let i = 1; i < candles.length; i += 1) {
    const step = (candles[i]?.time ?? 0) - (candles[i - 1]?.time ?? 0);
    if (step < 0) down += 1;
    else if (step > 0) up += 1;
  }
  return down > up ? candles.reverse() : candles;
};

/** Checks rows, sorts them by time and drops repeated times (the first in file order, oldest first, stays). Gaps come later. */
export const toSeries = (rows: readonly RawRow[]): { candles: Candle[]; report: SeriesReport } => {
  const rejected: SeriesReport['rejected'] = [];
  const good: Candle[] = [];
  for (const raw of rows) {
    const candle = readCandle(raw);
    if (typeof candle !== 'string') good.push(candle);
    else if (rejected.length < MAX_REJECTED_LISTED) rejected.push({ row: raw.row, reason: candle });
  }
  const ordered = oldestFirst(good);
  let outOfOrder = 0;
  let latest = -1;
  for (const candle of ordered) {
    if (candle.time < latest) outOfOrder += 1;
    latest = Math.max(latest, candle.time);
  }
  const sorted = ordered.toSorted((a, b) => a.time - b.time);
  const candles = sorted.filter((candle, i) => i === 0 || candle.time !== sorted[i - 1]?.time);
  const duplicates = sorted.length - candles.length;
  return { candles, report: { rows: rows.length, kept: candles.length, gaps: 0, duplicates, outOfOrder, rejected } };
};

/** Median distance between neighbouring bars in milliseconds; `null` for fewer than two. */
export const medianStep = (candles: readonly Candle[]): number | null => {
  const steps = candles.slice(1).map((candle, i) => candle.time - (candles[i]?.time ?? 0));
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? null;
};

/** Greatest common divisor of all distances between neighbouring bars, in milliseconds; 0 for fewer than two. */
export const commonStep = (candles: readonly Candle[]): number => {
  let common = 0;
  for (let i = 1; i < candles.length; i += 1) {
    let step = (candles[i]?.time ?? 0) - (candles[i - 1]?.time ?? 0);
    while (step > 0) [common, step] = [step, common % step];
  }
  return common;
};

const isWeekend = (time: number): boolean => [0, 6].includes(new Date(time).getUTCDay());

/**
 * Places where at least one bar of `stepMs` is missing. A daily series that never trades on a weekend has no gap there;
 * holidays and the hours between sessions count.
 */
export const countGaps = (candles: readonly Candle[], stepMs: number): number => {
  const weekdaysOnly = stepMs === DAY_MS && !candles.some((candle) => isWeekend(candle.time));
  const missesBar = (from: number, to: number): boolean => {
    for (let time = from; time < to; time += stepMs) if (!weekdaysOnly || !isWeekend(time)) return true;
    return false;
  };
  let gaps = 0;
  for (let i = 1; i < candles.length; i += 1) {
    const before = candles[i - 1]?.time ?? 0;
    const time = candles[i]?.time ?? 0;
    if (time - before >= stepMs * 1.5 && missesBar(before + stepMs, time)) gaps += 1;
  }
  return gaps;
};
