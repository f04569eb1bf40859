/** Speech recognition on a tiny model, real ffmpeg and Postgres: the words, and what happens when it is stopped. */
import { randomUUID } from 'node:crypto';
import { cp, mkdir, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createSpeechActivities } from '../../activities/speech.ts';
import { registerMedia } from '../../clients/database/media.ts';
import { hashFile } from '../../clients/files/index.ts';
import { parseConfig } from '../../contracts/config.ts';
import { createDependencies } from '../../workers/dependencies.ts';
import { createLogger } from '../../workers/logger.ts';
import { ffmpeg, temporaryFolder } from '../clients/media-fixtures.ts';
import { makeToneWhisper, type Tone, type ToneWhisper, writeWav } from '../fixtures/speech/tone-whisper.ts';
import { createTenantDatabase, needed } from '../setup/tenant.ts';

type Worker = ReturnType<typeof createDependencies>;
type Span = { word: string; startMs: number; endMs: number };

let english: ToneWhisper;
let multilingual: ToneWhisper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let databaseUrl: string;
let worker: Worker;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(path.join(folder.dir, 'media'));
  [english, multilingual, databaseUrl] = await Promise.all([
    makeToneWhisper('english'),
    makeToneWhisper('multilingual'),
    createTenantDatabase(needed('TEST_DATABASE_URL'), `t${randomUUID().replaceAll('-', '').slice(0, 12)}`),
  ]);
  worker = workerWith(english.modelDir);
});
afterAll(async () => {
  await worker.close();
  await Promise.all([english.remove(), multilingual.remove(), folder.remove()]);
});

function workerWith(modelDir: string | undefined): Worker {
  return createDependencies(
    parseConfig({
      DATABASE_URL: databaseUrl,
      QDRANT_URL: needed('TEST_QDRANT_URL'),
      MEDIA_ROOT: path.join(folder.dir, 'media'),
      DATA_DIR: path.join(folder.dir, 'data'),
      FFMPEG: needed('TEST_FFMPEG'),
      FFPROBE: needed('TEST_FFPROBE'),
      ...(modelDir === undefined ? {} : { SPEECH_MODEL_DIR: modelDir }),
    }),
  );
}

const silent = createLogger('silent');
function start(mediaItemId: number, on: Worker = worker) {
  const environment = new MockActivityEnvironment(undefined, { logger: silent });
  const beats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => beats.push(details));
  const { transcribe } = createSpeechActivities(on);
  return { environment, beats, outcome: environment.run(transcribe, { mediaItemId }) };
}
const failure = (mediaItemId: number, on?: Worker) =>
  start(mediaItemId, on).outcome.then(
    () => undefined,
    (error) => error,
  );

async function register(name: string): Promise<number> {
  const file = path.join(folder.dir, 'media', name);
  const { size } = await stat(file);
  const item = { contentHash: await hashFile(file), path: name, store: 'media_root', sizeBytes: size } as const;
  return (await registerMedia(worker.database, { ...item, kind: 'audio' })).id;
}
async function record(name: string, tones: Tone[]): Promise<number> {
  await writeWav(path.join(folder.dir, 'media', name), english.sing(tones));
  return register(name);
}

/** Words of a lesson that never repeat at once, from a fixed series. */
function spoken(count: number, lengthMs: number, seed: number): Tone[] {
  let state = seed;
  let last = 0;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    last = (last + 1 + (state % 11)) % 12;
    return [english.words[last] ?? '', lengthMs];
  });
}
function spansOf(tones: Tone[]): Span[] {
  let at = 0;
  return tones.flatMap(([word, lengthMs]) => {
    const startMs = at;
    at += lengthMs;
    return word === null ? [] : [{ word, startMs, endMs: at }];
  });
}
const cuesOf = (mediaItemId: number) =>
  worker.database.transcriptCue.findMany({ where: { mediaItemId }, orderBy: { index: 'asc' } });
const windowsOf = (mediaItemId: number) =>
  worker.database.speechWindow.findMany({ where: { mediaItemId }, orderBy: { index: 'asc' } });

/** A minute without any pause, and more after pauses: cut in both ways. */
const lesson = (seed: number): Tone[] => [
  [null, 2_000],
  ...spoken(170, 400, seed),
  [null, 1_000],
  ...spoken(10, 500, seed + 1),
  [null, 12_000],
  ...spoken(5, 500, seed + 2),
  [null, 1_000],
];

