/** embedSegments on real components: posted texts become vectors, and points where their type is searched. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostedText, storePosted } from '../../clients/database/segments.ts';
import { embedSegmentsResultSchema } from '../../contracts/messages.ts';
import { type EmbeddingType, taskQueue } from '../../contracts/names.ts';
import { progressSchema } from '../../contracts/runs.ts';
import { type Harness, startHarness } from '../setup/harness.ts';
import { replayAndKeep } from '../setup/histories.ts';
import { makeSearchable, storeItem } from '../setup/library.ts';

const POSTED: PostedText[] = [
  { referenceId: 7, text: 'A bull flag after a strong move up', startMs: 1_000, endMs: 4_500 },
  { referenceId: 8, text: 'The second entry in a wedge', startMs: 5_000, endMs: 6_000 },
];

let harness: Harness;
let mediaItemId: number;
beforeAll(async () => {
  harness = await startHarness();
  mediaItemId = await storeItem(harness.dependencies, ['We wait for the RSI.', 'The stop lies below the low.']);
  await makeSearchable(harness.dependencies, mediaItemId);
});
afterAll(() => harness.close());

let runs = 0;
async function embedSegments(embeddingType: EmbeddingType, referenceIds: number[]) {
  const input = { mediaItemId, videoId: 'lesson', embeddingType, referenceIds };
  const workflowId = `embed-segments-${(runs += 1)}`;
  const options = { workflowId, taskQueue: taskQueue('workflow'), args: [input] };
  const handle = await harness.client.workflow.start('embedSegments', options);
  const result = embedSegmentsResultSchema.parse(await handle.result());
  const run = await harness.dependencies.database.run.findFirstOrThrow({ where: { workflowId } });
  return { handle, result, run, stages: progressSchema.parse(run.progress).stages };
}
const post = (embeddingType: EmbeddingType, segments: PostedText[]) =>
  harness.dependencies.database.$transaction((transaction) =>
    storePosted(transaction, { mediaItemId, embeddingType }, segments),
  );
const pointsOf = async () => (await harness.dependencies.searchIndex()).count('transcript', { mediaItemId });
const searchableAt = async () =>
  (await harness.dependencies.database.mediaItem.findUniqueOrThrow({ where: { id: mediaItemId } })).searchableAt;

describe('a type that is searched', () => {
  it('gets vectors and points, beside those of the pipeline', async () => {
    const before = { points: await pointsOf(), searchableAt: await searchableAt() };
    expect(before.searchableAt).not.toBeNull();
    await post('transcript', POSTED);
    const { handle, result, run, stages } = await embedSegments('transcript', [7, 8]);
    expect(result).toEqual({ embedded: 2, reused: 0, model: 'all-MiniLM-L6-v2', dimension: 384 });
    expect(run).toMatchObject({ status: 'completed', workflowType: 'embedSegments', mediaItemId });
    expect(stages).toMatchObject([
      { stage: 'embed', status: 'done', counts: { embedded: 2, reusedVectors: 0 } },
      { stage: 'index', status: 'done', counts: { indexed: 2 } },
    ]);
    expect(await pointsOf()).toBe(before.points + 2);
    expect(await searchableAt()).toEqual(before.searchableAt);
    await replayAndKeep(handle, 'embed-segments.happy');
  });

  it('embeds again only what has changed', async () => {
    const points = await pointsOf();
    expect((await embedSegments('transcript', [7, 8])).result).toMatchObject({ embedded: 0, reused: 2 });
    await post('transcript', [{ ...POSTED[1], text: 'The third entry in a wedge' } as PostedText]);
    const { result, handle } = await embedSegments('transcript', [7, 8]);
    expect(result).toMatchObject({ embedded: 1, reused: 1 });
    expect(await pointsOf()).toBe(points);
    await replayAndKeep(handle, 'embed-segments.reused');
  });

  it('keeps them when the item is embedded and indexed anew', async () => {
    const points = await pointsOf();
    await makeSearchable(harness.dependencies, mediaItemId);
    expect(await pointsOf()).toBe(points);
  });
});

it('keeps vectors of a type that is not searched in the database', async () => {
  const points = await pointsOf();
  await post('keyword', POSTED.slice(0, 1));
  const { handle, result, stages } = await embedSegments('keyword', [7]);
  expect(result).toMatchObject({ embedded: 1, reused: 0 });
  expect(stages[1]).toMatchObject({ stage: 'index', status: 'skipped', note: 'keyword vectors are not searched' });
  expect(await pointsOf()).toBe(points);
  await replayAndKeep(handle, 'embed-segments.not-searched');
});
