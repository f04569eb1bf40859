/** Whisper's JSON in its usual layouts, and bare lists of timed words or captions. */
import type { Word } from '../../contracts/transcripts.ts';
import { isObject, type JsonObject, jsonText, jsonTimes } from './json-fields.ts';
import { oneLine } from './plain-text.ts';
import { broken, excerpt, type RawCue, type ReaderInput, type ReaderOutput } from './raw-cue.ts';
import type { Repairs } from './repairs.ts';
import { cuesFromWords } from './words-to-cues.ts';

const EXPECTED = 'a list "segments" whose entries have "start", "end" (seconds) and "text"';

function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = Number(/position (\d+)/.exec(error.message)?.[1] ?? text.trimEnd().length);
    const line = text.slice(0, position).split('\n').length;
    const found =
      position >= text.trimEnd().length
        ? 'the file ends too early'
        : `unexpected ${excerpt(text.slice(position, position + 20))}`;
    throw broken(fileName, line, found, 'well-formed JSON');
  }
}

/** The list of segments, captions or words, wherever the layout keeps it. */
function entriesOf(root: unknown): unknown[] | null {
  if (Array.isArray(root)) return root;
  if (!isObject(root)) return null;
  for (const name of ['segments', 'chunks', 'transcription', 'captions', 'words']) {
    const list = root[name];
    if (Array.isArray(list) && list.length > 0) return list;
  }
  return null;
}

function languageOf(root: unknown): string | null {
  if (!isObject(root)) return null;
  const result = root['result'];
  const name = root['language'] ?? (isObject(result) ? result['language'] : null);
  return typeof name === 'string' && /^[A-Za-z-]{2,20}$/.test(name) ? name.toLowerCase() : null;
}

function wordsOf(entry: JsonObject): Word[] {
  const list = entry['words'];
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => {
    if (!isObject(item)) return [];
    const text = oneLine(jsonText(item) ?? '');
    const { startMs, endMs } = jsonTimes(item);
    if (text === '' || startMs === null || startMs < 0) return [];
    return [{ text, startMs, endMs: Math.max(startMs, endMs ?? startMs) }];
  });
}

function readSegments(entries: unknown[], repairs: Repairs): RawCue[] {
  const cues: RawCue[] = [];
  entries.forEach((entry, index) => {
    const text = isObject(entry) ? jsonText(entry) : null;
    if (!isObject(entry) || text === null) {
      repairs.add(null, `segment ${index + 1} left out: no text`);
      return;
    }
    const words = wordsOf(entry);
    const times = jsonTimes(entry);
    const startMs = times.startMs ?? words[0]?.startMs ?? null;
    const endMs = times.endMs ?? words.at(-1)?.endMs ?? null;
    if (startMs === null && endMs === null) repairs.add(null, `segment ${index + 1} left out: no time`);
    else cues.push({ line: null, startMs, endMs, text: oneLine(text), ...(words.length > 0 ? { words } : {}) });
  });
  return cues;
}

/** Reads Whisper JSON (openai-whisper, faster-whisper, whisper.cpp, transformers) and bare lists of timed words or captions. */
export function readWhisperJson({ text, fileName, repairs }: ReaderInput): ReaderOutput {
  const root = parseJson(text, fileName);
  const entries = entriesOf(root);
  if (!entries) throw broken(fileName, 1, 'found JSON without segments', EXPECTED);
  const bareWords =
    entries.length > 0 && entries.every((entry) => isObject(entry) && 'word' in entry && !('words' in entry));
  const cues = bareWords ? cuesFromWords(wordsOf({ words: entries })) : readSegments(entries, repairs);
  if (cues.length === 0) throw broken(fileName, 1, 'no segment has both text and a time', EXPECTED);
  return { language: languageOf(root), cues };
}
