/** Where an item's transcript comes from, and what is said of it: real files, ffmpeg and Postgres. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIngestionActivities } from '../../activities/ingestion.ts';
import { storeTranscript } from '../../activities/store-transcript.ts';
import { createDatabase, type Database } from '../../clients/database/client.ts';
import { registerMedia } from '../../clients/database/media.ts';
import { createFfmpeg } from '../../clients/ffmpeg/index.ts';
import { hashFile, mediaKindOf } from '../../clients/files/index.ts';
import { transcriptQualitySchema } from '../../contracts/transcripts.ts';
import { transcriptQuality } from '../../domain/transcripts/quality.ts';
import { createLogger } from '../../workers/logger.ts';
import { ffmpeg as make, temporaryFolder } from '../clients/media-fixtures.ts';
import { createTenantDatabase, needed } from '../setup/tenant.ts';

const SRT =
  '1\n00:00:00,500 --> 00:00:02,000\nWait for the retest.\n\n2\n00:00:02,000 --> 00:00:03,500\nThen buy it.\n';
type Ingest = ReturnType<typeof createIngestionActivities>['ingest'];
const silent = createLogger('silent');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: Database;
let media: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  media = path.join(folder.dir, 'media');
  await mkdir(media);
  const name = `t${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  database = createDatabase(await createTenantDatabase(needed('TEST_DATABASE_URL'), name));
  await make('-f', 'lavfi', '-i', 'sine=f=300:d=4', path.join(media, 'sound.wav'));
});
afterAll(async () => {
  await database.$disconnect();
  await folder.remove();
});

const put = (name: string, content: string | Uint8Array) => writeFile(path.join(media, name), content);
/** Each has its own content, so that it is an item of its own. */
async function tone(name: string, hertz: number, ...more: string[]): Promise<number> {
  await make('-f', 'lavfi', '-i', `sine=f=${hertz}:d=4`, ...more, path.join(media, name));
  return register(name);
}
async function register(name: string): Promise<number> {
  const file = path.join(media, name);
  const { size } = await stat(file);
  const kind = mediaKindOf(file);
  const item = { contentHash: await hashFile(file), path: name, store: 'media_root', sizeBytes: size, kind } as const;
  return (await registerMedia(database, item)).id;
}
function ingest(mediaItemId: number, speechModel?: string): ReturnType<Ingest> {
  const config = {
    MEDIA_ROOT: media,
    DATA_DIR: path.join(folder.dir, 'data'),
    SPEECH_MODEL_DIR: speechModel,
    TRANSCRIPT_MIN_USABLE: 0.5,
  };
  const ffmpeg = createFfmpeg({ ffmpeg: needed('TEST_FFMPEG'), ffprobe: needed('TEST_FFPROBE') });
  const activity = createIngestionActivities({ config, database, ffmpeg }).ingest;
  return new MockActivityEnvironment(undefined, { logger: silent }).run(activity, { mediaItemId });
}
const stored = async (mediaItemId: number) => {
  const row = await database.transcript.findUniqueOrThrow({ where: { mediaItemId }, include: { cues: true } });
  return { ...row, quality: transcriptQualitySchema.parse(row.quality) };
};

test('a sidecar is read once, and its report is stored; a better one takes its place', async () => {
  const id = await tone('one.wav', 310);
  await put('one.txt', 'Wait for the retest.\nThen buy it, and put the stop below the low.');
  const outcome = await ingest(id);
  expect(outcome).toMatchObject({ kind: 'audio', counts: { cues: 2 } });
  expect(outcome.note).toContain('no times of its own');
  expect(await stored(id)).toMatchObject({
    format: 'text',
    origin: 'sidecar',
    language: 'en',
    quality: { estimatedTimes: true, verdict: 'fair', clipping: { go: false } },
  });
  const ids = (await stored(id)).cues.map((cue) => cue.id);
  await ingest(id);
  expect((await stored(id)).cues.map((cue) => cue.id)).toEqual(ids);

  await put('one.srt', SRT);
  expect((await ingest(id)).note).toBeUndefined();
  expect(await stored(id)).toMatchObject({ format: 'srt', quality: { verdict: 'good', clipping: { go: true } } });
});

