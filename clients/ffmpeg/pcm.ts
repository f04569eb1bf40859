/** Sound for machines: samples of a stretch, and how loud each moment of a file is. Times count from the file's start. */
import { TapeworksError } from '../../contracts/errors.ts';
import { inputArguments, QUIETLY, seconds } from './input.ts';
import type { ProbePrograms } from './probe.ts';
import { refuseReferences } from './references.ts';
import { runProgram, stderrOf } from './run.ts';

const SAMPLE_RATE = 16_000;
const BYTES_A_SAMPLE = 4;
/** More than a decoder rounds up to at the end of a stretch. */
const SLACK_BYTES = 1 << 20;
const LONGEST_MS = 600_000;
/** A loudness is a line of about 70 characters: enough for two days. */
const LOUDNESS_BYTES = 128 << 20;
/** Silence in ffmpeg's eyes is -inf dB. */
const SILENT_DB = -120;
/** Fills the time before the sound begins, and where packets are missing, with silence: so a sample's place is its time. */
const ON_TIME = `aresample=${SAMPLE_RATE}:async=1:first_pts=0`;

/** Milliseconds that one value of `readLoudness` stands for. */
export const LOUDNESS_STEP_MS = 100;

export type PcmRequest = { source: string; fromMs: number; toMs: number; signal?: AbortSignal | undefined };
export type LoudnessRequest = { source: string; signal?: AbortSignal | undefined };

/**
 * Samples of the first sound stream, 16 kHz mono, -1 to 1; fewer at the file's end. At most ten minutes at once.
 * Errors: `INVALID_INPUT` (times), `MEDIA_UNREADABLE` (no sound), those of `runProgram`.
 */
export async function readPcm(programs: ProbePrograms, request: PcmRequest): Promise<Float32Array> {
  const { source, fromMs, toMs, signal } = request;
  const lengthMs = toMs - fromMs;
  if (!(fromMs >= 0 && lengthMs > 0 && lengthMs <= LONGEST_MS)) {
    throw new TapeworksError('INVALID_INPUT', `Sound from ${fromMs} to ${toMs} ms cannot be read.`, { fromMs, toMs });
  }
  await refuseReferences(source);
  const args = [
    ...QUIETLY,
    ...inputArguments(source, ['-ss', seconds(fromMs)]),
    ...['-t', seconds(lengthMs), '-map', '0:a:0', '-vn', '-sn', '-dn', '-ac', '1'],
    ...['-af', ON_TIME, '-c:a', 'pcm_f32le', '-f', 'f32le', 'pipe:1'],
  ];
  const maxOutputBytes = (lengthMs / 1_000) * SAMPLE_RATE * BYTES_A_SAMPLE + SLACK_BYTES;
  const { stdout } = await runProgram({ program: programs.ffmpeg, args, signal, maxOutputBytes }).catch((error) => {
    if (!hasNoSound(error)) throw error;
    throw new TapeworksError('MEDIA_UNREADABLE', 'There is no sound in the file.', {}, { cause: error });
  });
  // A copy: the samples must begin at a multiple of four bytes.
  const samples = Math.floor(stdout.length / BYTES_A_SAMPLE);
  return new Float32Array(new Uint8Array(stdout.subarray(0, samples * BYTES_A_SAMPLE)).buffer);
}

/**
 * Level of each 100 ms of the first sound stream in dB (0 is full scale, -120 silence), from the file's start to the sound's end;
 * nothing where there is no sound. Reads the file once. Errors: those of `runProgram`.
 */
export async function readLoudness(programs: ProbePrograms, { source, signal }: LoudnessRequest): Promise<number[]> {
  await refuseReferences(source);
  const filters = [
    ON_TIME,
    'aformat=channel_layouts=mono',
    `asetnsamples=n=${(SAMPLE_RATE * LOUDNESS_STEP_MS) / 1_000}:p=1`,
    'astats=metadata=1:reset=1:measure_overall=RMS_level:measure_perchannel=none',
    'ametadata=mode=print:key=lavfi.astats.Overall.RMS_level:file=-',
  ];
  const args = [
    ...QUIETLY,
    ...inputArguments(source),
    ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-af', filters.join(','), '-f', 'null', '-'],
  ];
  const run = { program: programs.ffmpeg, args, signal, maxOutputBytes: LOUDNESS_BYTES };
  const { stdout } = await runProgram(run).catch((error) => {
    if (hasNoSound(error)) return { stdout: Buffer.alloc(0) };
    throw error;
  });
  return Array.from(stdout.toString('latin1').matchAll(/RMS_level=(\S+)/g), ([, level]) =>
    Math.max(SILENT_DB, Math.round(Number(level)) || SILENT_DB),
  );
}

const hasNoSound = (error: unknown) => /matches no streams|does not contain any stream/.test(stderrOf(error));