describe('transcribe', () => {
  test('stores every word once, at its time', async () => {
    const tones = lesson(1);
    const id = await record('lesson.wav', tones);
    const { outcome, beats } = start(id);
    expect(await outcome).toMatchObject({ counts: { cues: 185, windows: 4, reusedWindows: 0 } });
    const cues = await cuesOf(id);
    const said = spansOf(tones);
    expect(cues.map(({ text }) => text)).toEqual(said.map(({ word }) => word));
    cues.forEach((cue, at) => {
      expect(Math.abs(cue.startMs - (said[at]?.startMs ?? 0))).toBeLessThanOrEqual(100);
      expect(Math.abs(cue.endMs - (said[at]?.endMs ?? 0))).toBeLessThanOrEqual(100);
    });
    expect(beats).toEqual([1, 2, 3, 4].map((windows) => ({ windows, of: 4 })));
    expect(await windowsOf(id)).toEqual([]);
    const transcript = await worker.database.transcript.findUniqueOrThrow({ where: { mediaItemId: id } });
    expect(transcript).toMatchObject({ format: 'speech', origin: 'speech', language: 'en' });

    expect(await start(id).outcome).toMatchObject({ status: 'reused', counts: { cues: 185 } });
    expect(await cuesOf(id)).toEqual(cues);
  });

  test('goes on after a cancellation where it stopped', async () => {
    const tones = lesson(7);
    const id = await record('stopped.wav', tones);
    const first = start(id);
    first.environment.on('heartbeat', (details: { windows: number }) => {
      if (details.windows === 2) first.environment.cancel();
    });
    await expect(first.outcome).rejects.toThrow();
    const stored = await windowsOf(id);
    expect(stored.map(({ index }) => index)).toEqual([0, 1]);
    expect(await cuesOf(id)).toEqual([]);

    // What is stored is not heard again: a mark in it comes out.
    const marked = structuredClone(stored[0]?.segments) as { segments: { text: string }[] };
    if (marked.segments[0]) marked.segments[0].text = 'marked';
    await worker.database.speechWindow.update({ where: { id: stored[0]?.id ?? 0 }, data: { segments: marked } });
    expect(await start(id).outcome).toMatchObject({ counts: { cues: 185, windows: 4, reusedWindows: 2 } });
    const [, ...others] = spansOf(tones).map(({ word }) => word);
    expect((await cuesOf(id)).map(({ text }) => text)).toEqual(['marked', ...others]);
  });

  test('hears again what another model heard, and takes its language', async () => {
    const id = await record('german.wav', [
      ['buy', 1_000],
      [null, 1_000],
      ['sell', 1_000],
    ]);
    await start(id).outcome;
    const other = workerWith(multilingual.modelDir);
    expect(await start(id, other).outcome).toMatchObject({ counts: { cues: 2, reusedWindows: 0 } });
    await other.close();
    const transcript = await worker.database.transcript.findUniqueOrThrow({ where: { mediaItemId: id } });
    expect(transcript.language).toBe('de');
  });

  test('times count from the start of the file', async () => {
    const wav = path.join(folder.dir, 'late.wav');
    await writeWav(
      wav,
      english.sing([
        ['buy', 1_000],
        [null, 1_000],
        ['sell', 1_000],
      ]),
    );
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=8'];
    const file = path.join(folder.dir, 'media', 'late.mkv');
    await ffmpeg(...picture, '-itsoffset', '3', '-i', wav, '-c:v', 'libx264', '-c:a', 'flac', file);
    const id = await register('late.mkv');
    await start(id).outcome;
    const cues = await cuesOf(id);
    expect(cues.map(({ text }) => text)).toEqual(['buy', 'sell']);
    for (const [at, wanted] of [3_000, 5_000].entries()) {
      expect(Math.abs((cues[at]?.startMs ?? 0) - wanted)).toBeLessThanOrEqual(100);
    }
  });
});

describe('what cannot be transcribed', () => {
  it('is silent', async () => {
    const id = await record('silence.wav', [[null, 20_000]]);
    expect(await failure(id)).toMatchObject({ code: 'SPEECH_EMPTY', message: expect.stringContaining('silent') });
    const mute = path.join(folder.dir, 'media', 'mute.mp4');
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=1', mute);
    expect(await failure(await register('mute.mp4'))).toMatchObject({ code: 'SPEECH_EMPTY' });
  });

  it('says so where no model is configured', async () => {
    const without = workerWith(undefined);
    const id = await record('unheard.wav', [['buy', 1_000]]);
    const error = await failure(id, without);
    expect(error).toMatchObject({ code: 'SPEECH_UNAVAILABLE', message: expect.stringContaining('SPEECH_MODEL_DIR') });
    expect(error.remedy).toContain('decoder_model_merged.onnx');
    await without.close();
  });

  it('names the damaged file of the model, and works once it is mended', async () => {
    const modelDir = path.join(folder.dir, 'damaged');
    await cp(english.modelDir, modelDir, { recursive: true });
    const graph = path.join('onnx', 'decoder_model_merged.onnx');
    await truncate(path.join(modelDir, graph), 300);
    const damaged = workerWith(modelDir);
    const id = await record('damaged.wav', [['buy', 1_000]]);
    const error = await failure(id, damaged);
    expect(error).toMatchObject({ code: 'SPEECH_UNAVAILABLE', message: expect.stringContaining(path.basename(graph)) });
    await cp(path.join(english.modelDir, graph), path.join(modelDir, graph));
    expect(await start(id, damaged).outcome).toMatchObject({ counts: { cues: 1 } });
    await damaged.close();
  });
});
