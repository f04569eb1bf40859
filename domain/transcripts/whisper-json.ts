/** Whisper's JSON in its usual layouts, and bare lists of timed words. */
import type { Word } from '../../contracts/transcripts.ts';
import { isObject, type JsonObject, jsonLanguage, jsonText, jsonTimes, jsonUnit } from './json-fields.ts';
import { oneLine } from './plain-text.ts';
import { broken, type RawCue, type ReaderInput, type ReaderOutput } from './raw-cue.ts';
import type { Repairs } from './repairs.ts';
import type { UnitMs } from './time-unit.ts';
import { cuesFromWords } from './words-to-cues.ts';

const EXPECTED = 'a list "segments" whose entries have "start", "end" (seconds) and "text"';

/** The list of segments, captions or words, wherever the layout keeps it. */
function entriesOf(root: unknown): unknown[] | null {
  if (Array.isArray(root)) return root;
  if (!isObject(root)) return null;
  for (const name of ['segments', 'chunks', 'transcription', 'captions', 'words', 'word_segments', 'result']) {
    const list = root[name];
    if (Array.isArray(list) && list.length > 0) return list;
  }
  return null;
}

function wordsOf(list: unknown, unitMs: UnitMs): Word[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => {
    if (!isObject(item)) return [];
    const text = oneLine(jsonText(item) ?? '');
    const { startMs, endMs } = jsonTimes(item, unitMs);
    if (text === '' || startMs === null || startMs < 0) return [];
    return [{ text, startMs, endMs: Math.max(startMs, endMs ?? startMs) }];
  });
}

function readSegments(entries: unknown[], unitMs: UnitMs, repairs: Repairs): RawCue[] {
  const cues: RawCue[] = [];
  entries.forEach((entry, index) => {
    const text = isObject(entry) ? jsonText(entry) : null;
    if (!isObject(entry) || text === null) {
      repairs.add(null, `segment ${index + 1} left out: no text`);
      return;
    }
    const words = wordsOf(entry['words'], unitMs);
    const times = jsonTimes(entry, unitMs);
    const startMs = times.startMs ?? words[0]?.startMs ?? null;
    const endMs = times.endMs ?? words.at(-1)?.endMs ?? null;
    if (startMs === null && endMs === null) repairs.add(null, `segment ${index + 1} left out: no time`);
    else cues.push({ line: null, startMs, endMs, text: oneLine(text), ...(words.length > 0 ? { words } : {}) });
  });
  return cues;
}

/** Gives the words that stand beside the segments (OpenAI's verbose answer) to the segment in whose time they begin. */
function withWordsBeside(root: unknown, cues: RawCue[], unitMs: UnitMs): RawCue[] {
  const beside = isObject(root) && cues.every(({ words }) => !words) ? wordsOf(root['words'], unitMs) : [];
  if (beside.length === 0) return cues;
  let next = 0;
  return cues.map((cue, index) => {
    const until = cues[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    const words: Word[] = [];
    for (let word = beside[next]; word && word.startMs < until; word = beside[++next]) words.push(word);
    return words.length > 0 ? { ...cue, words } : cue;
  });
}

const isWord = (entry: unknown): entry is JsonObject => isObject(entry) && 'word' in entry && !('words' in entry);

/** Reads Whisper JSON (openai-whisper, faster-whisper, WhisperX, whisper.cpp, transformers, OpenAI) and bare lists of timed words. */
export function readWhisperJson({ json, fileName, durationMs, repairs }: ReaderInput): ReaderOutput {
  const root = json();
  const entries = entriesOf(root);
  if (!entries) throw broken(fileName, 1, 'found JSON without segments', EXPECTED);
  const unitMs = jsonUnit(entries, durationMs);
  if (unitMs === 1) repairs.add(null, 'times without a unit; read as milliseconds');
  const cues = entries.every(isWord)
    ? cuesFromWords(wordsOf(entries, unitMs))
    : withWordsBeside(root, readSegments(entries, unitMs, repairs), unitMs);
  if (cues.length === 0) throw broken(fileName, 1, 'no segment has both text and a time', EXPECTED);
  return { language: jsonLanguage(root), cues };
}
