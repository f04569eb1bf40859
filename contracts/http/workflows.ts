/** Runs as the API tells them, and the bodies that steer them. */
import { z } from 'zod';
import { WORKFLOW_TYPES } from '../names.ts';
import { failureSchema, RUN_STATUSES, stageProgressSchema, stageSchema } from '../runs.ts';
import { pageOf } from './common.ts';

/** `waiting`: written down, not yet taken over by Temporal. */
export const shownStatusSchema = z.enum(['waiting', ...RUN_STATUSES]);

export const runSummarySchema = z
  .object({
    workflowId: z.string(),
    runId: z.string().nullable(),
    workflowType: z.enum(WORKFLOW_TYPES).or(z.string()),
    status: shownStatusSchema,
    stage: z.string().nullable(),
    mediaId: z.int().nullable(),
    videoId: z.string().nullable(),
    keyword: z.string().nullable(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    statusUrl: z.string(),
    temporalUrl: z.string(),
  })
  .meta({ id: 'RunSummary' });
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runDetailSchema = runSummarySchema
  .extend({
    /** True: the running workflow answered itself; false: as last written down. */
    live: z.boolean(),
    /** Why it is not live, when it should be. */
    note: z.string().nullable(),
    /** Activities under way: which, which attempt, and how far each says it is. */
    working: z.array(
      z.object({
        activity: z.string(),
        attempt: z.int(),
        details: z.record(z.string(), z.unknown()).nullable(),
        lastFailure: z.string().nullable(),
      }),
    ),
    paused: z.boolean(),
    pauseReason: z.string().nullable(),
    cancelReason: z.string().nullable(),
    stages: z.array(stageProgressSchema),
    counts: z.record(z.string(), z.number()),
    failures: z.array(failureSchema),
    input: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Run' });
export type RunDetail = z.infer<typeof runDetailSchema>;

export const runPageSchema = pageOf(runSummarySchema).meta({ id: 'RunPage' });

export const reasonBody = z.strictObject({ reason: z.string().max(300).optional() }).meta({ id: 'Reason' });
export const rerunBody = z
  .strictObject({
    from: stageSchema.optional().meta({ description: 'Stage to start at; an ended run without it starts anew.' }),
  })
  .meta({ id: 'Rerun' });
/** A run that has not ended. */
export const notYetSchema = z
  .object({ status: shownStatusSchema, stage: z.string().nullable(), statusUrl: z.string() })
  .meta({ id: 'NotYet' });
