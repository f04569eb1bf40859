import type { CandleSeries } from '../../contracts/candles.ts';
import { SIGNAL_CSV_COLUMNS } from '../../contracts/signals.ts';
import { type Cell, isoTime, toCsv, toCsvLines } from './cells.ts';
import { type RatedSignal, signalCsvRow } from './signals-csv.ts';

/** A series with the signals found on it; those of other series or bars it does not hold are left out. */
export type EnhancedSeries = CandleSeries & { signals: readonly RatedSignal[] };

/** The bar's own time and symbol stand in front already. */
const SIGNAL_COLUMNS = SIGNAL_CSV_COLUMNS.filter((column) => column !== 'timestamp' && column !== 'symbol');
export const ENHANCED_BAR_COLUMNS = [
  'timestamp',
  'symbol',
  'timeframe',
  'open',
  'high',
  'low',
  'close',
  'volume',
  ...SIGNAL_COLUMNS,
] as const;

const NO_SIGNAL: Cell[] = SIGNAL_COLUMNS.map(() => null);

const signalCells = (signal: RatedSignal): Cell[] => {
  const row = signalCsvRow(signal);
  return SIGNAL_COLUMNS.map((column) => row[SIGNAL_CSV_COLUMNS.indexOf(column)] ?? null);
};

const rowsOf = ({ product, timeframe, candles, signals }: EnhancedSeries): Cell[][] => {
  const byBar = new Map<number, RatedSignal[]>();
  for (const rated of signals) {
    if (rated.signal.symbol !== product || rated.signal.timeframe !== timeframe) continue;
    byBar.set(rated.signal.barTime, [...(byBar.get(rated.signal.barTime) ?? []), rated]);
  }
  return candles.flatMap(({ time, open, high, low, close, volume }) => {
    const bar: Cell[] = [isoTime(time), product, timeframe, open, high, low, close, volume];
    const found = byBar.get(time) ?? [];
    return found.length === 0 ? [[...bar, ...NO_SIGNAL]] : found.map((rated) => [...bar, ...signalCells(rated)]);
  });
};

/** The first line of llm_strategy_results.csv. */
export const enhancedBarsHeader = (): string => toCsv(ENHANCED_BAR_COLUMNS, []);

/**
 * Lines of llm_strategy_results.csv for a part of a series: every bar with the columns of llm_signals.csv, filled where the bar
 * has a signal. A bar with several signals (of several strategies) has a row for each.
 */
export const enhancedBarsLines = (series: EnhancedSeries): { text: string; rows: number } => {
  const rows = rowsOf(series);
  return { text: toCsvLines(rows), rows: rows.length };
};
