/** What there is to process: files of a folder, keywords of the library. Pages, so that histories stay small. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '../clients/database/client.ts';
import { registerMedia, sidecarHash } from '../clients/database/media.ts';
import { completedRun } from '../clients/database/starts.ts';
import { hashFile, mediaKindOf, resolveInside, walkMedia } from '../clients/files/index.ts';
import type { Config } from '../contracts/config.ts';
import type { Lexicon } from '../contracts/keywords.ts';
import type { ProcessLibraryInput, ProcessMediaInput } from '../contracts/messages.ts';
import { workflowId } from '../contracts/names.ts';
import { requireKeyword } from '../domain/keywords/lexicon.ts';
import { cancellation } from './heartbeat.ts';

type Dependencies = {
  config: Pick<Config, 'MEDIA_ROOT' | 'DATA_DIR'>;
  database: Database;
  lexicon: () => Promise<Lexicon>;
};
type Register = { path: string } & Pick<ProcessLibraryInput, 'keywords' | 'maxStrategies' | 'products' | 'force'>;

export const createLibraryActivities = ({ config, database, lexicon }: Dependencies) => ({
  /** Media files below a folder of MEDIA_ROOT, relative to it, sorted, after a given one. */
  async listMedia({ folder, after, limit }: { folder: string; after: string | null; limit: number }) {
    const all = await walkMedia(config.MEDIA_ROOT, folder);
    const rest = after === null ? all : all.filter((file) => file > after);
    return { paths: rest.slice(0, limit), more: rest.length > limit };
  },

  /** Registers one file by its content. `alreadyDone`: it was processed with the same inputs and `force` is not set. */
  async registerMedia({ path: relative, keywords, maxStrategies, products, force }: Register) {
    const file = await resolveInside(config.MEDIA_ROOT, relative);
    const [contentHash, { size }] = await Promise.all([hashFile(file, { signal: cancellation() }), stat(file)]);
    const item = await registerMedia(database, {
      contentHash,
      path: path.relative(path.resolve(config.MEDIA_ROOT), file),
      store: 'media_root',
      sizeBytes: size,
      kind: mediaKindOf(file),
    });
    const input: ProcessMediaInput = {
      mediaItemId: item.id,
      videoId: item.videoId,
      keywords,
      maxStrategies,
      products,
      fromStage: null,
      lexiconVersion: (await lexicon()).version,
      transcriptHash: await sidecarHash(config, item),
    };
    const done = force ? null : await completedRun(database, workflowId.processMedia(item.videoId), input);
    return { videoId: item.videoId, input, alreadyDone: done !== null };
  },

  /** Keywords to make strategies for, in alphabetical order after a given one. */
  async listKeywords({
    keywords,
    minHits,
    after,
    limit,
  }: {
    keywords: string[] | null;
    minHits: number;
    after: string | null;
    limit: number;
  }) {
    const known = await lexicon();
    const all = keywords ? keywords.map((keyword) => requireKeyword(known, keyword)) : await taught(database, minHits);
    const rest = [...new Set(all)].sort().filter((keyword) => after === null || keyword > after);
    return { keywords: rest.slice(0, limit), more: rest.length > limit };
  },
});

async function taught(database: Database, minHits: number): Promise<string[]> {
  const groups = await database.keywordHit.groupBy({
    by: ['keyword'],
    having: { keyword: { _count: { gte: minHits } } },
  });
  return groups.map(({ keyword }) => keyword);
}
