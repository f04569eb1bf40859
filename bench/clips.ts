/** Cutting clips: ours against encoding them whole, against PyPI's smartcut, and copying alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFfmpeg } from '../clients/ffmpeg/index.ts';
import type { ClipMode } from '../contracts/clips.ts';
import { prepareSmartcut } from './clips/prepare-smartcut.ts';
import { makeLesson } from './clips/lesson.ts';
import { encodeWhole, plainCopy, type Run, smartcut } from './clips/sides.ts';
import type { Bench, BenchContext, Comparison } from './result.ts';
import { compare } from './runner.ts';

/** None of the starts is at a keyframe; each lies elsewhere in its group of pictures. */
const STARTS_MS = [7_310, 41_770, 66_430, 83_050];
const LONG_MS = 30_000;
const SHORT_MS = 10_000;

export const clips: Bench = {
  name: 'clips',
  title: 'cutting clips: ours, encoded whole, smartcut, copied',
  async run(context) {
    const python = await prepareSmartcut(context);
    const dir = await mkdtemp(path.join(tmpdir(), 'tapeworks-bench-'));
    context.onEnd(() => rm(dir, { recursive: true, force: true }));
    context.say('making the lesson: 2 minutes of 1280 × 720');
    const source = await makeLesson(dir);
    const tools = createFfmpeg();
    const probe = await tools.probe(source);
    const ours =
      (mode: ClipMode): Run =>
      async (spans) => {
        const cut = await tools.cutClips({ source, probe, mode, clips: spans });
        const fallback = cut.find(({ method, reason }) => method === 'reencode' && reason !== null);
        if (fallback) throw new Error(`Our side did not copy: ${fallback.reason}`);
      };
    const one =
      (run: Run): Run =>
      async (spans) => {
        for (const span of spans) await run([span]);
      };
    const [whole, copied, peer] = [encodeWhole(source), plainCopy(source), smartcut(source, python.smartcut)];
    const side = (name: string, run: Run, lengthMs: number) => ({ name, measure: () => timed(run, dir, lengthMs) });
    const comparison = (name: string, a: Side, b: Side, goal?: Comparison['goal']) =>
      compare(a, b, { name, unit: 's', better: 'lower', ...(goal ? { goal } : {}), ...measuring(context) });
    type Side = ReturnType<typeof side>;
    return {
      settings: {
        source: '1280 × 720, 30 frames/s, H.264 with B-frames, a keyframe every 2 s, AAC',
        clips: STARTS_MS.length,
        smartcut: python.version,
      },
      measures: [],
      comparisons: [
        await comparison(
          '30 s clips, one by one',
          side('accurate', one(ours('accurate')), LONG_MS),
          side('encoded whole', whole, LONG_MS),
          { atMost: 1 / 5 },
        ),
        await comparison(
          '10 s clips, one by one',
          side('accurate', one(ours('accurate')), SHORT_MS),
          side('encoded whole', whole, SHORT_MS),
          { atMost: 1 / 2 },
        ),
        await comparison(
          '30 s clips, one by one, against smartcut',
          side('accurate', one(ours('accurate')), LONG_MS),
          side('smartcut', peer, LONG_MS),
        ),
        await comparison(
          '30 s clips: in one call against one by one',
          side('accurate, in one call', ours('accurate'), LONG_MS),
          side('accurate, one by one', one(ours('accurate')), LONG_MS),
        ),
        await comparison(
          '30 s clips from a keyframe on',
          side('keyframe', one(ours('keyframe')), LONG_MS),
          side('ffmpeg -c copy', copied, LONG_MS),
          { atMost: 1.1 },
        ),
      ],
      notes: [
        'Seconds are for all clips of a round. Ours includes reading the packets of the source, and reading each clip back with the frames around its joins decoded; the others do not read back.',
        '"Encoded whole" is one ffmpeg a clip: x264 veryfast at crf 22, AAC; the same encoder preset that our ends are made with.',
        'smartcut runs as its command does, with the start of Python in its time, as the start of ffmpeg is in ours.',
      ],
    };
  },
};

const measuring = ({ rounds, say }: BenchContext) => ({ rounds, say });

async function timed(run: Run, dir: string, lengthMs: number): Promise<number> {
  const spans = STARTS_MS.map((startMs, index) => ({
    startMs,
    endMs: startMs + lengthMs,
    target: path.join(dir, `clip-${index}.mp4`),
  }));
  const began = performance.now();
  await run(spans);
  return (performance.now() - began) / 1_000;
}
