/** Runs: a workflow's progress while it lives, and its outcome, which outlives Temporal's retention. JSON-safe throughout. */
import { z } from 'zod';

/** Stages of `processMedia`, in order. Branches of a stage run side by side but count as stages of their own. */
export const STAGES = [
  'ingest',
  'detectKeywords',
  'generateClips',
  'extractConcepts',
  'sampleFrames',
  'readFrames',
  'embed',
  'index',
  'generateStrategies',
  'scanSignals',
  'enhanceSignals',
  'export',
] as const;
export const stageSchema = z.enum(STAGES);
export type Stage = z.infer<typeof stageSchema>;

export const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  stage: z.string().nullable(),
});
export type Failure = z.infer<typeof failureSchema>;

export const stageProgressSchema = z.object({
  stage: z.string(),
  status: z.enum(['pending', 'running', 'done', 'reused', 'skipped', 'failed', 'cancelled']),
  /** What the stage counted: hits, clips, vectors, … */
  counts: z.record(z.string(), z.number()),
  note: z.string().nullable(),
  seconds: z.number().nullable(),
});
export type StageProgress = z.infer<typeof stageProgressSchema>;

export const progressSchema = z.object({
  workflowType: z.string(),
  stage: z.string().nullable(),
  paused: z.boolean(),
  pauseReason: z.string().nullable(),
  cancelReason: z.string().nullable(),
  stages: z.array(stageProgressSchema),
  counts: z.record(z.string(), z.number()),
  failures: z.array(failureSchema),
});
export type Progress = z.infer<typeof progressSchema>;

export const RUN_STATUSES = ['running', 'completed', 'failed', 'cancelled', 'terminated', 'continued'] as const;
export const runStatusSchema = z.enum(RUN_STATUSES);
export type RunStatus = z.infer<typeof runStatusSchema>;
