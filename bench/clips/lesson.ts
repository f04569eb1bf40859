/** A lesson that costs an encoder what a recorded one does: moving, with the noise of a camera. */
import path from 'node:path';
import { runProgram } from '../../clients/ffmpeg/run.ts';

const SECONDS = 120;

/** 1280 × 720 at 30 frames a second, H.264 with B-frames, a keyframe every 2 s, AAC. */
export async function makeLesson(dir: string): Promise<string> {
  const file = path.join(dir, 'lesson.mp4');
  const args = [
    ...['-nostdin', '-loglevel', 'error', '-y'],
    ...['-f', 'lavfi', '-i', `testsrc2=s=1280x720:r=30:d=${SECONDS},noise=alls=6:allf=t`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${SECONDS}`],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-g', '60', '-sc_threshold', '0', '-bf', '3'],
    ...['-c:a', 'aac', '-b:a', '128k', '-ac', '2', file],
  ];
  await runProgram({ program: 'ffmpeg', args });
  return file;
}
