/** POST /embed: segments and the wish to embed them are written together; then the run is waited for, within bounds. */
import { randomUUID } from 'node:crypto';
import { storePosted } from '../../clients/database/segments.ts';
import { bytesToVector } from '../../clients/database/vectors.ts';
import type { EmbedAnswer, EmbedBody } from '../../contracts/http/search.ts';
import { embedSegmentsResultSchema } from '../../contracts/messages.ts';
import { workflowId } from '../../contracts/names.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import type { ApiDependencies } from '../deps.ts';
import { findMedia } from '../media/find.ts';
import { start, type StartOutcome } from '../runs/start.ts';
import { requireTemporal } from '../runs/temporal.ts';
import { resultWithin } from '../runs/wait.ts';

type EmbedDependencies = Pick<ApiDependencies, 'database' | 'temporal' | 'log' | 'closing'>;

/** Clocks of players and of files differ by less. */
const SLACK_MS = 1_000;

/**
 * `answer` null: still under way after the wait, or not waited for. Throws NOT_FOUND, INVALID_INPUT for segments behind the media's
 * end, TEMPORAL_UNAVAILABLE, the run's own failure.
 */
export async function embedSegments(
  deps: EmbedDependencies,
  wish: EmbedBody,
  { wait }: { wait: boolean },
): Promise<{ outcome: StartOutcome; answer: EmbedAnswer | null }> {
  const { embedding_type: embeddingType, segments } = wish;
  const item = await findMedia(deps.database, String(wish.media_item_id));
  refuseBehindEnd(segments, item.durationMs);
  await requireTemporal(deps.temporal);
  const referenceIds = segments.map(({ id }) => id);
  const request = {
    workflowType: 'embedSegments' as const,
    // A run of its own for each request: one under way may have read a text that was replaced since.
    workflowId: workflowId.embedSegments(item.videoId, randomUUID()),
    input: { mediaItemId: item.id, videoId: item.videoId, embeddingType, referenceIds },
    mediaItemId: item.id,
  };
  const outcome = await start(deps, async (transaction) => {
    await storePosted(
      transaction,
      { mediaItemId: item.id, embeddingType },
      segments.map(({ id, text, start_time, end_time }) => ({
        referenceId: id,
        text,
        startMs: Math.round(start_time * 1_000),
        endMs: Math.round(end_time * 1_000),
      })),
    );
    return request;
  });
  const { runId } = outcome;
  if (!wait || runId === null) return { outcome, answer: null };
  const ended = await resultWithin(deps.temporal, { ...outcome, runId }, deps.closing);
  if (!ended) return { outcome, answer: null };
  const result = embedSegmentsResultSchema.parse(ended.result);
  const vectors = wish.return_vectors
    ? await vectorsOf(deps, { mediaItemId: item.id, embeddingType, embeddingModel: result.model }, referenceIds)
    : undefined;
  return { outcome, answer: { ...result, ...(vectors ? { vectors } : {}) } };
}

/** `durationMs` null: unknown, as of a transcript without its media. */
function refuseBehindEnd(segments: EmbedBody['segments'], durationMs: number | null): void {
  if (durationMs === null) return;
  const errors = segments.flatMap(({ id, start_time }, at) => {
    if (Math.round(start_time * 1_000) <= durationMs + SLACK_MS) return [];
    const message = `segment ${id} begins at ${start_time} s, but the media ends at ${durationMs / 1_000} s`;
    return [{ field: `segments.${at}.start_time`, message }];
  });
  if (errors.length === 0) return;
  const named = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new TapeworksError('INVALID_INPUT', named.slice(0, 1_000), { errors: errors.slice(0, 50) });
}

async function vectorsOf(
  { database }: Pick<EmbedDependencies, 'database'>,
  key: { mediaItemId: number; embeddingType: string; embeddingModel: string },
  referenceIds: number[],
) {
  const rows = await database.embedding.findMany({
    where: { ...key, origin: 'posted', referenceId: { in: referenceIds } },
    select: { referenceId: true, embeddingVector: true },
  });
  const byId = new Map(rows.map((row) => [row.referenceId, row.embeddingVector]));
  return referenceIds.flatMap((id) => {
    const bytes = byId.get(id);
    return bytes ? [{ id, vector: [...bytesToVector(bytes)] }] : [];
  });
}
