/** Speech recognition for media without text: window by window, each stored before the next, so that a crash costs one window. */
import { z } from 'zod';
import type { Database } from '../clients/database/client.ts';
import { unchangedFile } from '../clients/database/media.ts';
import { LONG_TRANSACTION } from '../clients/database/transactions.ts';
import { type Ffmpeg, LOUDNESS_STEP_MS } from '../clients/ffmpeg/index.ts';
import type { Speech } from '../clients/speech/index.ts';
import type { Config } from '../contracts/config.ts';
import { TapeworksError } from '../contracts/errors.ts';
import { sha256 } from '../domain/hash.ts';
import type { HeardWindow } from '../domain/transcripts/join-speech.ts';
import { transcriptQuality } from '../domain/transcripts/quality.ts';
import { speechTranscript } from '../domain/transcripts/speech-transcript.ts';
import { type PlannedWindow, planWindows, voicedSpans } from '../domain/transcripts/speech-windows.ts';
import { beat, cancellation } from './heartbeat.ts';
import type { StageResult } from './stage-result.ts';
import { storeTranscript } from './store-transcript.ts';

type Dependencies = {
  config: Pick<Config, 'MEDIA_ROOT' | 'DATA_DIR' | 'TRANSCRIPT_MIN_USABLE'>;
  database: Database;
  ffmpeg: Ffmpeg;
  speech: () => Promise<Speech>;
};

/** Windows at the beginning by which the language is decided. */
const LANGUAGE_WINDOWS = 3;

/** Times of `segments` count from the window's start; the window's own times show whether it is still cut there. */
const storedWindowSchema = z.object({
  startMs: z.int(),
  endMs: z.int(),
  language: z.string(),
  segments: z.array(z.object({ startMs: z.int(), endMs: z.int(), text: z.string() })),
});
type StoredWindow = z.infer<typeof storedWindowSchema>;

export const createSpeechActivities = ({ config, database, ffmpeg, speech }: Dependencies) => ({
  /**
   * Stores what is said in an item as its transcript. Business key: media, model, language; what was heard by them is left as it is.
   * Errors: `SPEECH_UNAVAILABLE`, `SPEECH_EMPTY` (nothing is said), those of ffmpeg.
   */
  async transcribe({ mediaItemId }: { mediaItemId: number }): Promise<StageResult> {
    const item = await database.mediaItem.findUnique({ where: { id: mediaItemId } });
    if (!item) throw new TapeworksError('NOT_FOUND', `There is no media item ${mediaItemId}.`);
    const recogniser = await speech();
    const model = `${recogniser.model} ${recogniser.language ?? 'any language'}`;
    const contentHash = sha256(`speech\n${item.contentHash}\n${model}`);
    const note = `${recogniser.model} on ${recogniser.device}`;
    const known = await database.transcript.findUnique({
      where: { mediaItemId },
      select: { contentHash: true, _count: { select: { cues: true } } },
    });
    if (known?.contentHash === contentHash) return { status: 'reused', counts: { cues: known._count.cues }, note };

    const source = await unchangedFile(config, item);
    const levels = await ffmpeg.readLoudness({ source, signal: cancellation() });
    const voiced = voicedSpans({ levels, stepMs: LOUDNESS_STEP_MS });
    const windows = planWindows(voiced);
    if (windows.length === 0) throw nothingSaid(item.title, 'it is silent');
    const { heard, language, reused } = await hear({
      database,
      ffmpeg,
      recogniser,
      mediaItemId,
      model,
      source,
      windows,
    });

    const transcript = speechTranscript(heard, voiced, language);
    if (transcript.cues.length === 0) throw nothingSaid(item.title, `${recogniser.model} heard no words`);
    const durationMs = item.durationMs ?? levels.length * LOUDNESS_STEP_MS;
    const quality = transcriptQuality(transcript, durationMs, { minUsable: config.TRANSCRIPT_MIN_USABLE });
    await database.$transaction(async (transaction) => {
      await storeTranscript(transaction, { mediaItemId, transcript, contentHash, origin: 'speech', quality });
      await transaction.speechWindow.deleteMany({ where: { mediaItemId } });
    }, LONG_TRANSACTION);
    const counts = { cues: transcript.cues.length, windows: windows.length, reusedWindows: reused };
    return { counts: { ...counts, minutes: Math.round(durationMs / 6_000) / 10 }, note };
  },
});

type Hearing = {
  database: Database;
  ffmpeg: Ffmpeg;
  recogniser: Speech;
  mediaItemId: number;
  model: string;
  source: string;
  windows: PlannedWindow[];
};

/** Every window, heard now or by an earlier attempt. */
async function hear({ database, ffmpeg, recogniser, mediaItemId, model, source, windows }: Hearing) {
  const signal = cancellation();
  const stored = await storedWindows(database, mediaItemId, model);
  const sound = ({ startMs, endMs }: PlannedWindow) => ffmpeg.readPcm({ source, fromMs: startMs, toMs: endMs, signal });
  let language = recogniser.language ?? [...stored.values()][0]?.language;
  language ??= await spokenLanguage(recogniser, windows.slice(0, LANGUAGE_WINDOWS), sound);

  const heard: HeardWindow[] = [];
  let reused = 0;
  for (const window of windows) {
    const { index, startMs, endMs } = window;
    const earlier = stored.get(index);
    if (earlier?.startMs === startMs && earlier.endMs === endMs) {
      heard.push({ ...window, segments: earlier.segments });
      reused++;
    } else {
      const segments = await recogniser.transcribe(await sound(window), { signal, language });
      const row: StoredWindow = { startMs, endMs, language, segments };
      await database.speechWindow.upsert({
        where: { mediaItemId_model_index: { mediaItemId, model, index } },
        create: { mediaItemId, model, index, segments: row },
        update: { segments: row },
      });
      heard.push({ ...window, segments });
    }
    beat({ windows: heard.length, of: windows.length });
  }
  return { heard, language, reused };
}

async function storedWindows(
  database: Database,
  mediaItemId: number,
  model: string,
): Promise<Map<number, StoredWindow>> {
  const rows = await database.speechWindow.findMany({ where: { mediaItemId, model }, orderBy: { index: 'asc' } });
  return new Map(rows.map(({ index, segments }) => [index, storedWindowSchema.parse(segments)]));
}

/** The language most probable over all of the windows: one alone may hold a jingle or a name. */
async function spokenLanguage(
  recogniser: Speech,
  windows: PlannedWindow[],
  sound: (window: PlannedWindow) => Promise<Float32Array>,
): Promise<string> {
  const sums = new Map<string, number>();
  for (const window of windows) {
    const guesses = await recogniser.detectLanguage(await sound(window), { signal: cancellation() });
    for (const { language, probability } of guesses) sums.set(language, (sums.get(language) ?? 0) + probability);
  }
  return [...sums].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'en';
}

const nothingSaid = (title: string, why: string) =>
  new TapeworksError('SPEECH_EMPTY', `Nothing is said in "${title}": ${why}.`);
