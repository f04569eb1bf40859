/** Vectors of segments that are posted, replaced or deleted while an item is embedded. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEmbeddingActivities } from '../../activities/embedding.ts';
import { storeTranscript } from '../../activities/store-transcript.ts';
import { storePosted } from '../../clients/database/segments.ts';
import { sha256 } from '../../domain/hash.ts';
import { transcriptQuality } from '../../domain/transcripts/quality.ts';
import { readTranscript } from '../../domain/transcripts/read-transcript.ts';
import { createLogger } from '../../workers/logger.ts';
import { type Harness, startHarness } from '../setup/harness.ts';

let harness: Harness;
const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output> =>
  new MockActivityEnvironment(undefined, { logger: createLogger('silent') }).run(activity, input);

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

function storeTranscriptOf(mediaItemId: number) {
  const transcript = readTranscript(Buffer.from('1\n00:00:00,000 --> 00:00:02,000\nWe wait.'), 'a.srt');
  const quality = transcriptQuality(transcript, null, { minUsable: 0.5 });
  return harness.dependencies.database.$transaction((transaction) =>
    storeTranscript(transaction, { mediaItemId, transcript, quality, contentHash: 'a', origin: 'file' }),
  );
}

let items = 0;
async function newItem(): Promise<number> {
  items += 1;
  const { id } = await harness.dependencies.database.mediaItem.create({
    data: {
      videoId: `v${items}`,
      contentHash: sha256(`v${items}`),
      path: `v${items}.srt`,
      title: 'v',
      kind: 'transcript',
      store: 'media_root',
      sizeBytes: 1,
    },
  });
  await storeTranscriptOf(id);
  return id;
}
const post = (mediaItemId: number, referenceId: number, text: string) =>
  harness.dependencies.database.$transaction((transaction) =>
    storePosted(transaction, { mediaItemId, embeddingType: 'transcript' }, [
      { referenceId, text, startMs: 0, endMs: 1 },
    ]),
  );
const posted = (mediaItemId: number, referenceIds: number[]) => ({
  mediaItemId,
  videoId: `v${items}`,
  embeddingType: 'transcript' as const,
  referenceIds,
});
const hashes = async (mediaItemId: number) => {
  const rows = await harness.dependencies.database.embedding.findMany({ where: { mediaItemId, origin: 'posted' } });
  return Object.fromEntries(rows.map(({ referenceId, contentHash }) => [referenceId, contentHash]));
};

/** The activities; `meanwhile` happens once, while the first texts are embedded. */
function activities(meanwhile: () => Promise<unknown> = async () => {}) {
  let once: (() => Promise<unknown>) | null = meanwhile;
  return createEmbeddingActivities({
    ...harness.dependencies,
    embedder: async () => {
      const embedder = await harness.dependencies.embedder();
      return {
        ...embedder,
        embed: async (...given) => {
          const vectors = await embedder.embed(...given);
          const happens = once;
          once = null;
          await happens?.();
          return vectors;
        },
      };
    },
  });
}

it('what is posted while an item is embedded keeps its vector', async () => {
  const item = await newItem();
  await post(item, 1, 'a bull flag');
  const { embed } = activities(async () => {
    await post(item, 2, 'a wedge');
    await run(activities().embedPosted, posted(item, [2]));
  });
  await run(embed, { mediaItemId: item });
  expect(await hashes(item)).toEqual({ 1: sha256('a bull flag'), 2: sha256('a wedge') });
});

it.each(['embed', 'embedPosted'] as const)('%s: a text replaced meanwhile ends with its own vector', async (name) => {
  const item = await newItem();
  await post(item, 1, 'the old text');
  const both = activities(async () => {
    await post(item, 1, 'the new text');
    await run(activities().embedPosted, posted(item, [1]));
  });
  if (name === 'embed') await run(both.embed, { mediaItemId: item });
  else expect(await run(both.embedPosted, posted(item, [1]))).toMatchObject({ embedded: 1, reused: 0 });
  expect(await hashes(item)).toEqual({ 1: sha256('the new text') });
});

it('segments of a deleted item are not said to be embedded', async () => {
  const item = await newItem();
  await post(item, 1, 'a bull flag');
  const remove = () => harness.dependencies.database.mediaItem.delete({ where: { id: item } });
  await expect(run(activities(remove).embedPosted, posted(item, [1]))).rejects.toThrow();
  await expect(run(activities().embedPosted, posted(item, [1]))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(post(item, 1, 'a wedge')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
