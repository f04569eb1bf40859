/** Makes the sample lesson's video from its committed slides and transcript. */
import { spawn } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TapeworksError } from '../contracts/errors.ts';
import { readCues, readSlides, slidePicture } from './lesson.ts';
import { quietTone, SAMPLE_RATE, speak } from './lesson-voice.ts';

const FRAMES_PER_SECOND = 15;
const SECONDS_BETWEEN_KEYFRAMES = 2;
/** The voice takes about this share of the whole time. */
const VOICE_SHARE = 0.5;

export type MakeLessonOptions = {
  /** Path or name of ffmpeg (with libx264 and AAC) and of espeak-ng; null: a quiet tone instead of the voice. */
  ffmpeg: string;
  espeak: string | null;
  /** Where the MP4 goes; it appears there only when it is complete. Its folder must exist. */
  outFile: string;
  /** Hears the share done, 0 to 1, and what is being done. */
  onProgress?: (share: number, doing: string) => void;
};

/**
 * Writes the lesson as MP4: 960 × 540, H.264 at 15 frames a second, a keyframe every 2 s, AAC mono; as long as its
 * transcript. Throws TOOL_MISSING when a program is not there, MEDIA_TOOL_FAILED with its last words when it fails.
 */
export async function makeLesson({ ffmpeg, espeak, outFile, onProgress }: MakeLessonOptions): Promise<void> {
  const report = onProgress ?? (() => {});
  const [cues, slides] = await Promise.all([readCues(), readSlides()]);
  const durationMs = cues.at(-1)?.endMs ?? 0;
  const scratch = await mkdtemp(join(tmpdir(), 'lesson-'));
  const part = `${outFile}.${process.pid}.part`;
  try {
    const track = espeak
      ? await speak(espeak, cues, (share) => report(share * VOICE_SHARE, 'speaking the transcript'))
      : quietTone(durationMs);
    const sound = join(scratch, 'sound.pcm');
    await writeFile(sound, new Uint8Array(track.buffer, track.byteOffset, track.byteLength));
    const list = join(scratch, 'slides.txt');
    await writeFile(
      list,
      slideList(
        slides.map((slide) => slide.atMs),
        durationMs,
      ),
    );
    await encode(ffmpeg, { list, sound, durationMs, part }, (share) =>
      report(VOICE_SHARE + share * (1 - VOICE_SHARE), 'encoding the video'),
    );
    await rename(part, outFile);
    report(1, 'done');
  } finally {
    await rm(part, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

/** ffmpeg's list of pictures with how long each is shown; the last is named twice, or its time would be lost. */
function slideList(starts: readonly number[], durationMs: number): string {
  const quoted = (index: number) => `file '${slidePicture(index).replaceAll("'", "'\\''")}'`;
  const shown = starts.map((start, index) => {
    const seconds = ((starts[index + 1] ?? durationMs) - start) / 1000;
    return `${quoted(index)}\nduration ${seconds.toFixed(3)}`;
  });
  return `ffconcat version 1.0\n${shown.join('\n')}\n${quoted(starts.length - 1)}\n`;
}

type Encoding = { list: string; sound: string; durationMs: number; part: string };

async function encode(ffmpeg: string, { list, sound, durationMs, part }: Encoding, onShare: (share: number) => void) {
  const gop = String(FRAMES_PER_SECOND * SECONDS_BETWEEN_KEYFRAMES);
  const child = spawn(
    ffmpeg,
    [
      ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', '-progress', 'pipe:1'],
      ['-f', 'concat', '-safe', '0', '-i', list],
      ['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1', '-i', sound],
      ['-map', '0:v', '-map', '1:a', '-vf', `format=yuv420p,fps=${FRAMES_PER_SECOND}`],
      ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'stillimage', '-crf', '28', '-g', gop],
      ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '64k', '-t', (durationMs / 1000).toFixed(3), '-bitexact'],
      ['-movflags', '+faststart', '-f', 'mp4', part],
    ].flat(),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-4000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const microseconds = /^out_time_us=(\d+)/.exec(line)?.[1];
    if (microseconds) onShare(Math.min(1, Number(microseconds) / 1000 / durationMs));
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new TapeworksError('TOOL_MISSING', `${ffmpeg} could not be started.`, {}, { cause })),
    );
    child.once('close', resolve);
  });
  if (status !== 0) {
    throw new TapeworksError('MEDIA_TOOL_FAILED', `${ffmpeg} ended with status ${status}.`, { stderr });
  }
}
