import { emptyLine, type Line } from './types.ts';

/** Best value of each window of `period` bars, in one pass: a queue of candidates, best first. */
const windowBest = (values: readonly number[], period: number, beats: (a: number, b: number) => boolean): Line => {
  const line = emptyLine(values.length);
  const queue = new Int32Array(values.length);
  let head = 0;
  let tail = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    while (tail > head && !beats(values[queue[tail - 1] ?? 0] ?? 0, value)) tail -= 1;
    queue[tail] = i;
    tail += 1;
    if ((queue[head] ?? 0) <= i - period) head += 1;
    if (i >= period - 1) line[i] = values[queue[head] ?? 0] ?? null;
  }
  return line;
};

/** Largest of the last `period` values, the bar itself included. First value at bar `period − 1`. Oracle: TA-Lib MAX. */
export const highest = (values: readonly number[], period: number): Line => windowBest(values, period, (a, b) => a > b);

/** Smallest of the last `period` values, the bar itself included. First value at bar `period − 1`. Oracle: TA-Lib MIN. */
export const lowest = (values: readonly number[], period: number): Line => windowBest(values, period, (a, b) => a < b);
