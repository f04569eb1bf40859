/** What the index holds of an item, read from Postgres, the source of truth: pages of vectors with the payload that search answers with. */
import { SEARCHABLE_TYPES, type SearchableType } from '../../contracts/names.ts';
import type { IndexPoint, PointPayload } from '../qdrant/index.ts';
import type { Database } from './client.ts';
import { bytesToVector } from './vectors.ts';

type Hit = { keyword: string; category: string; startMs: number; endMs: number; confidence: number };
type Moment = { id: number; text: string; startMs: number; endMs: number; clipId: number | null };
type Clip = { id: number; startMs: number; endMs: number; text: string };
export type Posted = number[] | 'all';
export type PointsOf = {
  type: SearchableType;
  mediaItemId: number;
  model: string;
  /** Points of a page. */
  limit: number;
  /** Only these posted segments, or all of them; everything of the type when missing. */
  posted?: Posted | undefined;
};

/** Pages of an item's points of one type, in a stable order, at most `limit` each. */
export async function* pointPages(
  database: Database,
  { type, mediaItemId, model, limit, posted }: PointsOf,
): AsyncGenerator<IndexPoint[]> {
  const item = await loadItem(database, mediaItemId);
  const only = {
    ...(posted === undefined ? {} : { origin: 'posted' }),
    ...(Array.isArray(posted) ? { referenceId: { in: posted } } : {}),
  };
  for (let after = 0, full = true; full; ) {
    const rows = await database.embedding.findMany({
      where: { mediaItemId, embeddingType: type, embeddingModel: model, id: { gt: after }, ...only },
      orderBy: { id: 'asc' },
      take: limit,
    });
    const idsOf = (origin: PointPayload['origin']) =>
      rows.filter((row) => row.origin === origin).map(({ referenceId }) => referenceId);
    const moments = {
      pipeline: byId(await loadMoments(database, type, idsOf('pipeline'), item.clips)),
      posted: byId(await loadPosted(database, { type, mediaItemId, ids: idsOf('posted') }, item.clips)),
    };
    yield rows.flatMap((row): IndexPoint[] => {
      const origin = row.origin === 'posted' ? 'posted' : 'pipeline';
      const moment = moments[origin].get(row.referenceId);
      if (!moment) return [];
      const payload = {
        media_item_id: mediaItemId,
        video_id: item.videoId,
        origin,
        ...describe(moment, item.hits),
      } as const;
      return [{ id: row.pointId, vector: bytesToVector(row.embeddingVector), text: moment.text, payload }];
    });
    after = rows.at(-1)?.id ?? after;
    full = rows.length === limit;
  }
}

/** Of items that are not among `whole` only what was posted counts. */
type Vectors = { model: string; mediaItemIds: number[]; whole: ReadonlySet<number> };

/** Vectors of the given model by item and type: as many points the index should hold. Keys are "<mediaItemId> <type>". */
export async function countVectors(
  database: Database,
  { model, mediaItemIds, whole }: Vectors,
): Promise<Map<string, number>> {
  const groups = await database.embedding.groupBy({
    by: ['mediaItemId', 'embeddingType'],
    where: {
      mediaItemId: { in: mediaItemIds },
      embeddingModel: model,
      OR: [{ origin: 'posted' }, { mediaItemId: { in: [...whole] } }],
    },
    _count: true,
  });
  return new Map(groups.map((group) => [`${group.mediaItemId} ${group.embeddingType}`, group._count]));
}

