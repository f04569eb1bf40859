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

/** `accurate`: to the frame, copied as far as can be; `keyframe`: copied from the keyframe before; `reencode`: encoded whole. */
export const clipModeSchema = z.enum(['accurate', 'keyframe', 'reencode']);
export type ClipMode = z.infer<typeof clipModeSchema>;

/** A clip as it was cut: how it was really done, why not by copying, and where in the source it really begins. */
export const cutClipSchema = z.object({
  durationMs: z.int().min(0),
  bytes: z.int().min(0),
  method: z.enum(['smart', 'copy', 'reencode']),
  reason: z.string().nullable(),
  startMs: z.int().min(0),
});
export type CutClip = z.infer<typeof cutClipSchema>;
