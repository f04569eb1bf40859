import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../clients/ffmpeg/index.ts';
import { ffmpeg, temporaryFolder } from './media-fixtures.ts';
import { decodedFrames, flashAndBeep, flashesAndBeeps, lavfi, shownSize, similarity } from './smart-cut-fixtures.ts';

/** Structural similarity that each encoded frame at the ends has at least with the frame of the source. */
const LEAST_SIMILARITY = 0.95;
const tools = createFfmpeg({
  ffmpeg: process.env.TEST_FFMPEG || 'ffmpeg',
  ffprobe: process.env.TEST_FFPROBE || 'ffprobe',
});
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (name: string) => path.join(folder.dir, name);
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

/** Frames from one keyframe to the next. */
const GROUP = 30;
const picture = (seconds: number, rate: string, size?: string) => lavfi(seconds, rate, size).slice(0, 4);
const bt709 = ['-colorspace', 'bt709', '-color_trc', 'bt709', '-color_primaries', 'bt709'];
const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '30', '-bf', '3', '-b_strategy', '0'];
const x265 = (params: string) => [
  ...['-c:v', 'libx265', '-preset', 'ultrafast'],
  ...['-x265-params', `log-level=none:keyint=30:${params}`],
];
const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-g', '30'];
const av1 = ['-c:v', 'libsvtav1', '-preset', '12', '-g', '30'];
const aac = ['-c:a', 'aac'];

async function make(name: string, input: string[], options: string[]): Promise<string> {
  await ffmpeg(...input, ...options, at(name));
  return at(name);
}
async function cut(source: string, startMs: number, endMs: number, extension = '.mp4') {
  const probe = await tools.probe(source);
  const target = `${source}-${startMs}${extension}`;
  return { target, probe, ...(await tools.cutClip({ source, probe, startMs, endMs, target })) };
}

const sources: [name: string, input: string[], options: string[]][] = [
  ['h264.mp4', lavfi(6, '25'), [...x264, ...aac]],
  ['h264-ntsc.mp4', lavfi(6, '30000/1001'), [...x264, ...aac]],
  ['h264-ntsc.mkv', lavfi(6, '30000/1001'), [...x264, ...aac]],
  ['h264-film.mov', lavfi(6, '24000/1001'), [...x264, '-c:a', 'pcm_s16le']],
  ['h264-silent.mp4', picture(6, '30'), [...x264, '-profile:v', 'baseline', '-bf', '0']],
  ['h264-main.mp4', lavfi(6, '30'), [...x264, '-profile:v', 'main', '-x264-params', 'b-pyramid=none', ...aac]],
  ['h264-late.mkv', lavfi(6, '25'), [...x264, ...aac, '-output_ts_offset', '7.5']],
  ['h264-late.mp4', lavfi(6, '25'), [...x264, ...aac, '-output_ts_offset', '3.2']],
  ['h264-full-range.mp4', picture(6, '25'), [...x264, '-pix_fmt', 'yuvj420p', ...bt709]],
  ['hevc.mp4', lavfi(6, '25'), [...x265('open-gop=0'), ...aac]],
  ['hevc-10-bit.mkv', lavfi(6, '30000/1001'), [...x265('open-gop=0'), '-pix_fmt', 'yuv420p10le', ...aac]],
  ['vp9.webm', lavfi(6, '25'), [...vp9, '-c:a', 'libopus']],
  ['vp9-odd-size.webm', picture(6, '30000/1001', '161x121'), vp9],
  ['av1.mkv', lavfi(6, '25'), [...av1, '-c:a', 'libopus']],
  ['av1.mp4', lavfi(6, '30'), [...av1, ...aac]],
];