/** Those of the items that lack vectors of `model` for texts of which they have vectors of `than`. */
export async function itemsLacking(
  database: Database,
  { model, than, mediaItemIds, whole }: Vectors & { than: string },
): Promise<number[]> {
  if (model === than) return [];
  const rows = await database.$queryRaw<Array<{ id: number }>>`
    SELECT DISTINCT have.media_item_id AS id FROM embeddings have
    WHERE have.media_item_id = ANY (${mediaItemIds}) AND have.embedding_model = ${than}
      AND have.embedding_type = ANY (${[...SEARCHABLE_TYPES]})
      AND (have.origin = 'posted' OR have.media_item_id = ANY (${[...whole]}))
      AND NOT EXISTS (
        SELECT 1 FROM embeddings want
        WHERE want.media_item_id = have.media_item_id AND want.embedding_type = have.embedding_type
          AND want.origin = have.origin AND want.reference_id = have.reference_id
          AND want.embedding_model = ${model} AND want.content_hash = have.content_hash)`;
  return rows.map(({ id }) => id);
}

async function loadItem(database: Database, mediaItemId: number) {
  const where = { mediaItemId };
  const span = { startMs: true, endMs: true };
  const [{ videoId }, hits, clips] = await Promise.all([
    database.mediaItem.findUniqueOrThrow({ where: { id: mediaItemId }, select: { videoId: true } }),
    database.keywordHit.findMany({ where, select: { keyword: true, category: true, confidence: true, ...span } }),
    database.clip.findMany({ where, select: { id: true, text: true, ...span }, orderBy: { startMs: 'asc' } }),
  ]);
  return { videoId, hits, clips };
}

function describe(moment: Moment, hits: Hit[]) {
  const near = hits.filter(({ startMs, endMs }) => startMs <= moment.endMs && endMs >= moment.startMs);
  return {
    reference_id: moment.id,
    text: moment.text,
    start_ms: moment.startMs,
    end_ms: moment.endMs,
    clip_id: moment.clipId,
    keyword: [...new Set(near.map(({ keyword }) => keyword))],
    category: [...new Set(near.map(({ category }) => category))],
    confidence: near.reduce<number | null>((highest, hit) => Math.max(highest ?? 0, hit.confidence), null),
  };
}

async function loadMoments(database: Database, type: SearchableType, ids: number[], clips: Clip[]): Promise<Moment[]> {
  if (ids.length === 0) return [];
  const where = { id: { in: ids } };
  const load: Record<SearchableType, () => Promise<Moment[]>> = {
    transcript: async () => {
      const chunks = await database.transcriptChunk.findMany({ where });
      return chunks.map((chunk) => ({ ...chunk, clipId: clipAt(clips, chunk.startMs, chunk.endMs) }));
    },
    frame: async () => {
      const frames = await database.frame.findMany({ where });
      return frames.map(({ id, text, atMs, clipId }) => ({ id, text: text ?? '', startMs: atMs, endMs: atMs, clipId }));
    },
    clip: async () => {
      const wanted = new Set(ids);
      return clips.filter(({ id }) => wanted.has(id)).map((clip) => ({ ...clip, clipId: clip.id }));
    },
  };
  return load[type]();
}

async function loadPosted(
  database: Database,
  { type, mediaItemId, ids }: { type: SearchableType; mediaItemId: number; ids: number[] },
  clips: Clip[],
): Promise<Moment[]> {
  if (ids.length === 0) return [];
  const where = { mediaItemId, embeddingType: type, referenceId: { in: ids } };
  const segments = await database.postedSegment.findMany({ where });
  return segments.map(({ referenceId, text, startMs, endMs }) => ({
    id: referenceId,
    text,
    startMs,
    endMs,
    clipId: clipAt(clips, startMs, endMs),
  }));
}

/** The clip that shows most of the moment; `null` where none shows any of it. */
function clipAt(clips: Clip[], startMs: number, endMs: number): number | null {
  let best: number | null = null;
  let most = -1;
  for (const clip of clips) {
    // A moment without length counts where it lies in [start, end).
    const shown = Math.min(clip.endMs, endMs) - Math.max(clip.startMs, startMs);
    if (shown <= most || shown < 0 || (shown === 0 && (startMs < clip.startMs || startMs >= clip.endMs))) continue;
    best = clip.id;
    most = shown;
  }
  return best;
}

const byId = (moments: Moment[]) => new Map(moments.map((moment) => [moment.id, moment]));
