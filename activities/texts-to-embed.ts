/** What of an item is embedded: chunks of its transcript, text on frames, words of clips, contexts of hits, posted segments. */
import type { Database } from '../clients/database/client.ts';
import { loadCues } from '../clients/database/cues.ts';
import { LONG_TRANSACTION } from '../clients/database/transactions.ts';
import type { EmbeddingType } from '../contracts/names.ts';
import { type ChunkSettings, chunkSettingsSchema } from '../contracts/transcripts.ts';
import { sha256 } from '../domain/hash.ts';
import { chunkCues } from '../domain/transcripts/chunk-cues.ts';
import type { TextToEmbed } from './embed-texts.ts';

/** Cuts the transcript into chunks by the policy and stores them. Business key: item and index; a kept chunk keeps its id. */
export async function storeChunks(database: Database, mediaItemId: number, policy: ChunkSettings['policy']) {
  const cues = await loadCues(database, mediaItemId);
  const chunks = chunkCues(cues, chunkSettingsSchema.parse({ policy }));
  const rows = chunks.map(({ cueIndexes, ...chunk }) => ({
    ...chunk,
    mediaItemId,
    cueIds: cueIndexes.flatMap((index) => cues[index]?.id ?? []),
  }));
  const stored = await database.transcriptChunk.findMany({ where: { mediaItemId }, orderBy: { index: 'asc' } });
  const same = (row: (typeof rows)[number], other: (typeof stored)[number] | undefined) =>
    other !== undefined &&
    row.text === other.text &&
    row.startMs === other.startMs &&
    row.endMs === other.endMs &&
    row.cueIds.join() === other.cueIds.join();
  const changed = rows.filter((row) => !same(row, stored[row.index]));
  await database.$transaction(async (transaction) => {
    await transaction.transcriptChunk.deleteMany({ where: { mediaItemId, index: { gte: rows.length } } });
    if (stored.length === 0) await transaction.transcriptChunk.createMany({ data: changed, skipDuplicates: true });
    else
      for (const row of changed)
        await transaction.transcriptChunk.upsert({
          where: { mediaItemId_index: { mediaItemId, index: row.index } },
          create: row,
          update: row,
        });
  }, LONG_TRANSACTION);
}

/** The texts of the given types, without empty ones. */
export async function textsToEmbed(
  database: Database,
  mediaItemId: number,
  types: readonly EmbeddingType[],
): Promise<TextToEmbed[]> {
  const where = { mediaItemId };
  const load: Record<EmbeddingType, () => Promise<Array<{ id: number; text: string | null }>>> = {
    transcript: () => database.transcriptChunk.findMany({ where, select: { id: true, text: true } }),
    frame: () => database.frame.findMany({ where, select: { id: true, text: true } }),
    clip: () => database.clip.findMany({ where, select: { id: true, text: true } }),
    keyword: async () => {
      const hits = await database.keywordHit.findMany({ where, select: { id: true, contextText: true } });
      return hits.map(({ id, contextText }) => ({ id, text: contextText }));
    },
  };
  const found = await Promise.all(
    types.map(async (type) => (await load[type]()).flatMap(({ id, text }) => toText(type, 'pipeline', id, text ?? ''))),
  );
  return [...found.flat(), ...(await postedTexts(database, mediaItemId, types))];
}

/** Segments that were posted; all of the types, or those with the given ids. */
export async function postedTexts(
  database: Database,
  mediaItemId: number,
  types: readonly EmbeddingType[],
  referenceIds?: number[],
): Promise<TextToEmbed[]> {
  const segments = await database.postedSegment.findMany({
    where: {
      mediaItemId,
      embeddingType: { in: [...types] },
      ...(referenceIds ? { referenceId: { in: referenceIds } } : {}),
    },
    select: { embeddingType: true, referenceId: true, text: true },
  });
  return segments.flatMap(({ embeddingType, referenceId, text }) =>
    toText(embeddingType as EmbeddingType, 'posted', referenceId, text),
  );
}

function toText(type: EmbeddingType, origin: TextToEmbed['origin'], referenceId: number, text: string): TextToEmbed[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : [{ type, origin, referenceId, text: trimmed, contentHash: sha256(trimmed) }];
}
