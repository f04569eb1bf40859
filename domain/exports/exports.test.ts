import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIGNAL_CSV_COLUMNS } from '../../contracts/signals.ts';
import { safeText, toCsv } from './cells.ts';
import {
  ENHANCED_BAR_COLUMNS,
  type EnhancedSeries,
  enhancedBarsHeader,
  enhancedBarsLines,
} from './enhanced-bars-csv.ts';
import { type RatedSignal, signalsCsv } from './signals-csv.ts';

const rated: RatedSignal = {
  id: 12,
  signal: {
    symbol: 'BTC-USD',
    timeframe: '1h',
    type: 'long',
    barTime: Date.UTC(2024, 0, 1),
    entryPrice: 100.5,
    stopLoss: 98,
    targetPrice: 105.5,
    riskRewardRatio: 2,
    ruleId: 'entry-1',
    indicators: {
      rsi: null,
      atr: null,
      sma_20: null,
      sma_50: null,
      volume_ratio: null,
      bb_upper: null,
      bb_middle: null,
      bb_lower: null,
      stochastic_k: null,
      stochastic_d: null,
    },
  },
  rating: {
    rating: 4,
    choppiness: 'no',
    ratingReason: '=HYPERLINK("http://x","y")',
    choppinessReason: 'Straight, "really".',
    recommendations: 'Wait,\nthen look.',
  },
  processingTimeMs: 3,
  model: 'offline',
  processedAt: Date.UTC(2024, 0, 1, 1),
  llmStatus: 'offline',
};
const records = (csv: string): Record<string, string>[] => parse(csv, { columns: true });

describe('signalsCsv', () => {
  it('has the documented columns and one row a signal', () => {
    const csv = signalsCsv([
      rated,
      { ...rated, id: 13, rating: null, model: null, processedAt: null, llmStatus: 'unavailable' },
    ]);
    const [first, second] = records(csv);
    expect(csv.split('\n')[0]).toBe(SIGNAL_CSV_COLUMNS.join(','));
    expect(first).toMatchObject({
      timestamp: '2024-01-01T00:00:00.000Z',
      signal_id: '12',
      entry_price: '100.5',
      llm_analysis: '\'=HYPERLINK("http://x","y") Straight, "really".',
      llm_recommendations: 'Wait,\nthen look.',
      processed_at: '2024-01-01T01:00:00.000Z',
    });
    expect(second).toMatchObject({ llm_rating: '', llm_status: 'unavailable', processed_at: '' });
  });
  it('has its header without signals', () => expect(signalsCsv([]).trim().split('\n')).toHaveLength(1));
});

describe('llm_strategy_results.csv', () => {
  const enhancedBarsCsv = (parts: EnhancedSeries[]) =>
    enhancedBarsHeader() + parts.map((part) => enhancedBarsLines(part).text).join('');

  const candle = { open: 1, high: 2, low: 1, close: 2, volume: 3 };
  const candles = [0, 1, 2].map((hour) => ({ ...candle, time: Date.UTC(2024, 0, 1, hour) }));
  const series = { product: 'BTC-USD', timeframe: '1h' as const, candles };

  it('has every bar, filled where there is a signal', () => {
    const rows = records(enhancedBarsCsv([{ ...series, signals: [rated] }]));
    expect(Object.keys(rows[0] ?? {})).toEqual([...ENHANCED_BAR_COLUMNS]);
    expect(rows.map((row) => row['llm_rating'])).toEqual(['4', '', '']);
    expect(rows[0]).toMatchObject({ close: '2', signal_id: '12', timeframe: '1h' });
  });
  it('has a row for each of two signals of one bar, none for other series', () => {
    const other = { ...rated, id: 14, signal: { ...rated.signal, symbol: 'ETH-USD' } };
    const rows = records(enhancedBarsCsv([{ ...series, signals: [rated, { ...rated, id: 13 }, other] }]));
    expect(rows.map((row) => row['signal_id'])).toEqual(['12', '13', '', '']);
  });
});

describe('safe cells', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1'])('%j gets an apostrophe', (text) => {
    expect(safeText(text)).toBe(`'${text}`);
  });
  it.each(['buy', '1-2', "it's", ''])('%j stays', (text) => expect(safeText(text)).toBe(text));
  it('leaves numbers numbers', () => expect(toCsv(['a', 'b'], [[-1.5, '-1.5']])).toBe("a,b\n-1.5,'-1.5\n"));

  it('reads back as written, and no text cell starts a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 2, maxLength: 5 }), (cells) => {
        const [, row] = parse(
          toCsv(
            cells.map((_, i) => `c${i}`),
            [cells],
          ),
          { relax_column_count: true },
        );
        expect(row ?? []).toEqual(cells.map(safeText));
        expect((row ?? []).every((cell) => !/^[=+\-@\t\r]/.test(cell))).toBe(true);
      }),
    );
  });
});
