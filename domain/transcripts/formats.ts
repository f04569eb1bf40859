import type { TranscriptFormat } from '../../contracts/transcripts.ts';
import type { ReaderInput, ReaderOutput } from './raw-cue.ts';
import { readSrt } from './srt.ts';
import { readText } from './text.ts';
import { hasTimedLines } from './timed-lines.ts';
import { readTimedText } from './timedtext.ts';
import { readTtml } from './ttml.ts';
import { readVtt } from './vtt.ts';
import { readWhisperJson } from './whisper-json.ts';
import { looksLikeYoutube, readYoutubeJson } from './youtube-json.ts';

/** What a file shows of itself: the trimmed start of its text, its extension in lower case, and the JSON in it if there is some. */
export type Content = { head: string; extension: string; json: () => unknown };

/** A transcript format. `claims` looks at the content; the extension decides only where no content does. */
export type Format = {
  name: TranscriptFormat;
  extensions: string[];
  claims: (content: Content) => boolean;
  read: (input: ReaderInput) => ReaderOutput;
};

const isJson = (head: string) => /^(?:\{\s*"|\[\s*[{[\]])/.test(head);
const isXml = (head: string, root: RegExp) => head.startsWith('<') && root.test(head);

/** The formats, the surest claim first. A new one is one reader file and one line here. */
export const FORMATS: Format[] = [
  { name: 'vtt', extensions: ['vtt'], claims: ({ head }) => head.startsWith('WEBVTT'), read: readVtt },
  {
    name: 'youtube-json',
    extensions: ['json3'],
    claims: ({ head, json }) => isJson(head) && looksLikeYoutube(json()),
    read: readYoutubeJson,
  },
  { name: 'whisper-json', extensions: ['json'], claims: ({ head }) => isJson(head), read: readWhisperJson },
  {
    name: 'ttml',
    extensions: ['ttml', 'dfxp'],
    claims: ({ head }) => isXml(head, /<(?:\w{1,20}:)?tt[\s>]/),
    read: readTtml,
  },
  {
    name: 'timedtext',
    extensions: ['srv1', 'srv2', 'srv3'],
    claims: ({ head }) => isXml(head, /<(?:timedtext|transcript)[\s>]|<text\s[^<>]{0,200}start=/),
    read: readTimedText,
  },
  {
    name: 'srt',
    extensions: ['srt'],
    claims: ({ head, extension }) => extension !== 'vtt' && /^[^[(]*-->/m.test(head),
    read: readSrt,
  },
  {
    name: 'text',
    extensions: ['txt'],
    claims: ({ head, extension }) => extension !== 'vtt' && hasTimedLines(head),
    read: readText,
  },
];

/** What is said of a file that no reader claims. */
export const EXPECTED =
  'SubRip (.srt), WebVTT (.vtt), JSON of Whisper or YouTube (.json, .json3), timed text (.xml, .srv3), TTML (.ttml) or plain text (.txt)';

/** The format of a text: by content, then by extension; `null` when neither says. `json` throws when the text is no JSON. */
export function sniffFormat(text: string, fileName: string, json: () => unknown): Format | null {
  const extension = /\.([A-Za-z0-9]{1,8})$/.exec(fileName)?.[1]?.toLowerCase() ?? '';
  const content = { head: text.slice(0, 4_000).trimStart(), extension, json };
  return (
    FORMATS.find((format) => format.claims(content)) ??
    FORMATS.find((format) => format.extensions.includes(extension)) ??
    null
  );
}
