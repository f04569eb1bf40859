/** Frame-accurate cutting by copying: only the frames at the ends are encoded, the rest keeps its packets. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { TapeworksError } from '../../../contracts/errors.ts';
import type { ProbePrograms } from '../probe.ts';
import { stderrOf } from '../run.ts';
import { refusal } from './encoders.ts';
import { joinSegments } from './join.ts';
import { planSmartCut, type Refusal, type SmartPlan } from './plan.ts';
import { type SegmentRequest, writeSegments } from './segments.ts';
import type { SourceIndex, Span } from './source-index.ts';
import { findFault } from './verify.ts';

export { readSourceIndex, type SourceIndex, type Span } from './source-index.ts';

export type SmartCut = { method: 'smart' | 'copy'; durationMs: number; bytes: number; startMs: number };
export type SmartCutRequest = { source: string; index: SourceIndex; span: Span; signal?: AbortSignal | undefined };

/**
 * Writes `partial`, or says why this clip has to be encoded whole. `copy`: both ends fell on borders, nothing was encoded.
 * Errors: `CANCELLED`, `DISK_FULL`, `TOOL_MISSING`.
 */
export async function smartCut(
  programs: ProbePrograms,
  { source, index, span, signal }: SmartCutRequest,
  partial: string,
): Promise<SmartCut | Refusal> {
  const refused = refusal(index);
  const { video } = index;
  if (refused !== null || !video) return { reason: refused ?? 'no pictures' };
  const plan = planSmartCut(index.packets, index.timeBase, {
    from: index.startSeconds + span.startMs / 1_000,
    to: index.startSeconds + span.endMs / 1_000,
  });
  if ('reason' in plan) return plan;
  const folder = `${partial}-parts`;
  try {
    await mkdir(folder);
    const request: SegmentRequest = { source, index, video, plan, folder };
    const segments = await writeSegments(programs, request, signal);
    const misfit = await joinSegments(programs, request, segments, partial, signal);
    const fault = misfit ?? (await findFault(programs, partial, request, signal));
    return fault === null ? await describe(partial, index, plan) : { reason: fault };
  } catch (error) {
    if (!(error instanceof TapeworksError) || error.code !== 'MEDIA_TOOL_FAILED') throw error;
    return { reason: `cutting failed: ${stderrOf(error).split('\n').at(-1) ?? ''}`.slice(0, 200) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function describe(file: string, { timeBase, startSeconds }: SourceIndex, plan: SmartPlan): Promise<SmartCut> {
  const tick = timeBase.num / timeBase.den;
  return {
    method: plan.head + plan.tail > 0 ? 'smart' : 'copy',
    durationMs: Math.round(plan.pts.length * plan.frameTicks * tick * 1_000),
    bytes: (await stat(file)).size,
    startMs: Math.round(((plan.pts[0] ?? 0) * tick - startSeconds) * 1_000),
  };
}
