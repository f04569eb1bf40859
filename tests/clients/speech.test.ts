import { execFile } from 'node:child_process';
import { appendFile, cp, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../clients/ffmpeg/index.ts';
import { createSpeech, type Speech } from '../../clients/speech/index.ts';
import { makeToneWhisper, type Tone, type ToneWhisper, writeWav } from '../fixtures/speech/tone-whisper.ts';
import { ffmpeg, temporaryFolder } from './media-fixtures.ts';

const execute = promisify(execFile);
const cpu = { device: 'cpu', deviceIndex: 0 } as const;
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

let english: ToneWhisper;
let multilingual: ToneWhisper;
let speech: Speech;
beforeAll(async () => {
  [english, multilingual] = await Promise.all([makeToneWhisper('english'), makeToneWhisper('multilingual')]);
  speech = await createSpeech({ ...cpu, modelDir: english.modelDir });
});
afterAll(async () => {
  await speech.close();
  await Promise.all([english.remove(), multilingual.remove()]);
});

/** Of the one recogniser that runs. */
async function processId(): Promise<string | undefined> {
  const { stdout } = await execute('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(
      ([, parent, ...args]) => parent === String(process.pid) && args.some((arg) => arg.endsWith('speech/process.ts')),
    )?.[0];
}

describe('speech', () => {
  test('hears words and when they are said', async () => {
    const pcm = english.sing([
      [null, 1_000],
      ['sell', 500],
      ['price', 1_000],
      [null, 3_000],
      ['buy', 300],
      [null, 200],
    ]);
    expect(await speech.transcribe(pcm)).toEqual([
      { startMs: 1_000, endMs: 1_500, text: 'sell' },
      { startMs: 1_500, endMs: 2_500, text: 'price' },
      { startMs: 5_500, endMs: 5_800, text: 'buy' },
    ]);
    expect(speech).toMatchObject({ device: 'cpu', language: 'en' });
  });

  test('goes on where the model ran out of room', async () => {
    const spoken = Array.from({ length: 150 }, (_, at): Tone => [english.words[(at * 5) % 12] ?? '', 200]);
    const heard = await speech.transcribe(english.sing(spoken));
    expect(heard.map(({ text }) => text)).toEqual(spoken.map(([word]) => word));
    expect(heard.map(({ startMs }) => startMs)).toEqual(spoken.map((_, at) => at * 200));
  });

  test('hears nothing in silence', async () => {
    expect(await speech.transcribe(new Float32Array(160_000))).toEqual([]);
  });

  test('refuses more than it hears at once', async () => {
    expect(await caught(speech.transcribe(new Float32Array(480_001)))).toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('stops at once when cancelled, and works on after', async () => {
    const controller = new AbortController();
    const pcm = english.sing([['stop', 30_000]]);
    const before = await processId();
    const cancelled = caught(speech.transcribe(pcm, { signal: controller.signal }));
    const next = speech.transcribe(english.sing([['stop', 1_000]]));
    await new Promise(setImmediate);
    controller.abort();
    expect(await cancelled).toMatchObject({ code: 'CANCELLED' });
    expect(await next).toEqual([{ startMs: 0, endMs: 1_000, text: 'stop' }]);
    expect(await processId()).not.toBe(before);
    expect(await caught(speech.transcribe(pcm, { signal: controller.signal }))).toMatchObject({ code: 'CANCELLED' });
  });

  test('says how its process ended, and starts another', async () => {
    const hearing = caught(speech.transcribe(english.sing([['stop', 30_000]])));
    process.kill(Number(await processId()), 'SIGKILL');
    expect(await hearing).toMatchObject({ code: 'SPEECH_FAILED', details: { killedBy: 'SIGKILL' } });
    expect(await speech.transcribe(english.sing([['risk', 500]]))).toHaveLength(1);
  });
});

describe('languages', () => {
  test('are detected, or told', async () => {
    const detecting = await createSpeech({ ...cpu, modelDir: multilingual.modelDir });
    expect(detecting.language).toBeNull();
    const best = async (word: string) => (await detecting.detectLanguage(multilingual.sing([[word, 1_000]])))[0];
    expect(await best('buy')).toMatchObject({ language: 'de', probability: expect.closeTo(1) });
    expect(await best('sell')).toMatchObject({ language: 'en' });
    for (const language of [null, 'de']) {
      const heard = await detecting.transcribe(multilingual.sing([['sell', 1_000]]), { language });
      expect(heard.map(({ text }) => text)).toEqual(['sell']);
    }
    await detecting.close();
    const german = await createSpeech({ ...cpu, modelDir: multilingual.modelDir, language: 'de' });
    expect(german.language).toBe('de');
    await german.close();
    expect((await speech.detectLanguage(english.sing([['buy', 1_000]])))[0]).toEqual({
      language: 'en',
      probability: 1,
    });
  });

  test.each([
    ['multilingual', 'fr', 'does not know it'],
    ['english', 'de', 'is English only'],
  ] as const)('a %s model is not asked for %s', async (kind, language, why) => {
    const { modelDir } = kind === 'english' ? english : multilingual;
    const error = await caught(createSpeech({ ...cpu, modelDir, language }));
    expect(error).toMatchObject({ code: 'SPEECH_UNAVAILABLE', message: expect.stringContaining(why) });
  });
});

describe('createSpeech', () => {
  const files = ['config.json', 'generation_config.json', 'preprocessor_config.json', 'tokenizer.json'];
  const graphs = ['onnx/encoder_model.onnx', 'onnx/decoder_model_merged.onnx'];

  test.each([...files, 'tokenizer_config.json', ...graphs])('names a missing or damaged %s', async (file) => {
    const { dir, remove } = await temporaryFolder();
    await cp(english.modelDir, dir, { recursive: true });
    const opening = () => caught(createSpeech({ ...cpu, modelDir: dir }));
    const named = expect.stringContaining(path.basename(file));
    const whole = path.join(dir, file);
    if (graphs.includes(file)) await truncate(whole, 500);
    else await writeFile(whole, '{"half": ');
    const damaged = await opening();
    expect(damaged).toMatchObject({ code: 'SPEECH_UNAVAILABLE', message: named });
    await rm(whole);
    const missing = await opening();
    expect(missing).toMatchObject({ code: 'SPEECH_UNAVAILABLE', message: named });
    for (const { message } of [damaged, missing]) expect(message).not.toContain(dir);
    await remove();
  });

  test('another model in the same folder has another name', async () => {
    const { dir, remove } = await temporaryFolder();
    await cp(english.modelDir, dir, { recursive: true });
    const nameOf = async () => {
      const opened = await createSpeech({ ...cpu, modelDir: dir });
      await opened.close();
      return opened.model;
    };
    const before = await nameOf();
    expect(before).toMatch(new RegExp(`^${path.basename(dir)}-fp32-[0-9a-f]{8}$`));
    await appendFile(path.join(dir, 'config.json'), '\n');
    expect(await nameOf()).not.toBe(before);
    await remove();
  });

  test('says which device it took', async (context) => {
    const automatic = await createSpeech({ ...cpu, modelDir: path.relative('', english.modelDir), device: 'auto' });
    const { device } = automatic;
    await automatic.close();
    if (device === 'cuda') context.skip('there is a CUDA device');
    const refused = await caught(createSpeech({ ...cpu, modelDir: english.modelDir, device: 'cuda' }));
    expect(refused).toMatchObject({ code: 'SPEECH_UNAVAILABLE', details: { device: 'cuda' } });
  });

  test('a trained model hears spoken words', async (context) => {
    const modelDir = process.env.SPEECH_MODEL_DIR;
    if (!modelDir) return context.skip('no speech model can be had here: set SPEECH_MODEL_DIR to test words');
    const { dir, remove } = await temporaryFolder();
    const file = path.join(dir, 'spoken.wav');
    const sentence = 'Buy when the price crosses above the moving average.';
    await execute('espeak-ng', ['-s', '140', '-w', file, sentence]).catch((error) => {
      if (error.code === 'ENOENT') context.skip('eSpeak NG, whose voice the model listens to, is not installed');
      throw error;
    });
    const trained = await createSpeech({ modelDir, device: 'auto', deviceIndex: 0 });
    const heard = await trained.transcribe(await createFfmpeg().readPcm({ source: file, fromMs: 0, toMs: 10_000 }));
    await trained.close();
    await remove();
    const text = heard.map((segment) => segment.text.toLowerCase()).join(' ');
    for (const word of ['price', 'above', 'moving', 'average']) expect(text).toContain(word);
  });
});

describe('sound', () => {
  const tools = createFfmpeg({
    ffmpeg: process.env.TEST_FFMPEG || 'ffmpeg',
    ffprobe: process.env.TEST_FFPROBE || 'ffprobe',
  });
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let wav: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    wav = path.join(folder.dir, 'tones.wav');
    await writeWav(
      wav,
      english.sing([
        [null, 1_000],
        ['buy', 1_000],
        [null, 500],
        ['sell', 1_500],
      ]),
    );
  });
  afterAll(() => folder.remove());
  const words = async (source: string, fromMs: number, toMs: number) =>
    speech.transcribe(await tools.readPcm({ source, fromMs, toMs }));

  test('comes as 16 kHz mono, from the very moment', async () => {
    expect(await tools.readPcm({ source: wav, fromMs: 0, toMs: 60_000 })).toHaveLength(64_000);
    expect(await tools.readPcm({ source: wav, fromMs: 1_500, toMs: 1_750 })).toHaveLength(4_000);
    expect(await words(wav, 1_500, 4_000)).toEqual([
      { startMs: 0, endMs: 500, text: 'buy' },
      { startMs: 1_000, endMs: 2_500, text: 'sell' },
    ]);
  });

  test.each([
    ['late.mkv', ['-itsoffset', '2'], ['-c:a', 'flac'], 2_000],
    ['offset.ts', [], ['-c:a', 'aac', '-muxdelay', '1.4'], 0],
  ])('counts from the start of %s', async (name, offset, codec, laterMs) => {
    const file = path.join(folder.dir, name);
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=6'];
    await ffmpeg(
      ...picture,
      ...offset,
      '-i',
      wav,
      ...['-map', '0:v', '-map', '1:a', '-c:v', 'libx264'],
      ...codec,
      file,
    );
    const loud = await tools.readLoudness({ source: file });
    expect(Math.abs(loud.findIndex((level) => level > -40) * 100 - (1_000 + laterMs))).toBeLessThanOrEqual(100);
    for (const fromMs of [0, 500 + laterMs]) {
      const heard = await words(file, fromMs, 7_000);
      const buy = heard.find(({ text }) => text === 'buy');
      expect(Math.abs((buy?.startMs ?? 0) + fromMs - (1_000 + laterMs))).toBeLessThanOrEqual(100);
    }
  });

  test('is as loud as it is', async () => {
    const levels = await tools.readLoudness({ source: wav });
    expect(levels).toHaveLength(40);
    expect(levels.slice(0, 10)).toEqual(Array(10).fill(-120));
    // A sine of amplitude 0.2 has -17 dB.
    expect(levels.slice(11, 19)).toEqual(Array(8).fill(-17));
  });

  test('is missed in a file without any, and refused at impossible times', async () => {
    const mute = path.join(folder.dir, 'mute.mp4');
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=1', mute);
    expect(await tools.readLoudness({ source: mute })).toEqual([]);
    expect(await caught(tools.readPcm({ source: mute, fromMs: 0, toMs: 500 }))).toMatchObject({
      code: 'MEDIA_UNREADABLE',
    });
    expect(await caught(tools.readPcm({ source: wav, fromMs: 500, toMs: 500 }))).toMatchObject({
      code: 'INVALID_INPUT',
    });
    const list = path.join(folder.dir, 'list.m3u8');
    await writeFile(list, `#EXTM3U\n${wav}\n`);
    expect(await caught(tools.readLoudness({ source: list }))).toMatchObject({ code: 'MEDIA_REFERS_ELSEWHERE' });
  });
});
