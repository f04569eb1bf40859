/** Clips: cut moments around keyword hits. */
import { z } from 'zod';

/** Where to cut: hits merged, padded, snapped to cue borders. `hitIndexes` are indexes into the hits that were planned for. */
export const clipPlanSchema = z.object({
  startMs: z.int().min(0),
  endMs: z.int().min(1),
  hitIndexes: z.array(z.int()),
});
export type ClipPlan = z.infer<typeof clipPlanSchema>;

/** How clips are planned, in milliseconds. */
export const clipSettingsSchema = z.object({
  paddingMs: z.int().min(0).default(2_000),
  minMs: z.int().min(0).default(6_000),
  maxMs: z.int().min(1_000).default(45_000),
  /** Clips closer than this are one. */
  mergeGapMs: z.int().min(0).default(1_500),
});
export type ClipSettings = z.infer<typeof clipSettingsSchema>;
