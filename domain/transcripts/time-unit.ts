/** Milliseconds a number stands for: 1000 for seconds, 1 for milliseconds. */
export type UnitMs = 1 | 1000;

/** A time as the file has it, in an unknown unit, and how much is said in it. */
export type Span = { start: number; length: number; chars: number };

/**
 * Nobody says one character in 12 s, nor eighty in a second: below this many characters a unit, the unit is the millisecond.
 * Speech has 5 to 30 characters a second; captions of music stay longer, so the border is nearer to the milliseconds.
 */
const CHARS_PER_UNIT = 0.08;

function median(values: number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
}

/** Lengths where given, else the steps from start to start. */
function rates(spans: Span[]): number[] {
  const given = spans.filter(({ length }) => length > 0);
  if (given.length > 0) return given.map(({ chars, length }) => chars / length);
  return spans.flatMap(({ start, chars }, index) => {
    const step = (spans[index + 1]?.start ?? start) - start;
    return step > 0 ? [chars / step] : [];
  });
}

/**
 * Tells seconds from milliseconds, where a format leaves it open: by the media's length where only one of them fits into it,
 * else by how fast the speech would be.
 */
export function unitOf(spans: Span[], durationMs: number | null): UnitMs {
  let end = 0;
  for (const { start, length } of spans) end = Math.max(end, start + length);
  const room = durationMs === null ? Number.POSITIVE_INFINITY : durationMs * 1.2 + 5_000;
  if (end * 1000 > room && end <= room) return 1;
  const rate = median(rates(spans));
  return rate !== null && rate < CHARS_PER_UNIT ? 1 : 1000;
}
