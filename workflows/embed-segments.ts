/** Vectors for segments that were posted, put into the index where their type is searchable. */
import type { EmbedSegmentsInput, EmbedSegmentsResult } from '../contracts/messages.ts';
import { SEARCHABLE_TYPES } from '../contracts/names.ts';
import { embedding, indexing } from './profiles.ts';
import { Run } from './run-control.ts';

export async function embedSegments(input: EmbedSegmentsInput): Promise<EmbedSegmentsResult> {
  const { mediaItemId, videoId, embeddingType } = input;
  const run = new Run({ workflowType: 'embedSegments', stages: ['embed', 'index'], input, mediaItemId, videoId });
  return run.tell(async () => {
    let result: EmbedSegmentsResult | undefined;
    await run.stage('embed', async () => {
      result = await embedding.embedPosted(input);
      return { counts: { embedded: result.embedded, reusedVectors: result.reused } };
    });
    const type = SEARCHABLE_TYPES.find((searchable) => searchable === embeddingType);
    if (type) await run.stage('index', () => indexing.indexPosted({ ...input, embeddingType: type }));
    else run.skip('index', 'skipped', `${embeddingType} vectors are not searched`);
    return result as EmbedSegmentsResult;
  });
}
