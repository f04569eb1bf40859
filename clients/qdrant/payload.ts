/** What a point tells of the moment that it stands for. */
import { z } from 'zod';
import { TapeworksError } from '../../contracts/errors.ts';

export const pointPayloadSchema = z.object({
  media_item_id: z.int(),
  video_id: z.string(),
  /** Id of the transcript chunk, frame or clip; of a posted segment, the id it was posted with. */
  reference_id: z.int(),
  origin: z.enum(['pipeline', 'posted']),
  text: z.string(),
  start_ms: z.int(),
  end_ms: z.int(),
  clip_id: z.int().nullable(),
  keyword: z.array(z.string()),
  category: z.array(z.string()),
  /** Highest confidence of the keyword hits in the moment; `null` where there is none. */
  confidence: z.number().nullable(),
});
export type PointPayload = z.infer<typeof pointPayloadSchema>;

/** Throws `QDRANT_REJECTED` for a point that another version of the product, or another program, wrote. */
export function toPayload(id: string, payload: unknown): PointPayload {
  const parsed = pointPayloadSchema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue ? `${issue.path.join('.')}: ${issue.message}` : parsed.error.message;
  throw new TapeworksError('QDRANT_REJECTED', `Point ${id} is not as this version writes it (${where}); reindex.`, {
    id,
  });
}
