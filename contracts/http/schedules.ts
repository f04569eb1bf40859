/** Schedules: work that Temporal starts by the clock. */
import { z } from 'zod';
import { batchGenerateBody, processLibraryBody } from './starts.ts';

const SCHEDULABLE = ['batch-generate', 'process-library'] as const;
export const scheduleIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'letters, digits, ".", "_" and "-", at most 100');

export const createScheduleBody = z
  .strictObject({
    id: scheduleIdSchema,
    workflow: z.enum(SCHEDULABLE),
    input: z.record(z.string(), z.unknown()).default({}).meta({ description: 'As for POST /workflows/{workflow}.' }),
    cron: z
      .string()
      .regex(
        /^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\S+( +\S+){4})$/,
        'five fields, or @daily and the like',
      )
      .max(100)
      .optional()
      .meta({ examples: ['0 6 * * 1-5'] }),
    every: z
      .string()
      .regex(/^[1-9]\d{0,4}[mhd]$/, 'a number and m, h or d: "30m", "6h", "1d"')
      .optional(),
    timezone: z.string().min(1).max(64).default('UTC').meta({ description: 'IANA name; for cron.' }),
    paused: z.boolean().default(false),
    note: z.string().max(300).default(''),
  })
  .refine((body) => (body.cron === undefined) !== (body.every === undefined), {
    message: 'give exactly one of cron and every',
  })
  .meta({ id: 'CreateSchedule' });
export type CreateSchedule = z.infer<typeof createScheduleBody>;
export const scheduleInputs = { 'batch-generate': batchGenerateBody, 'process-library': processLibraryBody };

export const scheduleSchema = z
  .object({
    id: z.string(),
    workflowType: z.string(),
    paused: z.boolean(),
    note: z.string().nullable(),
    /** As given at creation. */
    cron: z.string().nullable(),
    every: z.string().nullable(),
    timezone: z.string().nullable(),
    nextRuns: z.array(z.string()),
    recentRuns: z.array(z.object({ workflowId: z.string(), at: z.string(), statusUrl: z.string() })),
    input: z.record(z.string(), z.unknown()).nullable(),
    temporalUrl: z.string(),
  })
  .meta({ id: 'Schedule' });
export type ScheduleAnswer = z.infer<typeof scheduleSchema>;
export const scheduleListSchema = z.object({ items: z.array(scheduleSchema) }).meta({ id: 'ScheduleList' });
