/** Which points of an index are meant. */
import type { Schemas } from '@qdrant/js-client-rest';

/** All given parts must hold; a list means any of it. Times overlap: [fromMs, toMs) of the media item. */
export type IndexFilter = {
  mediaItemId?: number | number[] | undefined;
  videoId?: string | string[] | undefined;
  keyword?: string | string[] | undefined;
  category?: string | string[] | undefined;
  clipId?: number | number[] | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  /** Moments with a keyword hit of at least this confidence. */
  minConfidence?: number | undefined;
  origin?: 'pipeline' | 'posted' | undefined;
};

/** Payload fields that filters use, and how Qdrant indexes them. */
export const PAYLOAD_INDEXES = {
  media_item_id: 'integer',
  video_id: 'keyword',
  keyword: 'keyword',
  category: 'keyword',
  clip_id: 'integer',
  start_ms: 'integer',
  end_ms: 'integer',
  confidence: 'float',
} as const;

/** The filter in Qdrant's terms; `undefined` lets all pass. */
export function toQdrantFilter(filter: IndexFilter | undefined): Schemas['Filter'] | undefined {
  const { mediaItemId, videoId, keyword, category, clipId, fromMs, toMs, minConfidence, origin } = filter ?? {};
  const must: Schemas['Condition'][] = [
    ...anyOf('media_item_id', mediaItemId),
    ...anyOf('video_id', videoId),
    ...anyOf('keyword', keyword),
    ...anyOf('category', category),
    ...anyOf('clip_id', clipId),
    ...(toMs === undefined ? [] : [{ key: 'start_ms', range: { lt: toMs } }]),
    ...(fromMs === undefined ? [] : [notBefore(fromMs)]),
    ...(origin === undefined ? [] : [{ key: 'origin', match: { value: origin } }]),
    ...(minConfidence === undefined ? [] : [{ key: 'confidence', range: { gte: minConfidence } }]),
  ];
  return must.length > 0 ? { must } : undefined;
}

/** A frame begins and ends at one time, so that its end does not lie after it. */
const notBefore = (fromMs: number): Schemas['Filter'] => ({
  should: [
    { key: 'end_ms', range: { gt: fromMs } },
    { key: 'start_ms', range: { gte: fromMs } },
  ],
});

function anyOf(
  key: keyof typeof PAYLOAD_INDEXES,
  wanted: number | number[] | string | string[] | undefined,
): Schemas['FieldCondition'][] {
  if (wanted === undefined) return [];
  if (!Array.isArray(wanted)) return [{ key, match: { value: wanted } }];
  return [{ key, match: { any: wanted } }];
}
