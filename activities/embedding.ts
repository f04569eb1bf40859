/** Vectors for what an item teaches. Runs on the gpu queue, one at a time a device. */
import type { Database } from '../clients/database/client.ts';
import { isSearchable } from '../clients/database/searchable.ts';
import { TapeworksError } from '../contracts/errors.ts';
import type { EmbedSegmentsInput, EmbedSegmentsResult } from '../contracts/messages.ts';
import { EMBEDDING_TYPES } from '../contracts/names.ts';
import { embedMissing, type EmbeddingDependencies } from './embed-missing.ts';
import { embedUntilSettled, type TextToEmbed } from './embed-texts.ts';
import { postedTexts } from './texts-to-embed.ts';

export const createEmbeddingActivities = (dependencies: EmbeddingDependencies) => ({
  /**
   * Everything of an item; vectors whose text is gone are removed. A crash costs one write: see `embedUntilSettled`. `findable`:
   * only what a search may find now, which is what was posted while the item is not searchable.
   */
  async embed({ mediaItemId, findable = false }: { mediaItemId: number; findable?: boolean }) {
    if (findable && !(await isSearchable(dependencies.database, mediaItemId)))
      return embedAllPosted(dependencies, mediaItemId);
    const { texts, model, embedded, reused } = await embedMissing(dependencies, mediaItemId, EMBEDDING_TYPES);
    await removeGone(dependencies.database, mediaItemId, texts);
    return { counts: { vectors: texts.length, embedded, reusedVectors: reused }, note: model.note };
  },

  /** Segments that were posted, by the ids they were posted with. Throws NOT_FOUND when their item was deleted. */
  async embedPosted({ mediaItemId, embeddingType, referenceIds }: EmbedSegmentsInput): Promise<EmbedSegmentsResult> {
    const { database, embedder } = dependencies;
    const model = await embedder();
    const { counts } = await embedUntilSettled(database, model, mediaItemId, async () => {
      const texts = await postedTexts(database, mediaItemId, [embeddingType], referenceIds);
      if (texts.length === referenceIds.length) return texts;
      throw new TapeworksError('NOT_FOUND', `The segments are gone with their media item ${mediaItemId}.`);
    });
    return { ...counts, model: model.model, dimension: model.dimension };
  },
});

async function embedAllPosted({ database, embedder }: EmbeddingDependencies, mediaItemId: number) {
  const model = await embedder();
  const load = () => postedTexts(database, mediaItemId, EMBEDDING_TYPES);
  const { texts, counts } = await embedUntilSettled(database, model, mediaItemId, load);
  const { embedded, reused } = counts;
  return { counts: { vectors: texts.length, embedded, reusedVectors: reused }, note: model.note };
}

/** Of every model: a vector without its text stands for nothing. Posted segments go with their item only. */
async function removeGone(database: Database, mediaItemId: number, texts: TextToEmbed[]): Promise<void> {
  const wanted = new Set(texts.map(({ type, origin, referenceId }) => `${type}:${origin}:${referenceId}`));
  const stored = await database.embedding.findMany({
    where: { mediaItemId, origin: 'pipeline' },
    select: { id: true, embeddingType: true, origin: true, referenceId: true },
  });
  const gone = stored.filter((row) => !wanted.has(`${row.embeddingType}:${row.origin}:${row.referenceId}`));
  await database.embedding.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } });
}
