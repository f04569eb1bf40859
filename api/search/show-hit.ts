/** A point of the index as search answers it. */
import type { SearchResult } from '../../clients/qdrant/index.ts';
import type { SearchHit } from '../../contracts/http/search.ts';
import type { SearchableType } from '../../contracts/names.ts';
import { highlights } from '../../domain/search/highlights.ts';
import { clipUrl } from '../links.ts';
import { span } from '../show/media.ts';

export function showHit(
  type: SearchableType,
  { id, similarity, score, payload }: SearchResult,
  query: string,
): SearchHit {
  const { reference_id, keyword, category, start_ms, end_ms, ...shown } = payload;
  return {
    ...shown,
    id: reference_id,
    point_id: id,
    embedding_type: type,
    highlights: highlights(shown.text, query),
    ...span({ startMs: start_ms, endMs: end_ms }),
    similarity,
    score,
    keywords: keyword,
    categories: category,
    clip_url: clipUrl(shown.clip_id),
    image_url: type === 'frame' && shown.origin === 'pipeline' ? `/frame/${reference_id}/image` : null,
    thumbnail_url: shown.clip_id === null ? null : `/clip/${shown.clip_id}/thumbnail`,
  };
}
