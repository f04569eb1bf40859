/** YouTube's timed text: `<text start dur>` in seconds, and srv3's `<p t d><s t>` in milliseconds. */
import { plainText, spaced } from './plain-text.ts';
import { broken, type ReaderInput, type ReaderOutput } from './raw-cue.ts';
import { type Shown, unrollCaptions } from './rolling-captions.ts';
import { wordsFromStarts } from './words-to-cues.ts';
import { scanXml, type XmlElement } from './xml.ts';

type Open = {
  paragraph: boolean;
  line: number;
  startMs: number | null;
  endMs: number | null;
  text: string;
  pieces: Piece[];
};
type Piece = { text: string; startMs: number; timed: boolean };

function number(element: XmlElement, name: string): number | null {
  const value = element.attributes.get(name)?.trim() ?? '';
  return /^-?\d{1,12}(?:\.\d{1,12})?$/.test(value) ? Number(value) : null;
}

function cueOf(element: XmlElement): Open {
  const unit = element.name === 'p' ? 1 : 1000;
  const start = number(element, unit === 1 ? 't' : 'start') ?? (unit === 1000 ? null : number(element, 'start'));
  const length = number(element, unit === 1 ? 'd' : 'dur');
  const startMs = start === null ? null : Math.round(start * unit);
  const endMs = startMs === null || length === null ? null : startMs + Math.round(length * unit);
  return { paragraph: unit === 1, line: element.line, startMs, endMs, text: '', pieces: [] };
}

function shownOf({ line, startMs, endMs, text, pieces }: Open): Shown {
  const times = { line, startMs, endMs };
  if (pieces.some(({ timed }) => timed)) {
    const spoken = pieces.map((piece) => ({ ...piece, text: spaced(piece.text) }));
    const words = wordsFromStarts(spoken, endMs ?? startMs ?? 0);
    const said = plainText(text);
    return { ...times, lines: said === '' ? [] : [{ text: said, timed: true, words }] };
  }
  const lines = text.split('\n').map(plainText).filter(Boolean);
  return { ...times, lines: lines.map((shown) => ({ text: shown, timed: false })) };
}

/** Reads timed text. Its entities are decoded twice, since the site escapes them twice. */
export function readTimedText({ text, fileName, repairs }: ReaderInput): ReaderOutput {
  const shown: Shown[] = [];
  let language: string | null = null;
  let open: Open | null = null;
  const finish = () => {
    if (!open) return;
    if (open.startMs === null && plainText(open.text) !== '') repairs.add(open.line, 'left out: no start time');
    // In srv3 an empty paragraph only breaks the line.
    else if (open.startMs !== null && !(open.paragraph && plainText(open.text) === '')) shown.push(shownOf(open));
    open = null;
  };
  scanXml(text, fileName, {
    open(element) {
      if (element.name === 'text' || element.name === 'p') {
        finish();
        open = cueOf(element);
      } else if (element.name === 's' && open) {
        const offset = number(element, 't');
        open.pieces.push({ text: '', startMs: (open.startMs ?? 0) + Math.max(0, offset ?? 0), timed: offset !== null });
      } else if (element.name === 'br' && open) open.text += '\n';
      language ??= element.attributes.get('lang') ?? element.attributes.get('xml:lang') ?? null;
    },
    close(name) {
      if (name === 'text' || name === 'p') finish();
    },
    text(part) {
      if (!open) return;
      open.text += part;
      const piece = open.pieces.at(-1);
      if (piece) piece.text += part;
    },
  });
  finish();
  if (shown.length === 0)
    throw broken(fileName, 1, 'no caption in it', '<text start="1.5" dur="2"> or <p t="1500" d="2000"> elements');
  return { language, cues: unrollCaptions(shown, repairs, { onScreen: true }) };
}
