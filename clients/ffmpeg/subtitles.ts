/** Subtitles that a media file carries inside. */
import { TapeworksError } from '../../contracts/errors.ts';
import { inputArguments } from './input.ts';
import type { ProbePrograms } from './probe.ts';
import { refuseReferences } from './references.ts';
import { runProgram, stderrOf } from './run.ts';

const MAX_BYTES = 32 * 1024 * 1024;

/**
 * The text of subtitle stream `streamIndex` (0 is the first subtitle stream) as SRT in UTF-8.
 * `MEDIA_UNREADABLE` when there is no such stream or it is made of pictures.
 */
export async function extractSubtitles(
  programs: ProbePrograms,
  file: string,
  streamIndex: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  await refuseReferences(file);
  const args = [
    '-nostdin',
    '-loglevel',
    'error',
    ...inputArguments(file),
    '-map',
    `0:s:${streamIndex}`,
    '-f',
    'srt',
    'pipe:1',
  ];
  try {
    const { stdout } = await runProgram({ program: programs.ffmpeg, args, signal, maxOutputBytes: MAX_BYTES });
    return new Uint8Array(stdout);
  } catch (error) {
    const noText = /matches no streams|bitmap to bitmap|Invalid stream specifier/i;
    if (error instanceof TapeworksError && noText.test(stderrOf(error))) {
      throw new TapeworksError('MEDIA_UNREADABLE', `Subtitle stream ${streamIndex} holds no text.`, error.details, {
        cause: error,
      });
    }
    throw error;
  }
}
