/** Media items: what a lesson file is, and what a probe found in it. Times are integer milliseconds from the file's start. */
import { z } from 'zod';

export const mediaKindSchema = z.enum(['video', 'audio', 'transcript']);
export type MediaKind = z.infer<typeof mediaKindSchema>;

/** What ffprobe says of a file, reduced to what the product uses. */
export const probeSchema = z.object({
  kind: mediaKindSchema,
  durationMs: z.int().min(0),
  startMs: z.int(),
  formatName: z.string(),
  videoCodec: z.string().nullable(),
  audioCodec: z.string().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  /** Frames a second as a rational, as ffprobe gives it ("30000/1001"). */
  frameRate: z.string().nullable(),
  subtitleStreams: z.int().min(0),
});
export type Probe = z.infer<typeof probeSchema>;

/** Public id of a media item: letters, digits, dot, dash, underscore. */
export const videoIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/,
    'letters, digits, ".", "_" and "-", at most 120, starting with a letter or digit',
  );