describe('accurate', () => {
  test.each(sources)('%s: frames, times and likeness', async (name, input, options) => {
    const source = await make(name, input, options);
    const clip = await cut(source, 1_400, 4_533);
    expect(clip).toMatchObject({ method: 'smart', reason: null });
    await expectExact(source, clip);
  });

  test('what begins at a keyframe and ends where a copy can end is not encoded at all', async () => {
    const source = await make('borders.mp4', lavfi(6, '30'), [...x264, ...aac]);
    const clip = await cut(source, 2_000, 4_000);
    expect(clip).toMatchObject({ method: 'copy', reason: null, startMs: 2_000, durationMs: 2_000 });
    expect(await expectExact(source, clip)).toEqual({ head: 0, tail: 0 });
  });

  test('a source with an edit list and sound that begins before the picture', async () => {
    await make('uncut.mp4', lavfi(8, '25'), [...x264, ...aac]);
    const source = await make('edited.mp4', ['-ss', '1.33', '-i', at('uncut.mp4')], ['-c', 'copy']);
    const clip = await cut(source, 1_400, 4_533);
    expect(clip.method).toBe('smart');
    await expectExact(source, clip);
  });

  test('a rotated picture stays rotated', async () => {
    await make('upright.mp4', lavfi(6, '25', '128x96'), [...x264, ...aac]);
    const source = await make('phone.mp4', ['-i', at('upright.mp4')], ['-c', 'copy', '-metadata:s:v:0', 'rotate=90']);
    const clip = await cut(source, 1_400, 4_533);
    expect(clip.method).toBe('smart');
    await expectExact(source, clip);
    expect(await shownSize(clip.target)).toBe(await shownSize(source));
  });

  test.each([
    ['aac.mp4', [...x264, ...aac]],
    ['aac.mkv', [...x264, ...aac]],
    ['opus.webm', [...vp9, '-c:a', 'libopus']],
    ['late.mp4', [...x264, ...aac, '-output_ts_offset', '5']],
  ])('flash and beep stay together: %s', async (name, options) => {
    const source = await make(`beep-${name}`, flashAndBeep(7, 25), options);
    const clip = await cut(source, 1_480, 5_520);
    expect(clip.method).toBe('smart');
    const { flashes, beeps } = await flashesAndBeeps(clip.target);
    expect(flashes).toHaveLength(4);
    expect(beeps).toHaveLength(4);
    for (const [index, flash] of flashes.entries())
      expect(Math.abs(flash - (beeps[index] ?? 0))).toBeLessThanOrEqual(0.04);
  });

  test.each([
    [
      'variable.mp4',
      picture(6, '30'),
      [...x264, '-vf', "select='not(between(mod(n,7),3,4))'", '-fps_mode', 'vfr'],
      /variable/,
    ],
    ['open.mp4', lavfi(6, '25'), [...x264, '-x264-params', 'open-gop=1'], /open group/],
    ['open-hevc.mkv', lavfi(6, '25'), x265('open-gop=1:bframes=4'), /open group/],
    ['sparse.mp4', lavfi(6, '25'), ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '400'], /no keyframe/],
    ['long-group.mp4', lavfi(6, '25'), ['-c:v', 'libx264', '-g', '400', '-force_key_frames', '4.2'], /too little/],
    ['fields.mp4', lavfi(6, '25'), [...x264, '-flags', '+ilme+ildct', '-top', '1'], /interlaced/],
    ['444.mp4', lavfi(6, '25'), [...x264, '-pix_fmt', 'yuv444p'], /pixel format yuv444p/],
    ['old.avi', lavfi(6, '25'), ['-c:v', 'mpeg4', '-c:a', 'mp3'], /container avi/],
    ['stream.ts', lavfi(6, '25'), [...x264, ...aac], /container mpegts/],
    ['mpeg4.mp4', lavfi(6, '25'), ['-c:v', 'mpeg4', ...aac], /codec mpeg4/],
    ['slides.mp4', lavfi(6, '5'), x264, /few frames/],
  ])('%s is encoded, and says why', async (name, input, options, reason) => {
    const source = await make(name, input, options);
    const clip = await cut(source, 1_400, 4_533);
    expect(clip).toMatchObject({ method: 'reencode', startMs: 1_400 });
    expect(clip.reason).toMatch(reason);
    expect(Math.abs(clip.durationMs - 3_133)).toBeLessThanOrEqual(50);
  });

  test('sound alone is encoded to the sample', async () => {
    const source = await make('talk.mp3', lavfi(6, '25').slice(4), ['-c:a', 'libmp3lame']);
    const clip = await cut(source, 1_400, 4_533, '.m4a');
    expect(clip).toMatchObject({ method: 'reencode', reason: 'sound alone is encoded, to the sample', startMs: 1_400 });
    expect(Math.abs(clip.durationMs - 3_133)).toBeLessThanOrEqual(30);
  });
});