test('a subtitle stream goes before a text without times', async () => {
  await put('stream.srt', SRT);
  const source = path.join(media, 'stream.srt');
  const id = await tone('two.mkv', 320, '-i', source, '-map', '0:a', '-map', '1:s', '-c:s', 'srt');
  await put('two.txt', 'Only the words, without their times.');
  await ingest(id);
  expect(await stored(id)).toMatchObject({ format: 'srt', origin: 'subtitle_stream' });
});

test('a subtitle stream without words hides neither the next one, nor text beside it, nor speech', async () => {
  await put('blank.srt.in', '1\n00:00:00,500 --> 00:00:02,000\n{\\an8}\n');
  await put('words.srt.in', SRT);
  const input = (name: string) => ['-f', 'srt', '-i', path.join(media, name)];
  const blank = [...input('blank.srt.in'), '-map', '0', '-map', '1'];

  const two = await tone(
    'pair.mkv',
    371,
    ...input('blank.srt.in'),
    ...input('words.srt.in'),
    '-map',
    '0',
    '-map',
    '1',
    '-map',
    '2',
  );
  expect((await ingest(two)).counts).toMatchObject({ cues: 2 });
  expect(await stored(two)).toMatchObject({ origin: 'subtitle_stream' });

  const one = await tone('blank.mkv', 372, ...blank);
  await expect(ingest(one)).rejects.toMatchObject({ code: 'TRANSCRIPT_BROKEN' });
  expect(await ingest(one, '/models/whisper')).toMatchObject({ needsSpeech: true });
  await put('blank.txt', 'Wait for the retest. Then buy it.');
  await ingest(one);
  expect(await stored(one)).toMatchObject({ origin: 'sidecar' });
});

test('media without text asks for speech recognition, or says all that helps', async () => {
  const id = await tone('three.wav', 330);
  await expect(ingest(id)).rejects.toMatchObject({
    code: 'TRANSCRIPT_MISSING',
    message: expect.stringContaining('.json3'),
  });
  expect(await ingest(id, '/models/whisper')).toEqual({ kind: 'audio', counts: { minutes: 0.1 }, needsSpeech: true });
  await make('-f', 'lavfi', '-i', 'color=red:s=64x64:d=1', path.join(media, 'mute.mp4'));
  const mute = await register('mute.mp4');
  await expect(ingest(mute, '/models/whisper')).rejects.toMatchObject({
    code: 'TRANSCRIPT_MISSING',
    message: expect.stringContaining('no sound either'),
  });
});

test('what was heard stays until something is written', async () => {
  const id = await tone('four.wav', 340);
  const transcript = {
    format: 'speech' as const,
    language: 'en',
    cues: [{ index: 0, startMs: 0, endMs: 2_000, text: 'Heard words.' }],
    repairs: [],
  };
  const quality = transcriptQuality(transcript, 4_000, { minUsable: 0.5 });
  await database.$transaction((transaction) =>
    storeTranscript(transaction, { mediaItemId: id, transcript, contentHash: 'heard', origin: 'speech', quality }),
  );
  expect(await ingest(id)).toMatchObject({ status: 'reused', counts: { cues: 1 } });
  expect(await stored(id)).toMatchObject({ origin: 'speech' });
  await put('four.vtt', `WEBVTT\n\n${SRT.replaceAll(',', '.')}`);
  await ingest(id);
  expect(await stored(id)).toMatchObject({ origin: 'sidecar', format: 'vtt' });
});

test('a transcript of another video is read, but cuts nothing', async () => {
  const id = await tone('five.wav', 350);
  await put('five.srt', SRT.replaceAll('00:00:', '01:00:'));
  expect((await ingest(id)).note).toContain("begin after the media's end");
});

test('a sidecar that is no transcript is refused before it fills the memory', async () => {
  const id = await tone('six.wav', 360);
  await put('six.srt', '');
  await truncate(path.join(media, 'six.srt'), 5_000_000_000);
  await expect(ingest(id)).rejects.toMatchObject({
    code: 'TRANSCRIPT_BROKEN',
    message: expect.stringContaining('64 MiB'),
  });
  await rm(path.join(media, 'six.srt'));
  await put('six.txt', await readFile(path.join(media, 'sound.wav')));
  await expect(ingest(id)).rejects.toMatchObject({ code: 'TRANSCRIPT_BROKEN' });
});
