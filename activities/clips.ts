/** Cuts the moments around keyword hits. Each clip is stored once it is whole on disk; a later attempt goes on behind it. */
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '../clients/database/client.ts';
import { loadCues } from '../clients/database/cues.ts';
import { unchangedFile } from '../clients/database/media.ts';
import { clipExtension, type Ffmpeg } from '../clients/ffmpeg/index.ts';
import { removeLeftovers, writeAtomic } from '../clients/files/index.ts';
import { type ClipPlan, clipSettingsSchema } from '../contracts/clips.ts';
import type { Config } from '../contracts/config.ts';
import { probeSchema } from '../contracts/media.ts';
import type { StoredCue } from '../contracts/transcripts.ts';
import { planClips } from '../domain/clips/plan.ts';
import { cueVtt } from '../domain/transcripts/cue-vtt.ts';
import { beat, cancellation } from './heartbeat.ts';
import type { StageResult } from './stage-result.ts';

type Dependencies = { config: Pick<Config, 'MEDIA_ROOT' | 'DATA_DIR'>; database: Database; ffmpeg: Ffmpeg };

export const createClipActivities = ({ config, database, ffmpeg }: Dependencies) => ({
  /** Business key: item, start, end. Clips that the plan has no more are removed with their files. */
  async generateClips({ mediaItemId }: { mediaItemId: number }): Promise<StageResult> {
    const item = await database.mediaItem.findUniqueOrThrow({ where: { id: mediaItemId } });
    if (item.kind === 'transcript' || !item.probe) {
      return { counts: { clips: 0 }, status: 'skipped', note: 'a transcript alone has nothing to cut' };
    }
    const probe = probeSchema.parse(item.probe);
    const source = await unchangedFile(config, item);
    const folder = path.join('clips', String(mediaItemId));
    const cues = await loadCues(database, mediaItemId);
    const hits = await database.keywordHit.findMany({
      where: { mediaItemId },
      orderBy: [{ startMs: 'asc' }, { id: 'asc' }],
    });
    const plans = planClips(hits, cues, probe.durationMs, clipSettingsSchema.parse({}));

    const absolute = (relative: string) => path.resolve(config.DATA_DIR, relative);
    await removeStale(database, mediaItemId, plans, absolute);
    await removeLeftovers(absolute(folder), '.partial-');

    for (const [index, plan] of plans.entries()) {
      const stem = path.join(folder, `${plan.startMs}-${plan.endMs}`);
      const clip = {
        path: `${stem}${clipExtension(probe)}`,
        thumbnailPath: probe.kind === 'video' ? `${stem}.jpg` : null,
      };
      const stored = await database.clip.findUnique({ where: { mediaItemId_startMs_endMs: keyOf(mediaItemId, plan) } });
      const whole = stored && (await isWhole(absolute(stored.path), stored.sizeBytes)) ? stored : null;
      const id = whole?.id ?? (await cut(plan, clip));
      if (whole) await renew(whole, plan);
      await database.keywordHit.updateMany({
        where: { id: { in: plan.hitIndexes.flatMap((hit) => hits[hit]?.id ?? []) } },
        data: { clipId: id },
      });
      beat({ clips: index + 1, of: plans.length });
    }
    return { counts: { clips: plans.length } };

    /** The picture stays; its words may have been corrected. */
    async function renew(stored: { id: number; text: string }, { startMs, endMs }: ClipPlan): Promise<void> {
      const text = spokenIn(cues, startMs, endMs);
      if (text === stored.text) return;
      await writeAtomic(absolute(path.join(folder, `${startMs}-${endMs}.vtt`)), cueVtt(cues, startMs, endMs));
      await database.clip.update({ where: { id: stored.id }, data: { text } });
    }

    async function cut(plan: ClipPlan, clip: { path: string; thumbnailPath: string | null }): Promise<number> {
      const signal = cancellation();
      const { startMs, endMs } = plan;
      const written = await ffmpeg.cutClip({ source, probe, startMs, endMs, target: absolute(clip.path), signal });
      if (clip.thumbnailPath) {
        const middle = Math.round((startMs + endMs) / 2);
        await ffmpeg.thumbnail({ source, atMs: middle, target: absolute(clip.thumbnailPath), signal });
      }
      await writeAtomic(absolute(`${path.join(folder, `${startMs}-${endMs}`)}.vtt`), cueVtt(cues, startMs, endMs));
      const row = {
        ...clip,
        durationMs: written.durationMs,
        sizeBytes: written.bytes,
        text: spokenIn(cues, startMs, endMs),
      };
      const key = keyOf(mediaItemId, plan);
      const { id } = await database.clip.upsert({
        where: { mediaItemId_startMs_endMs: key },
        create: { ...key, ...row },
        update: row,
      });
      return id;
    }
  },
});

const keyOf = (mediaItemId: number, { startMs, endMs }: ClipPlan) => ({ mediaItemId, startMs, endMs });

const spokenIn = (cues: StoredCue[], startMs: number, endMs: number) =>
  cues
    .filter((cue) => cue.startMs < endMs && cue.endMs > startMs)
    .map(({ text }) => text)
    .join(' ');

async function isWhole(file: string, sizeBytes: bigint): Promise<boolean> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found !== null && BigInt(found.size) === sizeBytes;
}

async function removeStale(
  database: Database,
  mediaItemId: number,
  plans: ClipPlan[],
  absolute: (relative: string) => string,
) {
  const kept = new Set(plans.map(({ startMs, endMs }) => `${startMs}-${endMs}`));
  const stored = await database.clip.findMany({ where: { mediaItemId } });
  for (const clip of stored.filter(({ startMs, endMs }) => !kept.has(`${startMs}-${endMs}`))) {
    await database.clip.delete({ where: { id: clip.id } });
    const vtt = clip.path.replace(/\.\w+$/, '.vtt');
    for (const file of [clip.path, clip.thumbnailPath, vtt]) if (file) await rm(absolute(file), { force: true });
  }
}
