/** Clips follow `CLIP_MODE` and the verdict on the transcript. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClipActivities } from '../../activities/clips.ts';
import type { StageResult } from '../../activities/stage-result.ts';
import type { ClipMode } from '../../contracts/clips.ts';
import { createLogger } from '../../workers/logger.ts';
import { type Harness, startHarness } from '../setup/harness.ts';
import { writeLesson } from '../setup/lesson.ts';

let harness: Harness;
let mediaItemId: number;

beforeAll(async () => {
  harness = await startHarness();
  const { handle, mediaItemId: id } = await harness.process(await writeLesson(harness.mediaRoot, 'lesson'), {
    maxStrategies: 0,
  });
  await handle.result();
  mediaItemId = id;
});
afterAll(() => harness.close());

const stored = () =>
  harness.dependencies.database.clip.findMany({ where: { mediaItemId }, orderBy: { startMs: 'asc' } });
const fileOf = (relative: string | null) => path.resolve(harness.config.DATA_DIR, relative ?? 'none');
function generate(mode: ClipMode): Promise<StageResult> {
  const { dependencies, config } = harness;
  const { generateClips } = createClipActivities({ ...dependencies, config: { ...config, CLIP_MODE: mode } });
  return new MockActivityEnvironment(undefined, { logger: createLogger('silent') }).run(generateClips, { mediaItemId });
}

it('stores how each clip was cut, with its pictures and subtitles', async () => {
  const clips = await stored();
  expect(clips.length).toBeGreaterThan(0);
  for (const clip of clips) {
    expect(clip).toMatchObject({ mode: 'accurate', cutStartMs: expect.any(Number) });
    expect(clip.method === 'reencode' ? clip.methodReason : null).toBe(clip.methodReason);
    for (const file of [clip.path, clip.thumbnailPath, clip.contactSheetPath, clip.path.replace('.mp4', '.vtt')]) {
      expect((await stat(fileOf(file))).size).toBeGreaterThan(0);
    }
  }
});

it('cuts again when the mode has changed, and then no more', async () => {
  const before = await stored();
  await generate('reencode');
  const after = await stored();
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  for (const clip of after) expect(clip).toMatchObject({ mode: 'reencode', method: 'reencode', methodReason: null });
  const times = () => Promise.all(after.map(async (clip) => (await stat(fileOf(clip.path))).mtimeMs));
  const written = await times();
  expect(await generate('reencode')).toEqual({ counts: { clips: after.length } });
  expect(await times()).toEqual(written);
});

it('a transcript that is refused has no clips, and those of an earlier one go', async () => {
  const { database } = harness.dependencies;
  const { quality } = await database.transcript.findUniqueOrThrow({ where: { mediaItemId } });
  const clipping = { go: false, reason: 'it repeats itself' };
  await database.transcript.update({
    where: { mediaItemId },
    data: { quality: { ...(typeof quality === 'object' ? quality : {}), clipping } },
  });
  expect(await generate('accurate')).toEqual({ counts: { clips: 0 }, status: 'skipped', note: 'it repeats itself' });
  expect(await stored()).toEqual([]);
  expect(await readdir(fileOf(path.join('clips', String(mediaItemId))))).toEqual([]);
});
