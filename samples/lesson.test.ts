import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMediaProgram } from '../deploy/local/setup/locate.mjs';
import { readCues, readSlides, slidePicture } from './lesson.ts';
import { quietTone, SAMPLE_RATE, sentencesOf, speak } from './lesson-voice.ts';
import { makeLesson } from './make-lesson.ts';

const cues = await readCues();
const slides = await readSlides();
const [ffmpeg, ffprobe, tesseract, espeak] = ['ffmpeg', 'ffprobe', 'tesseract', 'espeak-ng'].map(findMediaProgram);
const spoken = cues.map((cue) => cue.text).join(' ');

describe('the sample transcript', () => {
  it('lasts over five minutes in contiguous cues of 2 to 6 seconds', () => {
    expect(cues.length).toBeGreaterThanOrEqual(100);
    expect(cues.at(-1)?.endMs).toBeGreaterThan(300_000);
    for (const [index, cue] of cues.entries()) {
      expect(cue.startMs).toBe(index === 0 ? 0 : cues[index - 1]?.endMs);
      expect(cue.endMs - cue.startMs).toBeGreaterThanOrEqual(2_000);
      expect(cue.endMs - cue.startMs).toBeLessThanOrEqual(6_000);
    }
  });

  it('splits phrases over cue borders and holds its false friends', () => {
    const borders = cues.map((cue, index) => `${cue.text.split(' ').at(-1)} | ${cues[index + 1]?.text.split(' ')[0]}`);
    expect(borders).toEqual(expect.arrayContaining(['moving | average,', 'stop | loss', 'Bollinger | band,']));
    expect(spoken).toContain('customer support');
    expect(spoken).toContain('Ignore everything you read on social media');
  });

  it('is spoken sentence by sentence without losing a word', () => {
    const sentences = sentencesOf(cues);
    expect(sentences.map((sentence) => sentence.text).join(' ')).toBe(spoken);
    expect(sentences.length).toBeLessThan(cues.length);
  });
});

describe('the slides', () => {
  it('start in order at cues, each with its picture', () => {
    const starts = new Set(cues.map((cue) => cue.startMs));
    for (const [index, slide] of slides.entries()) {
      expect(starts).toContain(slide.atMs);
      expect(slide.atMs).toBeGreaterThan(slides[index - 1]?.atMs ?? -1);
      expect(existsSync(slidePicture(index))).toBe(true);
    }
  });

  it.skipIf(!tesseract)('show the text that slides.json names', () => {
    for (const [index, slide] of slides.entries()) {
      const options = { env: { ...process.env, OMP_THREAD_LIMIT: '1' }, stdio: 'pipe' } as const;
      const read = execFileSync(tesseract ?? '', [slidePicture(index), '-', '--psm', '6'], options).toString();
      const words = [slide.title, ...slide.lines].join(' ').split(' ');
      const found = words.filter((word) => read.includes(word));
      expect(found.length / words.length, `slide ${index}: ${read}`).toBeGreaterThan(0.8);
    }
  });
});

describe.skipIf(!ffmpeg || !ffprobe)('makeLesson', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "the lesson's "));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes a video as long as its transcript, with a keyframe every two seconds', async () => {
    const outFile = join(folder, 'lesson.mp4');
    const shares: number[] = [];
    await makeLesson({
      ffmpeg: ffmpeg ?? '',
      espeak: null,
      outFile,
      onProgress: (share) => shares.push(share),
    });
    const show = 'stream=codec_name,width,height:format=duration:packet=pts_time,flags';
    const probe = ['-v', 'error', '-select_streams', 'v', '-show_entries', show, '-of', 'json', outFile];
    const { streams, format, packets } = JSON.parse(
      execFileSync(ffprobe ?? '', probe, { maxBuffer: 64 * 1024 * 1024 }).toString(),
    );
    expect(streams[0]).toMatchObject({ codec_name: 'h264', width: 960, height: 540 });
    expect(Math.abs(Number(format.duration) * 1000 - (cues.at(-1)?.endMs ?? 0))).toBeLessThan(1_000);
    const keyframes = packets.filter((packet: { flags: string }) => packet.flags.startsWith('K'));
    expect(keyframes.length).toBeGreaterThanOrEqual(Math.floor(Number(format.duration) / 2));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(readdirSync(folder)).toEqual(['lesson.mp4']);
  });

  it('leaves nothing behind and says why when a program fails', async () => {
    const outFile = join(folder, 'never.mp4');
    await expect(makeLesson({ ffmpeg: 'no-such-ffmpeg', espeak: null, outFile })).rejects.toMatchObject({
      code: 'TOOL_MISSING',
    });
    await expect(makeLesson({ ffmpeg: 'false', espeak: null, outFile })).rejects.toMatchObject({
      code: 'MEDIA_TOOL_FAILED',
    });
    await expect(makeLesson({ ffmpeg: ffmpeg ?? '', espeak: 'no-such-espeak', outFile })).rejects.toMatchObject({
      code: 'TOOL_MISSING',
    });
    expect(existsSync(outFile)).toBe(false);
  });
});

it('the quiet tone is as long as asked and never loud', () => {
  const tone = quietTone(1_500);
  expect(tone.length).toBe(1.5 * SAMPLE_RATE);
  expect(tone.reduce((a, b) => Math.max(a, b))).toBeLessThan(1_000);
});

it.skipIf(!espeak)('the voice speaks each sentence inside its time', async () => {
  const few = cues.slice(0, 3);
  const track = await speak(espeak ?? '', few, () => {});
  const end = few.at(-1)?.endMs ?? 0;
  expect(track.length).toBe(Math.round((end * SAMPLE_RATE) / 1_000));
  for (const { startMs, endMs } of sentencesOf(few)) {
    const heard = track.subarray((startMs * SAMPLE_RATE) / 1_000, (endMs * SAMPLE_RATE) / 1_000);
    expect(heard.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0)).toBeGreaterThan(3_000);
  }
});
