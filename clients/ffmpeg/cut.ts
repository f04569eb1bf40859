/** Cuts clips: copied where that is exact, encoded where it is not, believed only after they were read back. */
import { TapeworksError } from '../../contracts/errors.ts';
import type { ClipMode, CutClip } from '../../contracts/clips.ts';
import type { Probe } from '../../contracts/media.ts';
import { writeBeside } from '../files/write-beside.ts';
import { encodeClip } from './encode-clip.ts';
import { keyframeCut } from './keyframe-cut.ts';
import type { ProbePrograms } from './probe.ts';
import { refuseReferences } from './references.ts';
import { readSourceIndex, type SourceIndex, type Span, smartCut } from './smart-cut/index.ts';

/** Clips of one source cut at a time: while one is read back, the other encodes. */
const AT_ONCE = 2;
/** Clips whose packets are read together; some ten megabytes of text for the longest. */
const READ_TOGETHER = 20;

/** Times from the file's start, whatever timestamp its first packet has. `clipExtension(probe)` tells the target's ending. */
export type ClipSpan = Span & { target: string };
export type CutClipsRequest = {
  source: string;
  probe: Probe;
  /** `accurate` unless given. */
  mode?: ClipMode;
  clips: ClipSpan[];
  /** Hears of each clip once it is whole on disk, in whatever order they come; the next one waits for it. */
  onClip?: (clip: CutClip, index: number) => Promise<void> | void;
  signal?: AbortSignal | undefined;
};
export type CutRequest = Omit<CutClipsRequest, 'clips' | 'onClip'> & ClipSpan;

export const clipExtension = (probe: Probe) => (probe.kind === 'video' ? '.mp4' : '.m4a');

/**
 * Writes one clip in MP4 (sound alone: M4A) with its index first. `accurate`: to the frame, copied as far as can be. `keyframe`:
 * copied from the keyframe before the start. `reencode`: H.264 and AAC anew. What cannot be copied is encoded, for `reason`.
 * Errors: `INVALID_INPUT` (times), `CLIP_MISMATCH`, those of `runProgram`.
 */
export async function cutClip(programs: ProbePrograms, request: CutRequest): Promise<CutClip> {
  const { startMs, endMs, target } = request;
  const [clip] = await cutClips(programs, { ...request, clips: [{ startMs, endMs, target }] });
  if (!clip) throw new TapeworksError('INTERNAL', 'A clip was neither cut nor refused.');
  return clip;
}

/** Cuts several clips of one source, whose packets are read together. The first failure ends it; clips that are whole stay. */
export async function cutClips(programs: ProbePrograms, request: CutClipsRequest): Promise<CutClip[]> {
  const { source, probe, clips, onClip } = request;
  for (const clip of clips) check(clip, probe);
  await refuseReferences(source);
  const done: CutClip[] = [];
  for (let from = 0; from < clips.length; from += READ_TOGETHER) {
    const batch = clips.slice(from, from + READ_TOGETHER);
    const heard = onClip && ((clip: CutClip, at: number) => onClip(clip, from + at));
    done.push(...(await cutBatch(programs, { ...request, clips: batch, ...(heard ? { onClip: heard } : {}) })));
  }
  return done;
}

async function cutBatch(programs: ProbePrograms, request: CutClipsRequest): Promise<CutClip[]> {
  const { source, probe, mode = 'accurate', clips, onClip, signal } = request;
  const index = mode === 'accurate' && probe.kind === 'video' ? await indexOf(programs, request) : null;
  const done: CutClip[] = [];
  const waiting = [...clips.entries()];
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const work = async () => {
    for (let next = waiting.shift(); next && !failed.signal.aborted; next = waiting.shift()) {
      const [at, span] = next;
      const clip = await cutOne(programs, { source, probe, mode, index, span, signal: stop });
      await onClip?.(clip, at);
      done[at] = clip;
    }
  };
  await Promise.allSettled(
    Array.from({ length: Math.min(AT_ONCE, clips.length) }, () =>
      work().catch((error) => {
        failed.abort(error);
        throw error;
      }),
    ),
  );
  // What the first failure made the others end with is of no interest.
  if (failed.signal.aborted) throw failed.signal.reason;
  return done;
}

type OneClip = {
  source: string;
  probe: Probe;
  mode: ClipMode;
  index: SourceIndex | { reason: string } | null;
  span: ClipSpan;
  signal: AbortSignal;
};

async function cutOne(
  programs: ProbePrograms,
  { source, probe, mode, index, span, signal }: OneClip,
): Promise<CutClip> {
  const { startMs, target } = span;
  const wantedMs = Math.min(span.endMs, probe.durationMs) - startMs;
  return writeBeside(target, async (partial) => {
    const cut = await copied(partial);
    if ('method' in cut) return { ...cut, reason: null };
    const encoded = await encodeClip(programs, { source, probe, startMs, wantedMs, target, signal }, partial);
    return { ...encoded, method: 'reencode', reason: mode === 'reencode' ? null : cut.reason, startMs };
  });

  async function copied(partial: string) {
    if (mode === 'reencode') return { reason: '' };
    if (mode === 'keyframe') return keyframeCut(programs, { source, probe, startMs, wantedMs, signal }, partial);
    if (probe.kind !== 'video') return { reason: 'sound alone is encoded, to the sample' };
    if (index === null || 'reason' in index) return { reason: index?.reason ?? 'no index' };
    return smartCut(programs, { source, index, span: { startMs, endMs: startMs + wantedMs }, signal }, partial);
  }
}

/** A source whose packets cannot be listed may still be decoded. */
async function indexOf(programs: ProbePrograms, { source, probe, clips, signal }: CutClipsRequest) {
  try {
    return await readSourceIndex(programs, { source, fileStartMs: probe.startMs, spans: clips }, signal);
  } catch (error) {
    if (!(error instanceof TapeworksError) || error.code !== 'MEDIA_TOOL_FAILED') throw error;
    return { reason: 'its packets cannot be listed' };
  }
}

function check({ startMs, endMs }: Span, probe: Probe): void {
  if (startMs >= 0 && endMs > startMs && startMs < probe.durationMs) return;
  throw new TapeworksError('INVALID_INPUT', `A clip from ${startMs} to ${endMs} ms does not lie in the file.`, {
    startMs,
    endMs,
    durationMs: probe.durationMs,
  });
}
