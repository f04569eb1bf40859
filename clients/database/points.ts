/** What the index holds of an item, read from Postgres, the source of truth: pages of vectors with the payload that search answers with. */
import type { SearchableType } from '../../contracts/names.ts';
import type { Database } from './client.ts';
import { bytesToVector } from './vectors.ts';

export type PointPayload = {
  media_item_id: number;
  video_id: string;
  reference_id: number;
  text: string;
  start_ms: number;
  end_ms: number;
  clip_id: number | null;
  keyword: string[];
  category: string[];
};
export interface Point {
  id: string;
  vector: Float32Array;
  text: string;
  payload: PointPayload;
}

type Moment = { id: number; text: string; startMs: number; endMs: number; clipId: number | null };

/** Pages of an item's points of one type, in a stable order, at most `limit` each. */
export async function* pointPages(
  database: Database,
  { type, mediaItemId, model, limit }: { type: SearchableType; mediaItemId: number; model: string; limit: number },
): AsyncGenerator<Point[]> {
  const { videoId } = await database.mediaItem.findUniqueOrThrow({
    where: { id: mediaItemId },
    select: { videoId: true },
  });
  const hits = await database.keywordHit.findMany({
    where: { mediaItemId },
    select: { keyword: true, category: true, startMs: true, endMs: true },
  });
  for (let after = 0, full = true; full; ) {
    const rows = await database.embedding.findMany({
      where: { mediaItemId, embeddingType: type, embeddingModel: model, id: { gt: after } },
      orderBy: { id: 'asc' },
      take: limit,
    });
    const moments = await loadMoments(
      database,
      type,
      rows.map(({ referenceId }) => referenceId),
    );
    const points = rows.flatMap((row): Point[] => {
      const moment = moments.get(row.referenceId);
      if (!moment) return [];
      const near = hits.filter(({ startMs, endMs }) => startMs <= moment.endMs && endMs >= moment.startMs);
      const payload: PointPayload = {
        media_item_id: mediaItemId,
        video_id: videoId,
        reference_id: row.referenceId,
        text: moment.text,
        start_ms: moment.startMs,
        end_ms: moment.endMs,
        clip_id: moment.clipId,
        keyword: [...new Set(near.map(({ keyword }) => keyword))],
        category: [...new Set(near.map(({ category }) => category))],
      };
      return [{ id: row.pointId, vector: bytesToVector(row.embeddingVector), text: moment.text, payload }];
    });
    yield points;
    after = rows.at(-1)?.id ?? after;
    full = rows.length === limit;
  }
}

async function loadMoments(database: Database, type: SearchableType, ids: number[]): Promise<Map<number, Moment>> {
  const where = { id: { in: ids } };
  const moments: Record<SearchableType, () => Promise<Moment[]>> = {
    transcript: async () => {
      const cues = await database.transcriptCue.findMany({ where });
      const clips = await database.clip.findMany({ where: { mediaItemId: cues[0]?.mediaItemId ?? 0 } });
      const clipAt = (ms: number) => clips.find(({ startMs, endMs }) => startMs <= ms && ms < endMs)?.id ?? null;
      return cues.map((cue) => ({ ...cue, clipId: clipAt(cue.startMs) }));
    },
    frame: async () => {
      const frames = await database.frame.findMany({ where });
      return frames.map(({ id, text, atMs, clipId }) => ({ id, text: text ?? '', startMs: atMs, endMs: atMs, clipId }));
    },
    clip: async () => {
      const clips = await database.clip.findMany({ where });
      return clips.map((clip) => ({ ...clip, clipId: clip.id }));
    },
  };
  return new Map((await moments[type]()).map((moment) => [moment.id, moment]));
}
