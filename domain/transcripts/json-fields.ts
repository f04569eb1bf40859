/** Field names under which speech recognisers and caption tools store the same things. */

export type JsonObject = Record<string, unknown>;
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const finite = (value: unknown): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*-?\d{1,12}(?:\.\d{1,12})?\s*$/.test(value)) return null;
  return Number(value);
};

function firstTime(object: JsonObject, seconds: string[], milliseconds: string[]): number | null {
  for (const name of milliseconds) {
    const value = finite(object[name]);
    if (value !== null) return Math.round(value);
  }
  for (const name of seconds) {
    const value = finite(object[name]);
    if (value !== null) return Math.round(value * 1000);
  }
  return null;
}

/** `[start, end]` of `timestamp` (transformers pipelines, seconds) or `offsets` (whisper.cpp, milliseconds). */
function pairTimes(object: JsonObject): { startMs: number | null; endMs: number | null } | null {
  const { timestamp, offsets } = object;
  if (Array.isArray(timestamp)) {
    const [start, end] = timestamp.map(finite);
    const ms = (value: number | null | undefined) => (value == null ? null : Math.round(value * 1000));
    return { startMs: ms(start), endMs: ms(end) };
  }
  if (isObject(offsets)) return { startMs: firstTime(offsets, [], ['from']), endMs: firstTime(offsets, [], ['to']) };
  return null;
}

/** Start and end in milliseconds, each `null` when the object has none that is a number. */
export function jsonTimes(object: JsonObject): { startMs: number | null; endMs: number | null } {
  const pair = pairTimes(object);
  if (pair) return pair;
  const startMs = firstTime(object, ['start', 'start_time', 'startTime'], ['start_ms', 'startMs']);
  const endMs = firstTime(object, ['end', 'end_time', 'endTime'], ['end_ms', 'endMs']);
  if (endMs !== null || startMs === null) return { startMs, endMs };
  const lengthMs = firstTime(object, ['duration', 'dur'], ['duration_ms', 'durationMs']);
  return { startMs, endMs: lengthMs === null ? null : startMs + lengthMs };
}

/** The words of a segment or a word entry, or `null`. */
export function jsonText(object: JsonObject): string | null {
  for (const name of ['text', 'word', 'punctuated_word']) {
    const value = object[name];
    if (typeof value === 'string') return value;
  }
  return null;
}
