import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clipExtension, createFfmpeg } from '../../clients/ffmpeg/index.ts';
import { countedFrames, countingPicture, ffmpeg, temporaryFolder } from './media-fixtures.ts';

const tools = createFfmpeg({
  ffmpeg: process.env.TEST_FFMPEG || 'ffmpeg',
  ffprobe: process.env.TEST_FFPROBE || 'ffprobe',
});
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (name: string) => path.join(folder.dir, name);
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error) => error.code,
  );
const cut = async (name: string, startMs: number, endMs: number) => {
  const source = at(name);
  const probe = await tools.probe(source);
  const target = at(`clip-${name}-${startMs}${clipExtension(probe)}`);
  return { target, ...(await tools.cutClip({ source, probe, startMs, endMs, target })) };
};

beforeAll(async () => {
  folder = await temporaryFolder();
  const sound = 'sine=frequency=440:sample_rate=44100:duration=8';
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    countingPicture(8),
    '-f',
    'lavfi',
    '-i',
    sound,
    '-c:v',
    'libx264',
    '-g',
    '250',
    '-qp',
    '0',
    at('lesson.mp4'),
  );
  await ffmpeg('-f', 'lavfi', '-i', sound, '-c:a', 'aac', at('talk.m4a'));
});
afterAll(() => folder.remove());

describe('probe', () => {
  test('tells what a video holds', async () => {
    expect(await tools.probe(at('lesson.mp4'))).toEqual({
      kind: 'video',
      durationMs: 8_000,
      startMs: 0,
      formatName: 'mov,mp4,m4a,3gp,3g2,mj2',
      videoCodec: 'h264',
      audioCodec: 'aac',
      width: 64,
      height: 48,
      frameRate: '25/1',
      subtitleStreams: 0,
    });
  });

  test('takes a recording with cover art as sound', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'color=red:s=64x64:d=0.04', '-frames:v', '1', at('cover.png'));
    await ffmpeg(
      '-i',
      at('talk.m4a'),
      '-i',
      at('cover.png'),
      '-map',
      '0',
      '-map',
      '1',
      '-c:v',
      'mjpeg',
      '-disposition:v:0',
      'attached_pic',
      at('covered.mp3'),
    );
    expect(await tools.probe(at('covered.mp3'))).toMatchObject({ kind: 'audio', videoCodec: null });
  });

  test('measures a recording without a duration', async () => {
    await ffmpeg(
      '-i',
      at('lesson.mp4'),
      '-c:v',
      'libvpx',
      '-c:a',
      'libopus',
      '-live',
      '1',
      '-f',
      'webm',
      at('recorded.webm'),
    );
    const probe = await tools.probe(at('recorded.webm'));
    expect(Math.abs(probe.durationMs - 8_000)).toBeLessThanOrEqual(60);
  });

  test.each([
    ['list.m3u8', '#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n'],
    ['hidden.mp4', '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nlesson.mp4\n#EXT-X-ENDLIST\n'],
    ['spaced.mp4', '\ufeff  \n#EXTM3U\nhttp://127.0.0.1/a.ts\n'],
    ['concat.mkv', 'ffconcat version 1.0\nfile lesson.mp4\n'],
    ['lines.mp4', "file 'lesson.mp4'\n"],
    ['manifest.mp4', '<?xml version="1.0"?>\n<!-- x -->\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period/></MPD>'],
    ['session.mp4', 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nm=video 5004 RTP/AVP 96\r\n'],
    ['smuggled.mp4', 'not XML <MPD profiles="urn:mpeg:dash:profile:isoff-live:2011"></MPD>'],
    ['comments.mp4', `${'<!-- -->'.repeat(400)}<MPD >`],
    ['list.pls', '[playlist]\nFile1=http://127.0.0.1/\n'],
  ])('refuses %s, which opens other files', async (name, text) => {
    await writeFile(at(name), text);
    expect(await code(tools.probe(at(name)))).toBe('MEDIA_REFERS_ELSEWHERE');
  });

  test.each(['picture.png', 'picture.jpg', 'picture.gif', 'renamed.mp4'])('refuses the image %s', async (name) => {
    const format = name === 'renamed.mp4' ? ['-f', 'image2', '-c:v', 'png'] : [];
    await ffmpeg('-f', 'lavfi', '-i', 'color=red:s=64x64:d=0.04', '-frames:v', '1', ...format, at(name));
    expect(await code(tools.probe(at(name)))).toBe('MEDIA_UNREADABLE');
  });

  test('tells apart what is missing, empty, damaged and no media', async () => {
    await writeFile(at('empty.mp4'), '');
    await writeFile(at('notes.mp4'), 'Buy low, sell high. '.repeat(500));
    await writeFile(at('torn.mp4'), (await readFile(at('lesson.mp4'))).subarray(0, 3_000));
    await writeFile(
      at('noise.mp3'),
      Uint8Array.from({ length: 50_000 }, (_, index) => (index * 7_919 + (index >> 3) * 31) % 251),
    );
    await writeFile(
      at('silent.wav'),
      Buffer.from('524946462400000057415645666d74201000000001000100401f0000803e0000020010006461746100000000', 'hex'),
    );
    expect(await code(tools.probe(at('absent.mp4')))).toBe('MEDIA_MISSING');
    expect(await code(tools.probe(at('empty.mp4')))).toBe('MEDIA_EMPTY');
    expect(await code(tools.probe(at('silent.wav')))).toBe('MEDIA_EMPTY');
    for (const name of ['notes.mp4', 'torn.mp4', 'noise.mp3', '.'])
      expect(await code(tools.probe(at(name)))).toBe('MEDIA_UNREADABLE');
  });

  test('does not show folders of the machine', async () => {
    const error = await tools.probe(at('torn.mp4')).catch((caught) => caught);
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain(folder.dir);
  });

  test('names a program that is not there', async () => {
    expect(await code(createFfmpeg({ ffprobe: '/nowhere/ffprobe' }).probe(at('lesson.mp4')))).toBe('TOOL_MISSING');
  });
});

