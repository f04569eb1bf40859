import type { Candle, CandleSeries, SeriesReport, Timeframe } from '../../contracts/candles.ts';
import { TIMEFRAMES } from '../../contracts/candles.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { readRows } from './rows.ts';
import { commonStep, countGaps, medianStep, toSeries } from './series.ts';

const timeframes = Object.keys(TIMEFRAMES) as Timeframe[];
const asProduct = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 40)
    .replace(/[^A-Za-z0-9]+$/, '') || 'UNKNOWN';

/** What a file name tells: `SAMPLE-BTC_1d.csv`, `advtrade_BTC-USD_4h_2016_2025.json`. A dashed pair wins over other words. */
export const readFileName = (fileName: string): { product: string; timeframe: Timeframe | null } => {
  const base = fileName.replace(/^.*[\\/]/, '').replace(/\.[A-Za-z0-9]+$/, '');
  const parts = base.split('_');
  const at = parts.findIndex((part, i) => i > 0 && (timeframes as string[]).includes(part.toLowerCase()));
  const words = at < 0 ? parts : parts.slice(0, at);
  const pair = words.find((word) => /^[A-Za-z0-9]{2,12}-[A-Za-z0-9]{2,12}$/.test(word));
  return {
    product: asProduct(pair ?? words.join('_')),
    timeframe: at < 0 ? null : ((parts[at] ?? '').toLowerCase() as Timeframe),
  };
};

/** Fewer bars than these may all be apart by chance, as on a quiet exchange that leaves out minutes without a trade. */
const ENOUGH_BARS = 10;

const contradicts = (named: Timeframe, step: number, candles: readonly Candle[]): boolean => {
  if (step < TIMEFRAMES[named]) return true;
  return step > TIMEFRAMES[named] && candles.length >= ENOUGH_BARS && commonStep(candles) > TIMEFRAMES[named];
};

const chooseTimeframe = (named: Timeframe | null, candles: readonly Candle[], fileName: string): Timeframe => {
  const step = medianStep(candles);
  if (named !== null && (step === null || !contradicts(named, step, candles))) return named;
  const measured = timeframes.find((name) => TIMEFRAMES[name] === step);
  if (named === null && measured) return measured;
  const apart = step === null ? 'there is one bar only' : `the bars are ${step / 1000} s apart`;
  throw new TapeworksError(
    'CANDLES_BROKEN',
    `${fileName}: ${apart}${named === null ? '' : ` but the name says ${named}`}. Name the file PRODUCT_TIMEFRAME.csv with one of ${timeframes.join(', ')}.`,
    { named, stepMs: step },
  );
};

/**
 * Reads a candle file's text. CSV needs a header (time, open, high, low, close, volume, any order and case); JSON is a list of
 * objects, Coinbase Advanced Trade's `{candles: […]}` or Coinbase Exchange's arrays. Product and timeframe come from the file
 * name, else from the data. Candles come back oldest first, checked, each time once; the report says what was dropped.
 * Throws CANDLES_BROKEN when no row is usable, a column is missing, or the timeframe can't be told or contradicts the name.
 */
export const readCandles = (text: string, fileName: string): CandleSeries & { report: SeriesReport } => {
  const { rows, product } = readRows(text);
  const { candles, report } = toSeries(rows);
  if (candles.length === 0) {
    const first = report.rejected[0];
    throw new TapeworksError(
      'CANDLES_BROKEN',
      `${fileName}: no usable row; row ${first?.row ?? 1}: ${first?.reason ?? 'empty'}.`,
      {
        rows: report.rows,
        rejected: report.rejected.slice(0, 5),
      },
    );
  }
  const named = readFileName(fileName);
  const timeframe = chooseTimeframe(named.timeframe, candles, fileName);
  return {
    product: named.timeframe === null && product !== null ? asProduct(product) : named.product,
    timeframe,
    candles,
    report: { ...report, gaps: countGaps(candles, TIMEFRAMES[timeframe]) },
  };
};
