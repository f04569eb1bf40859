/** Reads a media item: what the file is, and its transcript from a sidecar, a subtitle stream or the file itself. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '../clients/database/client.ts';
import type { Prisma } from '../clients/database/generated/client.ts';
import { mediaChanged, mediaFile } from '../clients/database/media.ts';
import type { Ffmpeg } from '../clients/ffmpeg/index.ts';
import { findSidecar, hashFile, mediaKindOf } from '../clients/files/index.ts';
import { LONG_TRANSACTION } from '../clients/database/transactions.ts';
import type { Config } from '../contracts/config.ts';
import { TapeworksError } from '../contracts/errors.ts';
import type { MediaKind, Probe } from '../contracts/media.ts';
import { sha256 } from '../domain/hash.ts';
import { transcriptQuality } from '../domain/transcripts/quality.ts';
import { readTranscript } from '../domain/transcripts/read-transcript.ts';
import { cancellation } from './heartbeat.ts';

type Dependencies = { config: Pick<Config, 'MEDIA_ROOT' | 'DATA_DIR'>; database: Database; ffmpeg: Ffmpeg };
type Source = { bytes: Uint8Array; name: string; origin: 'file' | 'sidecar' | 'subtitle_stream' };

export const createIngestionActivities = ({ config, database, ffmpeg }: Dependencies) => ({
  /** Probes the file and stores its cues. Cues stay as they are (with their ids) while the transcript's bytes do not change. */
  async ingest({ mediaItemId }: { mediaItemId: number }): Promise<{ kind: MediaKind; counts: Record<string, number> }> {
    const item = await database.mediaItem.findUnique({ where: { id: mediaItemId } });
    if (!item) throw new TapeworksError('NOT_FOUND', `There is no media item ${mediaItemId}.`);
    const file = await mediaFile(config, item);
    if ((await hashFile(file, { signal: cancellation() })) !== item.contentHash) throw mediaChanged(item.path);
    const isTranscript = mediaKindOf(file) === 'transcript';
    const probe = isTranscript ? null : await ffmpeg.probe(file, cancellation());
    const source = await transcriptSource(ffmpeg, file, probe);
    const transcript = readTranscript(source.bytes, source.name);
    const durationMs = probe?.durationMs ?? transcript.cues.at(-1)?.endMs ?? 0;
    const kind = probe?.kind ?? 'transcript';
    const contentHash = sha256(source.bytes);

    await database.$transaction(async (transaction) => {
      await transaction.mediaItem.update({
        where: { id: mediaItemId },
        data: { kind, durationMs, ...(probe ? { probe: probe as Prisma.InputJsonObject } : {}) },
      });
      const known = await transaction.transcript.findUnique({ where: { mediaItemId }, select: { contentHash: true } });
      if (known?.contentHash === contentHash) return;
      // A strategy rests on the words it cites: with other words it is no longer shown to be taught.
      await transaction.strategy.deleteMany({ where: { citations: { some: { cue: { mediaItemId } } } } });
      await transaction.transcript.deleteMany({ where: { mediaItemId } });
      const { id: transcriptId } = await transaction.transcript.create({
        data: {
          mediaItemId,
          contentHash,
          format: transcript.format,
          language: transcript.language,
          origin: source.origin,
          quality: transcriptQuality(transcript, probe?.durationMs ?? null),
          repairs: transcript.repairs,
        },
      });
      await transaction.transcriptCue.createMany({
        data: transcript.cues.map(({ words, ...cue }) => ({
          ...cue,
          transcriptId,
          mediaItemId,
          ...(words ? { words } : {}),
        })),
      });
    }, LONG_TRANSACTION);
    return { kind, counts: { cues: transcript.cues.length, minutes: Math.round(durationMs / 6_000) / 10 } };
  },
});

async function transcriptSource(ffmpeg: Ffmpeg, file: string, probe: Probe | null): Promise<Source> {
  if (probe === null) return { bytes: await readFile(file), name: path.basename(file), origin: 'file' };
  const sidecar = await findSidecar(file);
  if (sidecar) return { bytes: await readFile(sidecar), name: path.basename(sidecar), origin: 'sidecar' };
  if (probe.subtitleStreams > 0) {
    const bytes = await ffmpeg.extractSubtitles(file, 0, cancellation());
    return { bytes, name: `${path.parse(file).name}.srt`, origin: 'subtitle_stream' };
  }
  throw new TapeworksError(
    'TRANSCRIPT_MISSING',
    `There is no transcript beside ${path.basename(file)} and no subtitle stream in it.`,
  );
}
