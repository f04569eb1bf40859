/** The lesson's sound track: 16-bit mono samples, spoken by espeak-ng or, without it, a quiet tone. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TapeworksError } from '../contracts/errors.ts';
import type { Cue } from './lesson.ts';

/** Samples a second; what espeak-ng writes. */
export const SAMPLE_RATE = 22_050;

const run = promisify(execFile);
const WORDS_PER_MINUTE = 165;
const SPEAKERS = 2;

const sampleAt = (ms: number) => Math.round((ms * SAMPLE_RATE) / 1000);

/** Cues joined to sentences, so that the voice does not stop at a cue's border. */
export function sentencesOf(cues: readonly Cue[]): Cue[] {
  const sentences: Cue[] = [];
  let open: Cue | undefined;
  for (const cue of cues) {
    open = open ? { ...open, endMs: cue.endMs, text: `${open.text} ${cue.text}` } : { ...cue };
    if (/[.?!:]$/.test(cue.text)) {
      sentences.push(open);
      open = undefined;
    }
  }
  return open ? [...sentences, open] : sentences;
}

/** A quiet 220 Hz tone of `durationMs`. */
export function quietTone(durationMs: number): Int16Array {
  return Int16Array.from({ length: sampleAt(durationMs) }, (_, index) =>
    Math.round(600 * Math.sin((2 * Math.PI * 220 * index) / SAMPLE_RATE)),
  );
}

async function say(espeak: string, text: string, wordsPerMinute: number): Promise<Int16Array> {
  const speed = String(Math.round(wordsPerMinute));
  const { stdout } = await run(espeak, ['-v', 'en-us', '-s', speed, '--stdout', '--', text], {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
  }).catch((cause: NodeJS.ErrnoException & { stderr?: Buffer }) => {
    const code = cause.code === 'ENOENT' ? 'TOOL_MISSING' : 'MEDIA_TOOL_FAILED';
    throw new TapeworksError(code, `${espeak} could not speak.`, { stderr: cause.stderr?.toString() }, { cause });
  });
  const data = stdout.indexOf('data');
  if (data < 0 || stdout.readUInt32LE(24) !== SAMPLE_RATE) {
    throw new TapeworksError('MEDIA_TOOL_FAILED', `${espeak} wrote no ${SAMPLE_RATE} Hz WAV.`, { text });
  }
  const body = stdout.subarray(data + 8);
  return Int16Array.from({ length: Math.floor(body.length / 2) }, (_, index) => body.readInt16LE(index * 2));
}

/**
 * Speaks every sentence at its cue's time; one that would run into the next is spoken faster.
 * `onSpoken` hears the share done, 0 to 1. Throws TOOL_MISSING or MEDIA_TOOL_FAILED.
 */
export async function speak(espeak: string, cues: readonly Cue[], onSpoken: (share: number) => void) {
  const sentences = sentencesOf(cues);
  const track = new Int16Array(sampleAt(cues.at(-1)?.endMs ?? 0));
  const waiting = [...sentences];
  const speaker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const room = sampleAt(next.endMs) - sampleAt(next.startMs);
      let voice = await say(espeak, next.text, WORDS_PER_MINUTE);
      if (voice.length > room) voice = await say(espeak, next.text, (WORDS_PER_MINUTE * 1.08 * voice.length) / room);
      track.set(voice.subarray(0, room), sampleAt(next.startMs));
      onSpoken(1 - waiting.length / sentences.length);
    }
  };
  await Promise.all(Array.from({ length: SPEAKERS }, speaker));
  return track;
}
