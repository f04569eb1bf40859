/** Vectors for cues, clips, frames and hits. Only what has no vector of its present text is embedded; the rest is reused. */
import type { Database } from '../clients/database/client.ts';
import { vectorToBytes } from '../clients/database/vectors.ts';
import type { Embedder } from '../clients/embedder/index.ts';
import { EMBEDDING_TYPES, type EmbeddingType } from '../contracts/names.ts';
import { sha256, uuidFor } from '../domain/hash.ts';
import { beat, cancellation } from './heartbeat.ts';

/** Texts embedded between two writes: what a crash costs at most. */
const WRITE_EVERY = 128;

type Text = { type: EmbeddingType; referenceId: number; text: string; contentHash: string };

export const createEmbeddingActivities = ({
  database,
  embedder,
}: {
  database: Database;
  embedder: () => Promise<Embedder>;
}) => ({
  /**
   * Business key: type, reference, model. Resumable: what an earlier attempt wrote is found by its content hash.
   * Vectors of texts that are gone are removed.
   */
  async embed({ mediaItemId }: { mediaItemId: number }) {
    const { embed, model, dimension, device } = await embedder();
    const texts = await textsOf(database, mediaItemId);
    const stored = await database.embedding.findMany({
      where: { mediaItemId, embeddingModel: model },
      select: { id: true, embeddingType: true, referenceId: true, contentHash: true },
    });
    const keyOf = (type: string, reference: number) => `${type}:${reference}`;
    const fresh = new Map(stored.map((row) => [keyOf(row.embeddingType, row.referenceId), row.contentHash]));
    const wanted = new Set(texts.map(({ type, referenceId }) => keyOf(type, referenceId)));
    const gone = stored.filter((row) => !wanted.has(keyOf(row.embeddingType, row.referenceId))).map(({ id }) => id);
    await database.embedding.deleteMany({ where: { id: { in: gone } } });

    const missing = texts.filter(
      ({ type, referenceId, contentHash }) => fresh.get(keyOf(type, referenceId)) !== contentHash,
    );
    for (let start = 0; start < missing.length; start += WRITE_EVERY) {
      const batch = missing.slice(start, start + WRITE_EVERY);
      const vectors = await embed(
        batch.map(({ text }) => text),
        { signal: cancellation() },
      );
      await database.$transaction(
        batch.map(({ type, referenceId, contentHash }, index) => {
          const key = { embeddingType: type, referenceId, embeddingModel: model };
          const row = {
            mediaItemId,
            contentHash,
            embeddingVector: vectorToBytes(vectors[index] as Float32Array),
            vectorDimension: dimension,
            pointId: uuidFor(`${type}:${referenceId}:${model}`),
          };
          return database.embedding.upsert({
            where: { embeddingType_referenceId_embeddingModel: key },
            create: { ...key, ...row },
            update: row,
          });
        }),
      );
      beat({ embedded: start + batch.length, of: missing.length });
    }
    const note = `${model} on ${device}`;
    return {
      counts: { vectors: texts.length, embedded: missing.length, reusedVectors: texts.length - missing.length },
      note,
    };
  },
});

async function textsOf(database: Database, mediaItemId: number): Promise<Text[]> {
  const where = { mediaItemId };
  const [cues, frames, clips, hits] = await Promise.all([
    database.transcriptCue.findMany({ where, select: { id: true, text: true } }),
    database.frame.findMany({ where, select: { id: true, text: true } }),
    database.clip.findMany({ where, select: { id: true, text: true } }),
    database.keywordHit.findMany({ where, select: { id: true, contextText: true } }),
  ]);
  const byType: Record<EmbeddingType, Array<{ id: number; text: string | null }>> = {
    transcript: cues,
    frame: frames,
    clip: clips,
    keyword: hits.map(({ id, contextText }) => ({ id, text: contextText })),
  };
  return EMBEDDING_TYPES.flatMap((type) =>
    byType[type].flatMap(({ id, text }) => {
      const trimmed = text?.trim() ?? '';
      return trimmed === '' ? [] : [{ type, referenceId: id, text: trimmed, contentHash: sha256(trimmed) }];
    }),
  );
}
