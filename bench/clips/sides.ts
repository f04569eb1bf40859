/** What our cutting is measured against. Each takes the spans one by one, a process a clip. */
import type { ClipSpan } from '../../clients/ffmpeg/index.ts';
import { runProgram } from '../../clients/ffmpeg/run.ts';

export type Run = (spans: ClipSpan[]) => Promise<void>;

const seconds = (ms: number) => (ms / 1_000).toFixed(3);
const input = (source: string, { startMs, endMs }: ClipSpan) => [
  ...['-nostdin', '-loglevel', 'error', '-y', '-ss', seconds(startMs), '-i', source, '-t', seconds(endMs - startMs)],
];

const eachBy =
  (program: string, argumentsOf: (span: ClipSpan) => string[]): Run =>
  async (spans) => {
    for (const span of spans) await runProgram({ program, args: argumentsOf(span) });
  };

/** As one does without smart cutting. */
export const encodeWhole = (source: string): Run =>
  eachBy('ffmpeg', (span) => [
    ...input(source, span),
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '22', '-c:a', 'aac', '-b:a', '128k'],
    ...['-movflags', '+faststart', span.target],
  ]);

export const plainCopy = (source: string): Run =>
  eachBy('ffmpeg', (span) => [...input(source, span), '-c', 'copy', '-movflags', '+faststart', span.target]);

export const smartcut = (source: string, program: string): Run =>
  eachBy(program, (span) => [
    ...[source, span.target, '--keep', `${seconds(span.startMs)},${seconds(span.endMs)}`, '--log-level', 'error'],
  ]);
