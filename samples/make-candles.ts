/**
 * Writes the two sample candle series. They are synthetic: a seeded random walk whose drift and volatility switch between
 * regimes, with fat-tailed steps. No price in them was ever quoted anywhere.
 *
 *   node --import tsx samples/make-candles.ts
 */
import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** One bar. `time` is the bar's start in UTC as ISO text; prices in quote currency, volume in base currency. */
export type SampleCandle = { time: string; open: number; high: number; low: number; close: number; volume: number };

type Regime = { drift: number; volatility: number; meanBars: number; next: readonly number[] };
type Series = {
  file: string;
  seed: number;
  start: string;
  barMs: number;
  bars: number;
  price: number;
  baseVolume: number;
  regimes: readonly Regime[];
};

const HOUR_MS = 3_600_000;
const STEPS_PER_BAR = 24;

/** Drift and volatility are per bar, as log returns; `next` weighs which regime follows. */
const DAILY: readonly Regime[] = [
  { drift: 0.0035, volatility: 0.018, meanBars: 70, next: [0, 3, 2] },
  { drift: 0, volatility: 0.016, meanBars: 45, next: [2, 0, 2] },
  { drift: -0.0065, volatility: 0.032, meanBars: 32, next: [2, 2, 0] },
];
const HOURLY: readonly Regime[] = [
  { drift: 0.0006, volatility: 0.0055, meanBars: 180, next: [0, 3, 2] },
  { drift: 0, volatility: 0.004, meanBars: 150, next: [2, 0, 2] },
  { drift: -0.0011, volatility: 0.0095, meanBars: 80, next: [2, 2, 0] },
];

export const SERIES = {
  'SAMPLE-BTC_1d': {
    file: 'SAMPLE-BTC_1d.csv',
    seed: 20_230_136,
    start: '2023-01-01T00:00:00.000Z',
    barMs: 24 * HOUR_MS,
    bars: 1_000,
    price: 18_400,
    baseVolume: 9_500,
    regimes: DAILY,
  },
  'SAMPLE-ETH_1h': {
    file: 'SAMPLE-ETH_1h.csv',
    seed: 20_250_639,
    start: '2025-06-01T00:00:00.000Z',
    barMs: HOUR_MS,
    bars: 2_400,
    price: 2_540,
    baseVolume: 3_200,
    regimes: HOURLY,
  },
} as const satisfies Record<string, Series>;

/** Uniform numbers in [0, 1): a 32-bit counter through a multiply-xorshift mixer, the same on every platform. */
function uniformSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** The candles of a series, oldest first; the same seed gives the same candles. */
export function makeCandles(series: Series): SampleCandle[] {
  const uniform = uniformSource(series.seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  // Student's t with 4 degrees of freedom, scaled to unit variance.
  const fatTailed = () => {
    const chiSquare = normal() ** 2 + normal() ** 2 + normal() ** 2 + normal() ** 2;
    return normal() / Math.sqrt(chiSquare / 4) / Math.SQRT2;
  };
  const pick = (weights: readonly number[]) => {
    let left = uniform() * weights.reduce((sum, weight) => sum + weight, 0);
    return Math.max(
      0,
      weights.findIndex((weight) => (left -= weight) < 0),
    );
  };

  const startMs = Date.parse(series.start);
  const candles: SampleCandle[] = [];
  let regime = 0;
  let logPrice = Math.log(series.price);
  let stress = 1;
  for (let bar = 0; bar < series.bars; bar += 1) {
    const { drift, volatility, meanBars, next } = series.regimes[regime] as Regime;
    // One shock for the whole bar besides the small steps, and volatility that remembers it: calm and storm cluster.
    const shock = fatTailed();
    const sigma = volatility * Math.sqrt(stress);
    const path = [logPrice];
    for (let step = 0; step < STEPS_PER_BAR; step += 1) {
      const noise = (0.8 * normal()) / Math.sqrt(STEPS_PER_BAR) + (0.6 * shock) / STEPS_PER_BAR;
      logPrice += drift / STEPS_PER_BAR + sigma * noise;
      path.push(logPrice);
    }
    const move = Math.abs(logPrice - (path[0] as number)) / volatility;
    stress = Math.min(6, 0.35 + 0.55 * stress + 0.1 * move ** 2);
    const activity = Math.exp(0.28 * normal()) * (0.55 + 0.45 * move) * Math.sqrt(stress);
    candles.push({
      time: new Date(startMs + bar * series.barMs).toISOString().replace('.000Z', 'Z'),
      open: round(Math.exp(path[0] as number), 2),
      high: round(Math.exp(Math.max(...path)), 2),
      low: round(Math.exp(Math.min(...path)), 2),
      close: round(Math.exp(logPrice), 2),
      volume: round(series.baseVolume * activity, 3),
    });
    if (uniform() < 1 / meanBars) regime = pick(next);
  }
  return candles;
}

/** CSV with a header line and a final line break. */
export function toCsv(candles: readonly SampleCandle[]): string {
  const rows = candles.map((c) => [c.time, c.open, c.high, c.low, c.close, c.volume].join(','));
  return `time,open,high,low,close,volume\n${rows.join('\n')}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const series of Object.values(SERIES)) {
    const target = fileURLToPath(new URL(`./candles/${series.file}`, import.meta.url));
    writeFileSync(target, toCsv(makeCandles(series)));
    console.log(`${series.file}: ${series.bars} candles`);
  }
}
