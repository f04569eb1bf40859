import type { TranscriptFormat } from '../../contracts/transcripts.ts';
import type { ReaderInput, ReaderOutput } from './raw-cue.ts';
import { readSrt } from './srt.ts';
import { readVtt } from './vtt.ts';
import { readWhisperJson } from './whisper-json.ts';

/** A transcript format. `claims` looks at the trimmed start of the content; the extension decides only where no content does. */
export type Format = {
  name: TranscriptFormat;
  extensions: string[];
  claims: (head: string, extension: string) => boolean;
  read: (input: ReaderInput) => ReaderOutput;
};

/** The formats, the surest claim first. A new one is one reader file and one line here. */
export const FORMATS: Format[] = [
  { name: 'vtt', extensions: ['vtt'], claims: (head) => head.startsWith('WEBVTT'), read: readVtt },
  {
    name: 'whisper-json',
    extensions: ['json'],
    claims: (head) => /^[{[]\s*["{}[\]]/.test(head),
    read: readWhisperJson,
  },
  {
    name: 'srt',
    extensions: ['srt'],
    claims: (head, extension) => extension !== 'vtt' && head.includes('-->'),
    read: readSrt,
  },
];

/** The format of a text: by content, then by extension; `null` when neither says. */
export function sniffFormat(text: string, fileName: string): Format | null {
  const extension = /\.([A-Za-z0-9]{1,8})$/.exec(fileName)?.[1]?.toLowerCase() ?? '';
  const head = text.slice(0, 4_000).trimStart();
  return (
    FORMATS.find((format) => format.claims(head, extension)) ??
    FORMATS.find((format) => format.extensions.includes(extension)) ??
    null
  );
}
