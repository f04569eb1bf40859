/** Links to clips that are there: between cutting anew and indexing anew, points still name the clips before. */
import type { Database } from '../../clients/database/client.ts';
import type { SearchHit } from '../../contracts/http/search.ts';

/** A clip that is gone is no moment to show; other moments lose their link. */
export async function withPresentClips(database: Database, hits: SearchHit[]): Promise<SearchHit[]> {
  const named = new Set(hits.flatMap(({ clip_id }) => clip_id ?? []));
  if (named.size === 0) return hits;
  const clips = await database.clip.findMany({
    where: { id: { in: [...named] } },
    select: { id: true, thumbnailPath: true },
  });
  const pictured = new Map(clips.map(({ id, thumbnailPath }) => [id, thumbnailPath !== null]));
  return hits.flatMap((hit): SearchHit[] => {
    if (hit.clip_id === null || pictured.get(hit.clip_id) === true) return [hit];
    if (pictured.has(hit.clip_id)) return [{ ...hit, thumbnail_url: null }];
    if (hit.embedding_type === 'clip' && hit.origin === 'pipeline') return [];
    return [{ ...hit, clip_id: null, clip_url: null, thumbnail_url: null }];
  });
}