describe('other modes', () => {
  test('keyframe: copied from the keyframe before, and says where that is', async () => {
    const source = await make('keyframes.mp4', lavfi(6, '25'), [...x264, ...aac]);
    const probe = await tools.probe(source);
    const clip = { source, probe, startMs: 1_400, endMs: 4_533 };
    const cutAt = await tools.cutClip({ ...clip, mode: 'keyframe', target: at('keyframe.mp4') });
    expect(cutAt).toMatchObject({ method: 'copy', reason: null, startMs: 1_200 });
    const [of, got] = [await decodedFrames(source), await decodedFrames(at('keyframe.mp4'))];
    const hashes = of.frames.slice(GROUP).map(({ hash }) => hash);
    // The last frames refer to some that were left out.
    const whole = got.frames.slice(0, -4).map(({ hash }) => hash);
    expect(hashes.slice(0, whole.length)).toEqual(whole);
    // It ends with what is decoded before the end, which may be shown after it.
    expect(Math.abs(cutAt.durationMs - (4_533 - 1_200))).toBeLessThanOrEqual(240);
    expect(Math.abs((await tools.probe(at('keyframe.mp4'))).durationMs - cutAt.durationMs)).toBeLessThanOrEqual(120);
    const encoded = await tools.cutClip({ ...clip, mode: 'reencode', target: at('encoded.mp4') });
    expect(encoded).toMatchObject({ method: 'reencode', reason: null, startMs: 1_400 });
  });

  test('several clips of a source share one reading of it', async () => {
    const source = await make('many.mp4', lavfi(12, '25'), [...x264, ...aac]);
    const probe = await tools.probe(source);
    const spans = [7_100, 400, 3_333, 3_900].map((startMs) => ({
      startMs,
      endMs: startMs + 3_000,
      target: at(`many-${startMs}.mp4`),
    }));
    const heard: number[] = [];
    const clips = await tools.cutClips({ source, probe, clips: spans, onClip: (_, index) => void heard.push(index) });
    expect(heard.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    for (const [index, clip] of clips.entries()) {
      expect(clip.method).toBe('smart');
      await expectExact(source, { ...clip, target: spans[index]?.target ?? '', probe });
    }
  });

  test('one clip that cannot be written ends it; whole ones stay, nothing else does', async () => {
    const source = await make('mixed.mp4', lavfi(6, '25'), [...x264, ...aac]);
    const probe = await tools.probe(source);
    await make('blocked', lavfi(1, '25'), ['-f', 'mp4']);
    const clips = [
      { startMs: 1_000, endMs: 3_000, target: at('mixed-whole.mp4') },
      { startMs: 2_000, endMs: 4_000, target: at('blocked/clip.mp4') },
    ];
    await expect(tools.cutClips({ source, probe, clips })).rejects.toThrow();
    expect((await readdir(folder.dir)).filter((name) => name.includes('.partial-'))).toEqual([]);
  });
});

/** Every frame is the source's, at its very time; those that were not copied stand at the ends and look alike. */
async function expectExact(source: string, clip: Awaited<ReturnType<typeof cut>>) {
  const [of, got] = [await decodedFrames(source), await decodedFrames(clip.target)];
  const startSeconds = (clip.startMs + clip.probe.startMs) / 1_000;
  const first = of.frames.findIndex((frame) => (frame.at * of.num) / of.den >= startSeconds - 0.001);
  const taken = of.frames.slice(first, first + got.frames.length);
  const origin = taken[0]?.at ?? 0;
  const ticks = (frame: { at: number }, { num }: { num: number }, { den }: { den: number }) => frame.at * num * den;
  expect(got.frames.map((frame) => ticks(frame, got, of))).toEqual(
    taken.map((frame) => ticks({ at: frame.at - origin }, of, got)),
  );
  const isCopy = got.frames.map((frame, index) => frame.hash === taken[index]?.hash);
  const head = isCopy.indexOf(true);
  const tail = isCopy.length - 1 - isCopy.lastIndexOf(true);
  expect(isCopy.slice(head, isCopy.length - tail)).not.toContain(false);
  expect(head).toBeLessThan(GROUP);
  expect(tail).toBeLessThan(GROUP / 4);
  const likeness = await similarity(clip.target, source, Math.max(0, clip.startMs / 1_000 - 0.005), got.frames.length);
  expect(likeness).toHaveLength(got.frames.length);
  expect(Math.min(...likeness)).toBeGreaterThanOrEqual(LEAST_SIMILARITY);
  return { head, tail };
}
