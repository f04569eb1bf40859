/** Everything the product asks of ffmpeg and ffprobe. */
import type { CutClip } from '../../contracts/clips.ts';
import type { Probe } from '../../contracts/media.ts';
import { type ContactSheetRequest, contactSheet } from './contact-sheet.ts';
import { type CutClipsRequest, type CutRequest, cutClip, cutClips } from './cut.ts';
import { type SampledFrame, type SampleRequest, sampleFrames, type ThumbnailRequest, thumbnail } from './frames.ts';
import { type LoudnessRequest, type PcmRequest, readLoudness, readPcm } from './pcm.ts';
import { probeMedia } from './probe.ts';
import { runProgram } from './run.ts';
import { extractSubtitles } from './subtitles.ts';

export { type ClipSpan, type CutClipsRequest, type CutRequest, clipExtension } from './cut.ts';
export { LOUDNESS_STEP_MS, type LoudnessRequest, type PcmRequest } from './pcm.ts';
export { SAMPLING_FOLDER, type SampledFrame, type SampleRequest, type ThumbnailRequest } from './frames.ts';

export type Ffmpeg = {
  /** First line of `ffmpeg -version`; `TOOL_MISSING` without it. */
  version(signal?: AbortSignal): Promise<string>;
  probe(file: string, signal?: AbortSignal): Promise<Probe>;
  cutClip(request: CutRequest): Promise<CutClip>;
  cutClips(request: CutClipsRequest): Promise<CutClip[]>;
  thumbnail(request: ThumbnailRequest): Promise<void>;
  contactSheet(request: ContactSheetRequest): Promise<void>;
  sampleFrames(request: SampleRequest): Promise<SampledFrame[]>;
  extractSubtitles(file: string, streamIndex: number, signal?: AbortSignal): Promise<Uint8Array>;
  readPcm(request: PcmRequest): Promise<Float32Array>;
  readLoudness(request: LoudnessRequest): Promise<number[]>;
};

/** Programs by name or path; those on PATH unless given. */
export function createFfmpeg({
  ffmpeg = 'ffmpeg',
  ffprobe = 'ffprobe',
}: {
  ffmpeg?: string;
  ffprobe?: string;
} = {}): Ffmpeg {
  const programs = { ffmpeg, ffprobe };
  return {
    async version(signal) {
      await runProgram({ program: ffprobe, args: ['-version'], signal });
      const { stdout } = await runProgram({ program: ffmpeg, args: ['-version'], signal });
      return stdout.toString('utf8').split('\n')[0] ?? '';
    },
    probe: (file, signal) => probeMedia(programs, file, signal),
    cutClip: (request) => cutClip(programs, request),
    cutClips: (request) => cutClips(programs, request),
    thumbnail: (request) => thumbnail(programs, request),
    contactSheet: (request) => contactSheet(programs, request),
    sampleFrames: (request) => sampleFrames(programs, request),
    extractSubtitles: (file, streamIndex, signal) => extractSubtitles(programs, file, streamIndex, signal),
    readPcm: (request) => readPcm(programs, request),
    readLoudness: (request) => readLoudness(programs, request),
  };
}
