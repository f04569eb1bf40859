/** Vectors for an item's texts: only what has none of its present text, model and precision is embedded; the rest is reused. */
import type { Database } from '../clients/database/client.ts';
import { vectorToBytes } from '../clients/database/vectors.ts';
import type { Embedder } from '../clients/embedder/index.ts';
import type { EmbeddingType } from '../contracts/names.ts';
import { uuidFor } from '../domain/hash.ts';
import { beat, cancellation } from './heartbeat.ts';

/** Texts embedded between two writes: what a crash costs at most. */
const WRITE_EVERY = 512;

export type Origin = 'pipeline' | 'posted';
export type TextToEmbed = {
  type: EmbeddingType;
  origin: Origin;
  referenceId: number;
  text: string;
  contentHash: string;
};
export type Embedded = { embedded: number; reused: number };

type Key = Pick<TextToEmbed, 'type' | 'origin' | 'referenceId'>;
const nameOf = ({ type, origin, referenceId }: Key) => `${type}:${origin}:${referenceId}`;

/**
 * Embeds what `load` gives, and again what was replaced meanwhile, until each text has its own vector: of two that embed one text at
 * the same time, the last to write looks last. Gives the texts as they ended, and what the first round embedded and reused.
 */
export async function embedUntilSettled(
  database: Database,
  embedder: Embedder,
  mediaItemId: number,
  load: () => Promise<TextToEmbed[]>,
): Promise<{ texts: TextToEmbed[]; counts: Embedded }> {
  let texts = await load();
  const counts = await embedTexts(database, embedder, mediaItemId, texts);
  for (let { embedded } = counts; embedded > 0; ) {
    texts = await load();
    ({ embedded } = await embedTexts(database, embedder, mediaItemId, texts));
  }
  return { texts, counts };
}

/**
 * Business key: item, type, origin, reference, model. A crash in the middle costs one write: what an earlier attempt wrote is
 * found by its content hash. Beats after each write.
 */
async function embedTexts(
  database: Database,
  { embed, model, dimension, precision }: Embedder,
  mediaItemId: number,
  texts: TextToEmbed[],
): Promise<Embedded> {
  const stored = await database.embedding.findMany({
    where: { mediaItemId, embeddingModel: model, precision },
    select: { embeddingType: true, origin: true, referenceId: true, contentHash: true },
  });
  const fresh = new Map(
    stored.map((row) => [
      nameOf({ type: row.embeddingType as EmbeddingType, origin: row.origin as Origin, referenceId: row.referenceId }),
      row.contentHash,
    ]),
  );
  const missing = texts.filter((text) => fresh.get(nameOf(text)) !== text.contentHash);
  // Texts of one length side by side pad least; sorted over all, each write holds like lengths.
  missing.sort((a, b) => a.text.length - b.text.length || a.referenceId - b.referenceId);
  for (let start = 0; start < missing.length; start += WRITE_EVERY) {
    const batch = missing.slice(start, start + WRITE_EVERY);
    const vectors = await embed(
      batch.map(({ text }) => text),
      { signal: cancellation(), onBatch: ({ done, total }) => beat({ embedded: start, writing: done, of: total }) },
    );
    await database.$transaction(
      batch.map(({ type, origin, referenceId, contentHash }, index) => {
        const key = { mediaItemId, embeddingType: type, origin, referenceId, embeddingModel: model };
        const row = {
          contentHash,
          precision,
          embeddingVector: vectorToBytes(vectors[index] as Float32Array),
          vectorDimension: dimension,
          pointId: uuidFor(`${mediaItemId}:${nameOf({ type, origin, referenceId })}:${model}`),
        };
        return database.embedding.upsert({
          where: { mediaItemId_embeddingType_origin_referenceId_embeddingModel: key },
          create: { ...key, ...row },
          update: row,
        });
      }),
    );
    beat({ embedded: start + batch.length, of: missing.length });
  }
  return { embedded: missing.length, reused: texts.length - missing.length };
}
