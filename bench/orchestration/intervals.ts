/** Stretches of time, as milliseconds since any fixed moment. */

export type Interval = { fromMs: number; toMs: number };

/** The stretches with overlapping and touching ones joined, in order. */
export function union(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const { fromMs, toMs } of [...intervals].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else joined.push({ fromMs, toMs });
  }
  return joined;
}

/** How much of `whole` lies in none of the stretches, in ms. */
export function uncoveredMs(whole: Interval, intervals: readonly Interval[]): number {
  const inside = intervals
    .map(({ fromMs, toMs }) => ({ fromMs: Math.max(fromMs, whole.fromMs), toMs: Math.min(toMs, whole.toMs) }))
    .filter(({ fromMs, toMs }) => toMs > fromMs);
  const covered = union(inside).reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0);
  return whole.toMs - whole.fromMs - covered;
}
