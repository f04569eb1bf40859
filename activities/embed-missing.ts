/** An item's texts of some types, each with its vector afterwards. */
import type { Database } from '../clients/database/client.ts';
import type { Embedder } from '../clients/embedder/index.ts';
import type { Config } from '../contracts/config.ts';
import type { EmbeddingType } from '../contracts/names.ts';
import { embedUntilSettled } from './embed-texts.ts';
import { storeChunks, textsToEmbed } from './texts-to-embed.ts';

export type EmbeddingDependencies = {
  config: Pick<Config, 'CHUNKING'>;
  database: Database;
  embedder: () => Promise<Embedder>;
};

/** Chunks the transcript first where it is among the types. Gives the texts, and what was embedded or reused. */
export async function embedMissing(
  { config, database, embedder }: EmbeddingDependencies,
  mediaItemId: number,
  types: readonly EmbeddingType[],
) {
  const model = await embedder();
  if (types.includes('transcript')) await storeChunks(database, mediaItemId, config.CHUNKING);
  const load = () => textsToEmbed(database, mediaItemId, types);
  const { texts, counts } = await embedUntilSettled(database, model, mediaItemId, load);
  return { texts, model, ...counts };
}
