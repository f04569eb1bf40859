/** Reads a media item: what the file is, and its transcript from a sidecar, a subtitle stream or the file itself. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '../clients/database/client.ts';
import type { Prisma } from '../clients/database/generated/client.ts';
import { mediaChanged, mediaFile } from '../clients/database/media.ts';
import { LONG_TRANSACTION } from '../clients/database/transactions.ts';
import type { Ffmpeg } from '../clients/ffmpeg/index.ts';
import { findSidecar, hashFile, mediaKindOf, TRANSCRIPT_EXTENSIONS } from '../clients/files/index.ts';
import type { Config } from '../contracts/config.ts';
import { type ErrorCode, TapeworksError } from '../contracts/errors.ts';
import type { MediaKind, Probe } from '../contracts/media.ts';
import type { Transcript } from '../contracts/transcripts.ts';
import { sha256 } from '../domain/hash.ts';
import { transcriptQuality } from '../domain/transcripts/quality.ts';
import { LARGEST_TRANSCRIPT_BYTES, readTranscript, tooLarge } from '../domain/transcripts/read-transcript.ts';
import { qualityNote } from '../domain/transcripts/verdict.ts';
import { cancellation } from './heartbeat.ts';
import type { StageResult } from './stage-result.ts';
import { storeTranscript } from './store-transcript.ts';

type Dependencies = {
  config: Pick<Config, 'MEDIA_ROOT' | 'DATA_DIR' | 'SPEECH_MODEL_DIR' | 'TRANSCRIPT_MIN_USABLE'>;
  database: Database;
  ffmpeg: Ffmpeg;
};
/** Each is one pass through the file. */
const MOST_SUBTITLE_STREAMS = 8;
const WITHOUT_WORDS: ReadonlySet<ErrorCode> = new Set(['TRANSCRIPT_BROKEN', 'MEDIA_UNREADABLE']);

type Found = { transcript: Transcript; contentHash: string; origin: 'file' | 'sidecar' | 'subtitle_stream' };

export const createIngestionActivities = ({ config, database, ffmpeg }: Dependencies) => ({
  /**
   * Probes the file and stores its transcript. Cues stay as they are (with their ids) while the transcript's bytes do not change.
   * `needsSpeech`: the media has no text but sound, and a model to recognise it is set. A transcript that was heard earlier stays
   * until a written one is there. Errors: `TRANSCRIPT_MISSING`, `TRANSCRIPT_BROKEN`, those of the probe.
   */
  async ingest({
    mediaItemId,
  }: {
    mediaItemId: number;
  }): Promise<StageResult & { kind: MediaKind; needsSpeech?: boolean }> {
    const item = await database.mediaItem.findUnique({ where: { id: mediaItemId } });
    if (!item) throw new TapeworksError('NOT_FOUND', `There is no media item ${mediaItemId}.`);
    const file = await mediaFile(config, item);
    if ((await hashFile(file, { signal: cancellation() })) !== item.contentHash) throw mediaChanged(item.path);
    const isTranscript = mediaKindOf(file) === 'transcript';
    const probe = isTranscript ? null : await ffmpeg.probe(file, cancellation());
    const { found, unread } = await findTranscript(ffmpeg, file, probe);
    const kind = probe?.kind ?? 'transcript';
    const durationMs = probe?.durationMs ?? found?.transcript.cues.at(-1)?.endMs ?? 0;
    const minutes = Math.round(durationMs / 6_000) / 10;
    const probed = { kind, durationMs, ...(probe ? { probe: probe as Prisma.InputJsonObject } : {}) };

    if (!found) {
      await database.mediaItem.update({ where: { id: mediaItemId }, data: probed });
      if (config.SPEECH_MODEL_DIR !== undefined && probe?.audioCodec)
        return { kind, counts: { minutes }, needsSpeech: true };
      const cues = await heardBefore(database, mediaItemId);
      if (cues === 0) throw unread ?? missing(file, probe);
      return { kind, status: 'reused', counts: { cues, minutes }, note: 'the transcript is what was heard earlier' };
    }
    const quality = transcriptQuality(found.transcript, probe?.durationMs ?? null, {
      minUsable: config.TRANSCRIPT_MIN_USABLE,
    });
    await database.$transaction(async (transaction) => {
      await transaction.mediaItem.update({ where: { id: mediaItemId }, data: probed });
      await storeTranscript(transaction, { mediaItemId, quality, ...found });
    }, LONG_TRANSACTION);
    const notes = [qualityNote(quality), unread && `a subtitle stream was left out: ${unread.message}`].filter(Boolean);
    return { kind, counts: { cues: quality.cues, minutes }, ...(notes.length === 0 ? {} : { note: notes.join('; ') }) };
  },
});

async function read(file: string, origin: Found['origin'], durationMs: number | null): Promise<Found> {
  const name = path.basename(file);
  const { size } = await stat(file);
  if (size > LARGEST_TRANSCRIPT_BYTES) throw tooLarge(name, size);
  const bytes = await readFile(file);
  return { transcript: readTranscript(bytes, name, { durationMs }), contentHash: sha256(bytes), origin };
}

/** `unread`: what was wrong with the first subtitle stream that holds no words, or only pictures of them. */
type Search = { found: Found | null; unread: TapeworksError | null };

/** The written transcript: beside the file or in it; times that were read go before times that had to be reckoned. */
async function findTranscript(ffmpeg: Ffmpeg, file: string, probe: Probe | null): Promise<Search> {
  if (probe === null) return { found: await read(file, 'file', null), unread: null };
  const sidecar = await findSidecar(file);
  const beside = sidecar ? await read(sidecar, 'sidecar', probe.durationMs) : null;
  if (beside && !beside.transcript.estimatedTimes) return { found: beside, unread: null };
  const inside = await firstSubtitles(ffmpeg, file, probe);
  return { ...inside, found: inside.found ?? beside };
}

/** Of the first subtitle stream with words: editors leave empty ones behind, discs have pictures. */
async function firstSubtitles(ffmpeg: Ffmpeg, file: string, { subtitleStreams, durationMs }: Probe): Promise<Search> {
  const name = `${path.parse(file).name}.srt`;
  let unread: TapeworksError | null = null;
  for (let stream = 0; stream < Math.min(subtitleStreams, MOST_SUBTITLE_STREAMS); stream++) {
    try {
      const bytes = await ffmpeg.extractSubtitles(file, stream, cancellation());
      const transcript = readTranscript(bytes, name, { durationMs });
      return { found: { transcript, contentHash: sha256(bytes), origin: 'subtitle_stream' }, unread };
    } catch (error) {
      if (!(error instanceof TapeworksError) || !WITHOUT_WORDS.has(error.code)) throw error;
      unread ??= error;
    }
  }
  return { found: null, unread };
}

/** How many cues of the item speech recognition has made. */
const heardBefore = (database: Database, mediaItemId: number) =>
  database.transcriptCue.count({ where: { mediaItemId, transcript: { origin: 'speech' } } });

function missing(file: string, probe: Probe | null): TapeworksError {
  const { base, name } = path.parse(file);
  const sound = probe?.audioCodec ? '' : ' It has no sound either, so there is nothing to recognise.';
  return new TapeworksError(
    'TRANSCRIPT_MISSING',
    `There is no transcript beside ${base} (${name}.srt, ${name}.en.vtt; ${TRANSCRIPT_EXTENSIONS.join(', ')} are read) and no subtitle stream in it.${sound}`,
  );
}
