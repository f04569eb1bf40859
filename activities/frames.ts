/** Pictures at scene changes inside the clips, and the text that is on them. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '../clients/database/client.ts';
import { unchangedFile } from '../clients/database/media.ts';
import { type Ffmpeg, SAMPLING_FOLDER } from '../clients/ffmpeg/index.ts';
import { removeLeftovers } from '../clients/files/index.ts';
import type { Ocr } from '../clients/ocr/index.ts';
import type { Config } from '../contracts/config.ts';
import { pictureHash } from '../domain/clips/picture-hash.ts';
import { beat, cancellation } from './heartbeat.ts';
import type { StageResult } from './stage-result.ts';

const MAX_FRAMES_PER_CLIP = 12;
/** A slide that still stands when the next clip begins so soon after is not stored again. */
const NEIGHBOUR_MS = 60_000;

type Dependencies = { config: Pick<Config, 'MEDIA_ROOT' | 'DATA_DIR'>; database: Database; ffmpeg: Ffmpeg; ocr: Ocr };

export const createFrameActivities = ({ config, database, ffmpeg, ocr }: Dependencies) => ({
  /**
   * Samples each clip's span of the source, without near doubles, also of the clip just before. Business key: item and time.
   * Frames no longer sampled are removed with their files.
   */
  async sampleFrames({ mediaItemId }: { mediaItemId: number }): Promise<StageResult> {
    const item = await database.mediaItem.findUniqueOrThrow({ where: { id: mediaItemId } });
    const source = await unchangedFile(config, item);
    const folder = path.join('frames', String(mediaItemId));
    const clips = await database.clip.findMany({ where: { mediaItemId }, orderBy: { startMs: 'asc' } });
    await removeLeftovers(path.resolve(config.DATA_DIR, folder), SAMPLING_FOLDER);
    const kept: number[] = [];
    let before: { endMs: number; pictures: Uint8Array[] } | null = null;
    for (const [index, clip] of clips.entries()) {
      const sampled = await ffmpeg.sampleFrames({
        source,
        startMs: clip.startMs,
        endMs: clip.endMs,
        dir: path.resolve(config.DATA_DIR, folder),
        maxFrames: MAX_FRAMES_PER_CLIP,
        known: before && clip.startMs - before.endMs <= NEIGHBOUR_MS ? before.pictures : [],
        signal: cancellation(),
      });
      for (const { atMs, file, grey } of sampled) {
        const key = { mediaItemId, atMs };
        const row = { clipId: clip.id, path: path.join(folder, path.basename(file)), pictureHash: pictureHash(grey) };
        const { id } = await database.frame.upsert({
          where: { mediaItemId_atMs: key },
          create: { ...key, ...row },
          update: row,
        });
        kept.push(id);
      }
      before = { endMs: clip.endMs, pictures: sampled.map(({ grey }) => grey) };
      beat({ clips: index + 1, of: clips.length });
    }
    const gone = await database.frame.findMany({ where: { mediaItemId, id: { notIn: kept } } });
    await database.frame.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } });
    for (const frame of gone) await rm(path.resolve(config.DATA_DIR, frame.path), { force: true });
    return { counts: { frames: kept.length } };
  },

  /** Reads the frames that were not read yet. Without Tesseract the stage is skipped, and says so. */
  async readFrames({ mediaItemId }: { mediaItemId: number }): Promise<StageResult> {
    if (!(await ocr.available())) {
      return { counts: { framesWithText: 0 }, status: 'skipped', note: 'tesseract is not installed (npm run doctor)' };
    }
    const unread = await database.frame.findMany({ where: { mediaItemId, text: null }, orderBy: { atMs: 'asc' } });
    for (const [index, frame] of unread.entries()) {
      const read = await ocr.read(path.resolve(config.DATA_DIR, frame.path), cancellation());
      await database.frame.update({
        where: { id: frame.id },
        data: { text: read?.text ?? '', ocrConfidence: read?.confidence ?? null },
      });
      beat({ frames: index + 1, of: unread.length });
    }
    const framesWithText = await database.frame.count({ where: { mediaItemId, text: { not: '' } } });
    return { counts: { framesWithText } };
  },
});
