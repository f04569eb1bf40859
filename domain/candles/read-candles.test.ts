import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleSchema } from '../../contracts/candles.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { readCandles, readFileName } from './read-candles.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../tests/fixtures/candles/${name}`, import.meta.url), 'utf8');

const csv = (...rows: string[]): string => ['time,open,high,low,close,volume', ...rows].join('\n');
const code = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error instanceof TapeworksError ? error.code : error;
  }
  return 'no error';
};

describe('readCandles', () => {
  it('reads 502 daily bars whole', () => {
    const { product, timeframe, candles, report } = readCandles(fixture('default.csv'), 'default.csv');
    expect({ product, timeframe, kept: candles.length, rejected: report.rejected }).toEqual({
      product: 'default',
      timeframe: '1d',
      kept: 502,
      rejected: [],
    });
    expect(candles[0]).toEqual({
      time: Date.UTC(2017, 0, 3),
      open: 212.61,
      high: 213.35,
      low: 211.52,
      close: 212.8,
      volume: 96_708_880,
    });
  });

  it('says what is wrong with a bad file and keeps the rest in order', () => {
    const { candles, report } = readCandles(fixture('bad.csv'), 'bad.csv');
    expect(report.rows).toBe(502);
    expect(candles.length).toBe(report.kept);
    expect(report.kept).toBeLessThan(502);
    expect(report.rejected.map(({ reason }) => reason)).toContain('time is blank');
    expect(
      candles.every((candle, i) => candleSchema.safeParse(candle).success && (candles[i - 1]?.time ?? 0) < candle.time),
    ).toBe(true);
  });

  it('reads a Coinbase answer, newest first, and takes product and timeframe from its name', () => {
    const { product, timeframe, candles, report } = readCandles(
      fixture('advtrade_BTC-USD_1d_2023.json'),
      'advtrade_BTC-USD_1d_2023.json',
    );
    expect([product, timeframe, candles.length]).toEqual(['BTC-USD', '1d', 118]);
    expect(report).toMatchObject({ outOfOrder: 0, duplicates: 0, gaps: 0 });
    expect(candles[0]?.time).toBeLessThan(candles.at(-1)?.time ?? 0);
  });

  it('reads Coinbase arrays as [time, low, high, open, close, volume]', () => {
    const { candles } = readCandles('[[1584316800, 1, 4, 2, 3, 9], [1584313200, 1, 4, 2, 3, 9]]', 'BTC-USD_1h.json');
    expect(candles[1]).toEqual({ time: 1_584_316_800_000, open: 2, high: 4, low: 1, close: 3, volume: 9 });
  });

  it('counts duplicates, disorder and gaps', () => {
    const text = csv(
      '2024-01-01T00:00Z,2,3,1,2,5',
      '2024-01-01T02:00Z,2,3,1,2,5',
      '2024-01-01T01:00Z,2,3,1,2,5',
      '2024-01-01T01:00Z,9,9,9,9,5',
      '2024-01-01T06:00Z,2,3,1,2,5',
      '2024-01-01T07:00Z,2,3,1,2,5',
    );
    const { report, candles, timeframe } = readCandles(text, 'x.csv');
    expect(timeframe).toBe('1h');
    expect(report).toMatchObject({ rows: 6, kept: 5, duplicates: 1, outOfOrder: 2, gaps: 1 });
    expect(candles[1]?.open).toBe(2);
  });

  it('finds columns by any usual name, after a BOM, with semicolons', () => {
    const { candles } = readCandles(
      '\uFEFFVol;CLOSE;Low;High;Open;Timestamp\n5;2;1;3;2;1/3/2017\n5;2;1;3;2;1/4/2017',
      'A_1d.csv',
    );
    expect(candles).toHaveLength(2);
  });

  it.each([
    ['low above high', '2024-01-01,2,1,3,2,5', 'low is above high'],
    ['close above high', '2024-01-01,2,3,1,4,5', 'high is below open or close'],
    ['zero price', '2024-01-01,0,3,0,2,5', 'open is not above zero'],
    ['blank', '2024-01-01,2,3,1,,5', 'close is blank'],
    ['words', '2024-01-01,2,3,1,n/a,5', 'close is no number: n/a'],
    ['infinite', '2024-01-01,2,3,1,2,1e999', 'volume is no number: 1e999'],
    ['negative volume', '2024-01-01,2,3,1,2,-5', 'volume is negative'],
  ])('rejects %s', (_, row, reason) => {
    const { report } = readCandles(csv(row, '2024-01-02,2,3,1,2,5'), 'A_1d.csv');
    expect(report.rejected).toEqual([{ row: 1, reason }]);
  });

  it.each([
    ['nothing', ''],
    ['a header alone', 'time,open,high,low,close,volume'],
    ['a missing column', 'time,open,high,low,close\n2024-01-01,2,3,1,2'],
    ['rows without a price', csv('2024-01-01,0,0,0,0,0')],
    ['broken JSON', '{"candles": ['],
    ['JSON without candles', '{"error": "no"}'],
    ['a step that no timeframe has', csv('2024-01-01T00:00Z,2,3,1,2,5', '2024-01-01T00:07Z,2,3,1,2,5')],
  ])('refuses %s', (_, text) => {
    expect(code(() => readCandles(text, 'x.csv'))).toBe('CANDLES_BROKEN');
  });

  it('refuses a name that contradicts the bars', () => {
    const text = csv('2024-01-01T00:00Z,2,3,1,2,5', '2024-01-01T01:00Z,2,3,1,2,5');
    expect(() => readCandles(text, 'BTC-USD_1d.csv')).toThrow(/3600 s apart but the name says 1d/);
  });

  it('takes bars in any order, with holes, as the name says', () => {
    const hours = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(hours, fc.integer({ min: 1, max: 1_000 }), (times, price) => {
        const rows = times.map((hour) => `${hour * 3_600},${price},${price + 1},${price},${price + 1},${hour}`);
        const { candles, report, timeframe } = readCandles(csv(...rows), 'A-B_1h.csv');
        expect([timeframe, report.kept, report.rejected]).toEqual(['1h', times.length, []]);
        expect(candles.map((candle) => candle.volume)).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });
});

describe('readFileName', () => {
  it.each([
    ['SAMPLE-BTC_1d.csv', 'SAMPLE-BTC', '1d'],
    ['dir/advtrade_BTC-USD_4h_2016_2025.json', 'BTC-USD', '4h'],
    ['LTC_USDT_1m_stoploss.json', 'LTC_USDT', '1m'],
    ['default.csv', 'default', null],
    ['../<odd name>?.csv', 'odd-name', null],
  ])('%s', (name, product, timeframe) => {
    expect(readFileName(name)).toEqual({ product, timeframe });
  });
});
