/** The semantic pass within processMedia: after the spoken keywords, on the gpu queue, by configuration. */
import { expect, it } from 'vitest';
import { createDetectionActivities } from '../../activities/detection.ts';
import { processMediaResultSchema } from '../../contracts/messages.ts';
import { taskQueue } from '../../contracts/names.ts';
import { type Harness, startHarness } from '../setup/harness.ts';
import { replayAndKeep } from '../setup/histories.ts';
import { explainedFrom, writeTranscript } from '../setup/lesson.ts';
import { runActivity } from '../setup/library.ts';

/** Runs a lesson that ends in an explanation of short selling. */
async function processed(harness: Harness) {
  await writeTranscript(harness.mediaRoot, 'explained.srt', { extra: explainedFrom(180) });
  const { handle, mediaItemId } = await harness.process('explained.srt', { maxStrategies: 0 });
  const { counts } = processMediaResultSchema.parse(await handle.result());
  const { database } = harness.dependencies;
  const hits = await database.keywordHit.findMany({ where: { mediaItemId, method: 'semantic' } });
  const chunks = await database.transcriptChunk.count({ where: { mediaItemId } });
  return { handle, mediaItemId, counts, chunks, hits: hits.map(({ keyword, startMs }) => ({ keyword, startMs })) };
}

it('finds a concept that is explained without its name, and embeds the chunks once', async () => {
  const harness = await startHarness();
  try {
    const { handle, mediaItemId, counts, chunks, hits } = await processed(harness);
    expect(counts.explained).toBe(1);
    expect(hits).toEqual([{ keyword: 'short selling', startMs: 180_000 }]);
    expect(chunks).toBeGreaterThan(1);
    expect(counts.reusedVectors).toBe(chunks);
    const { events } = await handle.fetchHistory();
    const pass = events?.find(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'detectSemantic',
    );
    expect(pass?.activityTaskScheduledEventAttributes?.taskQueue?.name).toBe(taskQueue('gpu'));
    await replayAndKeep(handle, 'process-media.semantic');

    const { config, dependencies } = harness;
    const off = createDetectionActivities({ ...dependencies, config: { ...config, SEMANTIC_PASS: false } });
    await runActivity(off.detectKeywords, { mediaItemId, keywords: null });
    const left = { mediaItemId, method: 'semantic' };
    expect(await dependencies.database.keywordHit.count({ where: left }), 'once it is switched off').toBe(0);
  } finally {
    await harness.close();
  }
});

it('is left out where it is switched off', async () => {
  const harness = await startHarness({ SEMANTIC_PASS: 'false' });
  try {
    const { handle, counts, hits } = await processed(harness);
    expect(counts).not.toHaveProperty('explained');
    expect(counts.hits).toBeGreaterThan(0);
    expect(hits).toEqual([]);
    await replayAndKeep(handle, 'process-media.lexical-only');
  } finally {
    await harness.close();
  }
});
