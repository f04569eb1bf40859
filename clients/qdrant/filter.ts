/** Which points of an index are meant. */
import type { Schemas } from '@qdrant/js-client-rest';

/** All given parts must hold; a list means any of it. Times overlap: [fromMs, toMs) of the media item. */
export type IndexFilter = {
  mediaItemId?: number | number[] | undefined;
  keyword?: string | string[] | undefined;
  category?: string | string[] | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
};

/** Payload fields that filters use, and how Qdrant indexes them. */
export const PAYLOAD_INDEXES = {
  media_item_id: 'integer',
  keyword: 'keyword',
  category: 'keyword',
  start_ms: 'integer',
  end_ms: 'integer',
} as const;

/** The filter in Qdrant's terms; `undefined` lets all pass. */
export function toQdrantFilter(filter: IndexFilter | undefined): Schemas['Filter'] | undefined {
  const { mediaItemId, keyword, category, fromMs, toMs } = filter ?? {};
  const must: Schemas['FieldCondition'][] = [
    ...anyOf('media_item_id', mediaItemId),
    ...anyOf('keyword', keyword),
    ...anyOf('category', category),
    ...(toMs === undefined ? [] : [{ key: 'start_ms', range: { lt: toMs } }]),
    ...(fromMs === undefined ? [] : [{ key: 'end_ms', range: { gt: fromMs } }]),
  ];
  return must.length > 0 ? { must } : undefined;
}

function anyOf(
  key: keyof typeof PAYLOAD_INDEXES,
  wanted: number | number[] | string | string[] | undefined,
): Schemas['FieldCondition'][] {
  if (wanted === undefined) return [];
  if (!Array.isArray(wanted)) return [{ key, match: { value: wanted } }];
  return [{ key, match: { any: wanted } }];
}