describe('cutClip', () => {
  test.each([
    [1_000, 3_000, 25],
    [2_480, 5_040, 62],
    [7_000, 8_000, 175],
  ])('cuts %i–%i ms to the frame', async (startMs, endMs, firstFrame) => {
    const clip = await cut('lesson.mp4', startMs, endMs);
    const frames = await countedFrames(clip.target);
    expect(frames[0]).toBe(firstFrame % 30);
    expect(frames).toHaveLength((endMs - startMs) / 40);
    expect(Math.abs(clip.durationMs - (endMs - startMs))).toBeLessThanOrEqual(50);
    expect((await stat(clip.target)).size).toBe(clip.bytes);
  });

  test('puts the index first, so that playing begins before the file has come', async () => {
    const bytes = await readFile((await cut('lesson.mp4', 500, 1_500)).target, 'latin1');
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  test('counts from the file’s start when its timestamps begin later', async () => {
    await ffmpeg('-i', at('lesson.mp4'), '-c', 'copy', '-output_ts_offset', '1000', '-f', 'mpegts', at('late.ts'));
    expect((await tools.probe(at('late.ts'))).startMs).toBeGreaterThan(900_000);
    const clip = await cut('late.ts', 2_000, 3_000);
    expect(Math.abs(((await countedFrames(clip.target))[0] ?? 99) - 20)).toBeLessThanOrEqual(1);
  });

  test('shows the slide on screen at the cut when pictures come seldom', async () => {
    await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      countingPicture(30, '1/5'),
      '-f',
      'lavfi',
      '-i',
      'sine=duration=30',
      '-c:v',
      'libx264',
      '-qp',
      '0',
      at('slides.mkv'),
    );
    const clip = await cut('slides.mkv', 12_000, 14_000);
    expect(new Set(await countedFrames(clip.target))).toEqual(new Set([2]));
  });

  test('takes odd sizes, rotated phones and sources with ten bits', async () => {
    await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=65x49:r=30000/1001:d=3',
      '-c:v',
      'ffv1',
      '-pix_fmt',
      'yuv444p10le',
      at('odd.mkv'),
    );
    expect(await tools.probe((await cut('odd.mkv', 500, 1_500)).target)).toMatchObject({
      width: 64,
      height: 48,
      audioCodec: null,
    });
    await ffmpeg('-i', at('lesson.mp4'), '-c', 'copy', '-metadata:s:v:0', 'rotate=90', at('phone.mp4'));
    expect(await tools.probe((await cut('phone.mp4', 500, 1_500)).target)).toMatchObject({ width: 48, height: 64 });
  });

  test('cuts sound alone', async () => {
    const clip = await cut('talk.m4a', 1_234, 4_321);
    expect(await tools.probe(clip.target)).toMatchObject({ kind: 'audio', audioCodec: 'aac' });
    expect(Math.abs(clip.durationMs - 3_087)).toBeLessThanOrEqual(50);
  });

  test('refuses times outside the file', async () => {
    expect(await code(cut('lesson.mp4', 9_000, 10_000))).toBe('INVALID_INPUT');
    expect(await code(cut('lesson.mp4', 2_000, 2_000))).toBe('INVALID_INPUT');
  });

  test('leaves nothing behind when the source is shorter than it says', async () => {
    const source = at('broken-off.mp4');
    await ffmpeg('-i', at('lesson.mp4'), '-c', 'copy', '-movflags', '+faststart', at('front.mp4'));
    const whole = await readFile(at('front.mp4'));
    await writeFile(source, whole.subarray(0, Math.floor(whole.length * 0.5)));
    const probe = await tools.probe(source);
    const cutting = tools.cutClip({ source, probe, startMs: 6_500, endMs: 7_900, target: at('never.mp4') });
    expect(['CLIP_MISMATCH', 'MEDIA_TOOL_FAILED']).toContain(await code(cutting));
    expect((await readdir(folder.dir)).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  test('ends ffmpeg and removes its part when cancelled', async () => {
    await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=1280x720:r=30:d=40',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      at('long.mp4'),
    );
    const probe = await tools.probe(at('long.mp4'));
    const controller = new AbortController();
    const cutting = tools.cutClip({
      source: at('long.mp4'),
      probe,
      startMs: 0,
      endMs: 40_000,
      target: at('stopped.mp4'),
      signal: controller.signal,
    });
    const written = async () => (await readdir(folder.dir)).some((name) => name.startsWith('stopped.mp4.partial'));
    const outcome = code(cutting);
    while (!(await written())) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort();
    expect(await outcome).toBe('CANCELLED');
    expect((await readdir(folder.dir)).filter((name) => name.startsWith('stopped'))).toEqual([]);
  });
});

describe('pictures and subtitles', () => {
  test('samples scene changes and leaves black out', async () => {
    const inputs = ['black', 'white', 'red', 'gray', 'blue'].flatMap((color) => [
      '-f',
      'lavfi',
      '-i',
      `color=${color}:s=64x48:r=20:d=1`,
    ]);
    await ffmpeg(...inputs, '-filter_complex', 'concat=n=5', '-output_ts_offset', '7', at('scenes.mkv'));
    const frames = await tools.sampleFrames({
      source: at('scenes.mkv'),
      startMs: 0,
      endMs: 5_000,
      dir: at('frames'),
      maxFrames: 9,
    });
    expect(frames.map((frame) => Math.round(frame.atMs / 100) * 100)).toEqual([1_000, 2_000, 3_000, 4_000]);
    expect((await readdir(at('frames'))).sort()).toEqual(frames.map((frame) => path.basename(frame.file)));
    const few = await tools.sampleFrames({
      source: at('scenes.mkv'),
      startMs: 1_500,
      endMs: 4_500,
      dir: at('few'),
      maxFrames: 2,
    });
    expect(few).toHaveLength(2);
    expect(few[0]?.atMs).toBe(1_500);
  });

  test('notices a line that is added to a slide', async () => {
    const line = (text: string, y: number, from: number) =>
      `drawtext=text='${text}':x=60:y=${y}:fontsize=44:fontcolor=white:enable='gte(t,${from})'`;
    const slide = [
      'color=#10202c:s=1280x720:r=10:d=6',
      line('RSI period 14', 60, 0),
      line('Buy below 30', 150, 2),
      line('Stop 2 ATR', 240, 4),
    ];
    await ffmpeg('-f', 'lavfi', '-i', slide.join(','), '-c:v', 'libx264', '-preset', 'ultrafast', at('slide.mp4'));
    const frames = await tools.sampleFrames({
      source: at('slide.mp4'),
      startMs: 0,
      endMs: 6_000,
      dir: at('slide'),
      maxFrames: 9,
    });
    expect(frames.map((frame) => frame.atMs)).toEqual([0, 2_000, 4_000]);
  });

  test('a source without pictures has no frames', async () => {
    expect(
      await tools.sampleFrames({ source: at('talk.m4a'), startMs: 0, endMs: 2_000, dir: at('none'), maxFrames: 3 }),
    ).toEqual([]);
  });

  test('writes a thumbnail', async () => {
    await tools.thumbnail({ source: at('lesson.mp4'), atMs: 2_000, target: at('thumb %d.jpg'), width: 120 });
    expect([...(await readFile(at('thumb %d.jpg'))).subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  });

  test('draws a contact sheet, also of a short clip', async () => {
    for (const [startMs, endMs] of [
      [0, 8_000],
      [2_000, 2_500],
    ] as const) {
      const clip = await cut('lesson.mp4', startMs, endMs);
      const target = at(`sheet-${startMs}.jpg`);
      await tools.contactSheet({ clip: clip.target, durationMs: clip.durationMs, startMs, target });
      expect([...(await readFile(target)).subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
      const printed = await ffmpeg('-i', target, '-f', 'framecrc', '-');
      expect(printed).toMatch(/#dimensions 0: 976x736/);
    }
  });

  test('leaves out pictures that the clip before has shown', async () => {
    const still = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=10:d=1,loop=60:1:0'];
    await ffmpeg(...still, '-t', '6', '-c:v', 'libx264', at('still.mp4'));
    const request = { source: at('still.mp4'), dir: at('still'), maxFrames: 9 };
    const first = await tools.sampleFrames({ ...request, startMs: 0, endMs: 2_000 });
    expect(first).toHaveLength(1);
    const known = first.map(({ grey }) => grey);
    expect(await tools.sampleFrames({ ...request, startMs: 3_000, endMs: 5_000, known })).toEqual([]);
  });

  test('extracts subtitles of text', async () => {
    await writeFile(at('words.srt'), '1\n00:00:01,000 --> 00:00:02,500\nBuy when RSI is below 30\n\n');
    await ffmpeg('-i', at('lesson.mp4'), '-i', at('words.srt'), '-c', 'copy', '-c:s', 'mov_text', at('subtitled.mp4'));
    expect((await tools.probe(at('subtitled.mp4'))).subtitleStreams).toBe(1);
    const text = new TextDecoder().decode(await tools.extractSubtitles(at('subtitled.mp4'), 0));
    expect(text).toContain('00:00:01,000 --> 00:00:02,500\nBuy when RSI is below 30');
    expect(await code(tools.extractSubtitles(at('subtitled.mp4'), 1))).toBe('MEDIA_UNREADABLE');
  });
});
