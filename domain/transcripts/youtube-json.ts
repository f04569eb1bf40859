/** YouTube's captions as JSON: lists of `text, start, duration` or `text, offset, duration`, and the player's own json3. */
import type { Word } from '../../contracts/transcripts.ts';
import { isObject, type JsonObject, jsonLanguage, jsonText, jsonTimes, jsonUnit } from './json-fields.ts';
import { plainText, spaced } from './plain-text.ts';
import { broken, type ReaderInput, type ReaderOutput } from './raw-cue.ts';
import { type Shown, unrollCaptions } from './rolling-captions.ts';
import { wordsFromStarts } from './words-to-cues.ts';

const EXPECTED = 'a list whose entries have "text", "start" (or "offset") and "duration"';
const LISTS = ['segments', 'transcript', 'captions', 'snippets', 'transcripts', 'data'];

const isCaption = (entry: unknown): boolean =>
  isObject(entry) &&
  'text' in entry &&
  ('duration' in entry || 'dur' in entry || 'offset' in entry) &&
  !('end' in entry || 'words' in entry);

function captionsOf(root: unknown): unknown[] | null {
  const lists = Array.isArray(root) ? [root] : isObject(root) ? LISTS.map((name) => root[name]) : [];
  for (const list of lists)
    if (Array.isArray(list) && list.length > 0 && list.slice(0, 20).some(isCaption)) return list;
  return null;
}

const eventsOf = (root: unknown): unknown[] | null =>
  isObject(root) && Array.isArray(root['events']) ? root['events'] : null;

/** Whether the root is one of YouTube's layouts. */
export const looksLikeYoutube = (root: unknown): boolean => captionsOf(root) !== null || eventsOf(root) !== null;

const shownText = (text: string) =>
  text
    .split('\n')
    .map(plainText)
    .filter(Boolean)
    .map((line) => ({ text: line, timed: false }));

function readCaptions(entries: unknown[], { durationMs, repairs }: ReaderInput): Shown[] {
  const unitMs = jsonUnit(entries, durationMs);
  if (unitMs === 1) repairs.add(null, 'times without a unit; read as milliseconds');
  return entries.flatMap((entry, index): Shown[] => {
    const text = isObject(entry) ? jsonText(entry) : null;
    const times = isObject(entry) ? jsonTimes(entry, unitMs) : { startMs: null, endMs: null };
    if (text === null || times.startMs === null) {
      repairs.add(null, `caption ${index + 1} left out: no ${text === null ? 'text' : 'time'}`);
      return [];
    }
    return [{ line: null, ...times, lines: shownText(text) }];
  });
}

/** One event of json3: pieces with their offsets. Events that only break the line (`aAppend`) say nothing. */
function readEvent(event: JsonObject): Shown[] {
  const { startMs, endMs } = jsonTimes(event, 1);
  const pieces = Array.isArray(event['segs']) ? event['segs'].filter(isObject) : [];
  const texts = pieces.map((piece) => (typeof piece['utf8'] === 'string' ? piece['utf8'] : ''));
  const text = plainText(texts.join(''));
  if (startMs === null || text === '') return [];
  const starts = pieces.map((piece, at) => ({
    text: spaced(texts[at] ?? ''),
    startMs: startMs + (typeof piece['tOffsetMs'] === 'number' ? piece['tOffsetMs'] : 0),
  }));
  const timed = pieces.some((piece) => 'tOffsetMs' in piece);
  if (!timed) return [{ line: null, startMs, endMs, lines: shownText(texts.join('')) }];
  const words: Word[] = wordsFromStarts(starts, endMs ?? startMs);
  return [{ line: null, startMs, endMs, lines: [{ text, timed, words }] }];
}

/** Reads YouTube's JSON captions; seconds and milliseconds are told apart, rolling ones merged. */
export function readYoutubeJson(input: ReaderInput): ReaderOutput {
  const root = input.json();
  const events = eventsOf(root);
  const entries = events ?? captionsOf(root) ?? [];
  const shown = events ? events.filter(isObject).flatMap(readEvent) : readCaptions(entries, input);
  if (shown.length === 0) throw broken(input.fileName, 1, 'no caption has both text and a time', EXPECTED);
  const cues = unrollCaptions(shown, input.repairs, { onScreen: true });
  const [first] = entries;
  return { language: jsonLanguage(root) ?? jsonLanguage(first), cues };
}
