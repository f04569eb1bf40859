/** Items as the pipeline leaves them behind, without its earlier stages: cues and hits in Postgres, vectors, points in the index. */
import { createHash, randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities, type Dependencies } from '../../activities/index.ts';
import { registerMedia } from '../../clients/database/media.ts';
import { createLogger } from '../../workers/logger.ts';

const silent = createLogger('silent');
const CUE_MS = 4_000;

/** Runs one activity as a worker would. */
export const runActivity = <Input, Output>(
  activity: (input: Input) => Promise<Output>,
  input: Input,
): Promise<Output> => new MockActivityEnvironment(undefined, { logger: silent }).run(activity, input);

/** Stores an item with these cues, 4 s each; `keyword` is found in the first. Not embedded, not indexed. */
export async function storeItem(
  { database }: Pick<Dependencies, 'database'>,
  texts: string[],
  keyword = 'RSI',
): Promise<number> {
  const contentHash = createHash('sha256').update(randomUUID()).digest('hex');
  const { id: mediaItemId } = await registerMedia(database, {
    contentHash,
    path: `${contentHash.slice(0, 8)}.srt`,
    store: 'media_root',
    sizeBytes: 1_000,
    kind: 'transcript',
  });
  const transcript = await database.transcript.create({
    data: { mediaItemId, format: 'srt', origin: 'file', contentHash, quality: {}, repairs: {} },
  });
  await database.transcriptCue.createMany({
    data: texts.map((text, index) => ({
      transcriptId: transcript.id,
      mediaItemId,
      index,
      startMs: index * CUE_MS,
      endMs: (index + 1) * CUE_MS,
      text,
    })),
  });
  const span = { startMs: 0, endMs: CUE_MS };
  await database.keywordHit.create({
    data: {
      mediaItemId,
      keyword,
      category: 'technical_indicator',
      variant: keyword,
      confidence: 0.9,
      contextText: texts[0] ?? '',
      cueIds: [],
      ...span,
    },
  });
  return mediaItemId;
}

/** Embeds and indexes an item: searchable when it resolves. */
export async function makeSearchable(dependencies: Dependencies, mediaItemId: number): Promise<void> {
  const activities = createActivities(dependencies);
  await runActivity(activities.embedding.embed, { mediaItemId });
  await runActivity(activities.indexing.index, { mediaItemId });
}
