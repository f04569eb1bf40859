/** TTML and DFXP captions: `<p begin end>` or `<p begin dur>`, in clock times, offsets, frames or ticks. */
import { plainText } from './plain-text.ts';
import { broken, type RawCue, type ReaderInput, type ReaderOutput } from './raw-cue.ts';
import { scanXml } from './xml.ts';

type Rates = { frames: number; ticks: number };
const UNIT_MS = new Map([
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]);

/** A TTML time expression in milliseconds, or `null`. */
export function ttmlTime(value: string, { frames, ticks }: Rates): number | null {
  const clock = /^(\d{2,5}):(\d{2}):(\d{2})(\.\d{1,9}|:\d{1,3}(?:\.\d{1,3})?)?$/.exec(value.trim());
  if (clock) {
    const [, hours, minutes, seconds, rest = ''] = clock;
    const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
    const part = rest.startsWith(':') ? Number(rest.slice(1)) / frames : Number(`0${rest}`);
    return Math.round((whole + part) * 1000);
  }
  const offset = /^(\d{1,12}(?:\.\d{1,9})?)(h|ms|m|s|f|t)$/.exec(value.trim());
  if (!offset) return null;
  const count = Number(offset[1]);
  if (offset[2] === 'f') return Math.round((count / frames) * 1000);
  if (offset[2] === 't') return Math.round((count / ticks) * 1000);
  return Math.round(count * (UNIT_MS.get(offset[2] ?? '') ?? 1));
}

const rate = (value: string | undefined, usual: number) => {
  const given = Number(value);
  return Number.isFinite(given) && given > 0 ? given : usual;
};

/** Reads TTML (DFXP, SMPTE-TT): paragraphs with times of their own; regions and styles are left out. */
export function readTtml({ text, fileName, repairs }: ReaderInput): ReaderOutput {
  const cues: RawCue[] = [];
  const rates: Rates = { frames: 30, ticks: 1 };
  let language: string | null = null;
  let open: RawCue | null = null;
  scanXml(text, fileName, {
    open({ name, attributes, line }) {
      if (name === 'tt') {
        rates.frames = rate(attributes.get('ttp:frameRate'), 30);
        rates.ticks = rate(attributes.get('ttp:tickRate'), 1);
        language = attributes.get('xml:lang')?.toLowerCase() || null;
      } else if (name === 'p') {
        const time = (key: string) => ttmlTime(attributes.get(key) ?? '', rates);
        const startMs = time('begin');
        const length = time('dur');
        const endMs = time('end') ?? (startMs === null || length === null ? null : startMs + length);
        open = { line, startMs, endMs, text: '' };
      } else if (name === 'br' && open) open.text += ' ';
    },
    close(name) {
      if (name !== 'p' || !open) return;
      const cue = { ...open, text: plainText(open.text) };
      open = null;
      if (cue.startMs === null && cue.endMs === null) {
        if (cue.text !== '') repairs.add(cue.line, 'left out: no time');
      } else cues.push(cue);
    },
    text(part) {
      if (open) open.text += part;
    },
  });
  if (cues.length === 0)
    throw broken(fileName, 1, 'no paragraph with a time', '<p begin="00:00:01.000" end="00:00:03.000">');
  return { language, cues };
}
