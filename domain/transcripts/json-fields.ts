/** Field names under which speech recognisers and caption tools store the same things. */
import { type Span, type UnitMs, unitOf } from './time-unit.ts';
import { parseTime } from './timing.ts';

export type JsonObject = Record<string, unknown>;
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const SECONDS_OR_MS = {
  start: ['start', 'start_time', 'startTime', 'offset', 'begin'],
  end: ['end', 'end_time', 'endTime'],
  length: ['duration', 'dur'],
};
const MILLISECONDS = {
  start: ['start_ms', 'startMs', 'tStartMs', 'offset_ms', 'offsetMs'],
  end: ['end_ms', 'endMs', 'tEndMs'],
  length: ['duration_ms', 'durationMs', 'dDurationMs'],
};
type Side = keyof typeof MILLISECONDS;

const finite = (value: unknown): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*-?\d{1,12}(?:\.\d{1,12})?\s*$/.test(value)) return null;
  return Number(value);
};

/** "1:02.5" and "1.2s" say themselves what they are. */
function clock(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  if (/^\d{1,9}(?:\.\d{1,9})?s$/.test(value)) return Math.round(Number(value.slice(0, -1)) * 1000);
  return value.includes(':') ? parseTime(value) : null;
}

function timeNamed(object: JsonObject, side: Side, unitMs: UnitMs): number | null {
  for (const name of MILLISECONDS[side]) {
    const value = finite(object[name]);
    if (value !== null) return Math.round(value);
  }
  for (const name of SECONDS_OR_MS[side]) {
    const value = finite(object[name]);
    if (value !== null) return Math.round(value * unitMs);
    const exact = clock(object[name]);
    if (exact !== null) return exact;
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
  if (!isObject(offsets)) return null;
  const ms = (value: unknown) => {
    const time = finite(value);
    return time === null ? null : Math.round(time);
  };
  return { startMs: ms(offsets['from']), endMs: ms(offsets['to']) };
}

/** Start and end in milliseconds, each `null` when the object has none that is a number. */
export function jsonTimes(object: JsonObject, unitMs: UnitMs): { startMs: number | null; endMs: number | null } {
  const pair = pairTimes(object);
  if (pair) return pair;
  const startMs = timeNamed(object, 'start', unitMs);
  const endMs = timeNamed(object, 'end', unitMs);
  if (endMs !== null || startMs === null) return { startMs, endMs };
  const lengthMs = timeNamed(object, 'length', unitMs);
  return { startMs, endMs: lengthMs === null ? null : startMs + lengthMs };
}

/** The unit of the entries' times: seconds, unless speech or media would have to be a thousand times as long. */
export function jsonUnit(entries: unknown[], durationMs: number | null): UnitMs {
  const spans = entries.flatMap((entry): Span[] => {
    if (!isObject(entry)) return [];
    const named = (side: Side) =>
      SECONDS_OR_MS[side].map((name) => finite(entry[name])).find((value) => value !== null);
    const start = named('start') ?? null;
    if (start === null) return [];
    const end = named('end');
    const length = named('length') ?? (end == null ? 0 : end - start);
    return [{ start, length, chars: jsonText(entry)?.length ?? 0 }];
  });
  return unitOf(spans, durationMs);
}

/** The words of a segment or a word entry, or `null`. */
export function jsonText(object: JsonObject): string | null {
  for (const name of ['text', 'word', 'punctuated_word']) {
    const value = object[name];
    if (typeof value === 'string') return value;
  }
  return null;
}

/** The language that the object names, in lower case, or `null`. */
export function jsonLanguage(root: unknown): string | null {
  if (!isObject(root)) return null;
  const nested = [root['result'], root['params']].filter(isObject).map((part) => part['language']);
  for (const name of [root['language_code'], root['language'], root['lang'], ...nested])
    if (typeof name === 'string' && /^[A-Za-z-]{2,20}$/.test(name) && name !== 'auto') return name.toLowerCase();
  return null;
}
