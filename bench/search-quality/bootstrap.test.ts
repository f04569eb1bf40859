import { describe, expect, it } from 'vitest';
import { bootstrap, meanAt } from './bootstrap.ts';

const values = Array.from({ length: 200 }, (_, index) => index % 2);
const mean = (of: readonly number[]) => (sample: number[]) => meanAt(of, sample);

describe('bootstrap', () => {
  it('comes near the interval that a half of 200 has by theory', () => {
    const { low, high } = bootstrap(values.length, mean(values));
    // ± 1.96 · 0.5 ÷ √200
    expect(low).toBeCloseTo(0.5 - 0.0693, 1);
    expect(high).toBeCloseTo(0.5 + 0.0693, 1);
  });

  it('gives the same interval again', () => {
    expect(bootstrap(values.length, mean(values))).toEqual(bootstrap(values.length, mean(values)));
  });

  it('is narrow where two sides differ by the same on every query', () => {
    const better = values.map((value) => value + 0.1);
    const { low, high } = bootstrap(values.length, (sample) => meanAt(better, sample) - meanAt(values, sample));
    expect(low).toBeCloseTo(0.1, 9);
    expect(high).toBeCloseTo(0.1, 9);
  });
});
