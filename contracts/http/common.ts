/** Shapes that several endpoints of the API share. */
import { z } from 'zod';

/** RFC 9457, with the product's code and remedy. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    remedy: z.string(),
    correlationId: z.string(),
    /** Fields that are wrong, where the request's shape is. */
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    /** Evidence: ids, limits, tails of output. */
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem; `code` is stable, `remedy` says what to do.' });
export type Problem = z.infer<typeof problemSchema>;

/** One page; `next_cursor` goes into `cursor` of the next request and is null on the last page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });

/** Largest id a PostgreSQL integer holds. */
export const MAX_ID = 2_147_483_647;

/** What a start answers. `runId` is null while Temporal has not taken the start over yet: it is kept and handed on. */
export const startedSchema = z
  .object({
    workflowId: z.string(),
    runId: z.string().nullable(),
    statusUrl: z.string(),
    temporalUrl: z.string(),
    /** True when a running workflow was joined. */
    reused: z.boolean(),
  })
  .meta({ id: 'Started' });
export type StartedAnswer = z.infer<typeof startedSchema>;
