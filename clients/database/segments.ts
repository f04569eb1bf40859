/** Segments that were posted for embedding. */
import { TapeworksError } from '../../contracts/errors.ts';
import type { EmbeddingType } from '../../contracts/names.ts';
import type { Transaction } from './client.ts';

export type PostedText = { referenceId: number; text: string; startMs: number; endMs: number };

/**
 * Business key: item, type, the sender's id. One statement, however many; a text posted again replaces the one before.
 * Throws NOT_FOUND for an item that was deleted meanwhile.
 */
export async function storePosted(
  transaction: Transaction,
  { mediaItemId, embeddingType }: { mediaItemId: number; embeddingType: EmbeddingType },
  segments: PostedText[],
): Promise<void> {
  const column = <Key extends keyof PostedText>(key: Key) => segments.map((segment) => segment[key]);
  const items = await transaction.$executeRaw`SELECT 1 FROM media_items WHERE id = ${mediaItemId} FOR KEY SHARE`;
  if (items === 0) throw new TapeworksError('NOT_FOUND', `There is no media item ${mediaItemId}.`);
  await transaction.$executeRaw`
    INSERT INTO posted_segments (media_item_id, embedding_type, reference_id, text, start_ms, end_ms)
    SELECT ${mediaItemId}, ${embeddingType}, posted.*
    FROM unnest(${column('referenceId')}::int[], ${column('text')}::text[], ${column('startMs')}::int[], ${column('endMs')}::int[])
      AS posted (reference_id, text, start_ms, end_ms)
    ON CONFLICT (media_item_id, embedding_type, reference_id)
    DO UPDATE SET text = excluded.text, start_ms = excluded.start_ms, end_ms = excluded.end_ms`;
}
