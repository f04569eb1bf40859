/** What was searched for: a reindex is compared by it. */
import type { SearchableType } from '../../contracts/names.ts';
import type { Database } from './client.ts';

const KEPT = 1_000;
/** As many as the column takes. */
const MAX_LENGTH = 500;

export type AskedQuery = { type: SearchableType; text: string };

/** Counts a query, and forgets those beyond the 1,000 asked last. Queries that differ by white space only are one. */
export async function recordQuery(database: Database, { type, text }: AskedQuery): Promise<void> {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  const asked = [...line].slice(0, MAX_LENGTH).join('').trim();
  if (asked === '') return;
  await database.$executeRaw`
    INSERT INTO search_queries (embedding_type, text, last_asked_at) VALUES (${type}, ${asked}, now())
    ON CONFLICT (embedding_type, text) DO UPDATE SET times = search_queries.times + 1, last_asked_at = now()`;
  await database.$executeRaw`
    DELETE FROM search_queries WHERE id IN (
      SELECT id FROM search_queries ORDER BY last_asked_at DESC, id DESC OFFSET ${KEPT})`;
}

/** Most asked first. */
export async function mostAsked(database: Database, limit: number): Promise<AskedQuery[]> {
  const rows = await database.searchQuery.findMany({
    orderBy: [{ times: 'desc' }, { lastAskedAt: 'desc' }],
    take: limit,
  });
  return rows.map(({ embeddingType, text }) => ({ type: embeddingType as SearchableType, text }));
}
