import { describe, expect, it } from 'vitest';
import { compare } from './runner.ts';

describe('compare', () => {
  it('warms both sides up, then measures them in turns with the first one changing', async () => {
    const order: string[] = [];
    const side = (name: string, value: number) => ({
      name,
      measure: async () => {
        order.push(name);
        return value;
      },
    });
    const said: string[] = [];
    const comparison = await compare(side('a', 6), side('b', 2), {
      name: 'test',
      unit: 'x',
      better: 'lower',
      rounds: 3,
      warmUps: 1,
      say: (line) => said.push(line),
    });
    expect(order.join('')).toBe('ababbaab');
    expect(comparison.a).toEqual({ name: 'a', rounds: [6, 6, 6], median: 6, min: 6, max: 6 });
    expect(comparison.ratio).toEqual({ median: 3, min: 3, max: 3 });
    expect(said).toHaveLength(4);
  });

  it('fails when a side fails', async () => {
    const broken = {
      name: 'broken',
      measure: async () => {
        throw new Error('no answer');
      },
    };
    const options = { name: 'test', unit: 'x', better: 'lower', rounds: 1, say: () => {} } as const;
    await expect(compare(broken, broken, options)).rejects.toThrow('no answer');
  });
});
