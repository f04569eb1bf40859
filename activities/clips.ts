/** Cuts the moments around keyword hits. Each clip is stored once it is whole on disk; a later attempt goes on behind it. */
import path from 'node:path';
import type { Database } from '../clients/database/client.ts';
import { loadCues } from '../clients/database/cues.ts';
import type { Clip } from '../clients/database/generated/client.ts';
import { unchangedFile } from '../clients/database/media.ts';
import { clipExtension, type Ffmpeg } from '../clients/ffmpeg/index.ts';
import { removeLeftovers, writeAtomic } from '../clients/files/index.ts';
import { type ClipPlan, type CutClip, clipSettingsSchema } from '../contracts/clips.ts';
import type { Config } from '../contracts/config.ts';
import { probeSchema } from '../contracts/media.ts';
import { type StoredCue, transcriptQualitySchema } from '../contracts/transcripts.ts';
import { planClips } from '../domain/clips/plan.ts';
import { cueVtt } from '../domain/transcripts/cue-vtt.ts';
import { beat, cancellation } from './heartbeat.ts';
import type { StageResult } from './stage-result.ts';
import { isWhole, keyOf, removeStale } from './stored-clips.ts';

type Dependencies = {
  config: Pick<Config, 'MEDIA_ROOT' | 'DATA_DIR' | 'CLIP_MODE'>;
  database: Database;
  ffmpeg: Ffmpeg;
};

export const createClipActivities = ({ config, database, ffmpeg }: Dependencies) => ({
  /**
   * Business key: item, start, end. Clips that the plan has no more are removed with their files; those cut under another
   * `CLIP_MODE` are cut again. A transcript that its quality report refuses has no clips, and the note says why.
   */
  async generateClips({ mediaItemId }: { mediaItemId: number }): Promise<StageResult> {
    const item = await database.mediaItem.findUniqueOrThrow({
      where: { id: mediaItemId },
      include: { transcript: { select: { quality: true } } },
    });
    if (item.kind === 'transcript' || !item.probe) {
      return { counts: { clips: 0 }, status: 'skipped', note: 'a transcript alone has nothing to cut' };
    }
    const absolute = (relative: string) => path.resolve(config.DATA_DIR, relative);
    const gate = gateSchema.safeParse(item.transcript?.quality);
    if (gate.success && !gate.data.clipping.go) {
      await removeStale(database, mediaItemId, [], absolute);
      return { counts: { clips: 0 }, status: 'skipped', note: gate.data.clipping.reason };
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
    await removeStale(database, mediaItemId, plans, absolute);
    await removeLeftovers(absolute(folder), '.partial-');

    const missing: ClipPlan[] = [];
    for (const plan of plans) {
      const stored = await database.clip.findUnique({ where: { mediaItemId_startMs_endMs: keyOf(mediaItemId, plan) } });
      const isCurrent = stored?.mode === config.CLIP_MODE && (await isWhole(absolute(stored.path), stored.sizeBytes));
      if (!isCurrent) missing.push(plan);
      else await renew(stored, plan);
    }
    let done = plans.length - missing.length;
    beat({ clips: done, of: plans.length });
    const signal = cancellation();
    await ffmpeg.cutClips({
      source,
      probe,
      mode: config.CLIP_MODE,
      clips: missing.map((plan) => ({ startMs: plan.startMs, endMs: plan.endMs, target: absolute(clipPath(plan)) })),
      signal,
      async onClip(cut, index) {
        const plan = missing[index];
        if (!plan) return;
        await store(plan, cut);
        done += 1;
        beat({ clips: done, of: plans.length });
      },
    });
    return { counts: { clips: plans.length } };

    function stemOf({ startMs, endMs }: ClipPlan): string {
      return path.join(folder, `${startMs}-${endMs}`);
    }
    function clipPath(plan: ClipPlan): string {
      return `${stemOf(plan)}${clipExtension(probe)}`;
    }

    /** The picture stays; its words may have been corrected, and its hits found anew. */
    async function renew(stored: Clip, plan: ClipPlan): Promise<void> {
      const text = spokenIn(cues, plan.startMs, plan.endMs);
      if (text !== stored.text) {
        await writeSubtitles(plan, stored.cutStartMs ?? plan.startMs);
        await database.clip.update({ where: { id: stored.id }, data: { text } });
      }
      await linkHits(stored.id, plan);
    }

    async function store(plan: ClipPlan, cut: CutClip): Promise<void> {
      const pictures = probe.kind === 'video' ? await writePictures(plan, cut) : NO_PICTURES;
      await writeSubtitles(plan, cut.startMs);
      const row = {
        path: clipPath(plan),
        ...pictures,
        durationMs: cut.durationMs,
        sizeBytes: cut.bytes,
        mode: config.CLIP_MODE,
        method: cut.method,
        methodReason: cut.reason,
        cutStartMs: cut.startMs,
        text: spokenIn(cues, plan.startMs, plan.endMs),
      };
      const key = keyOf(mediaItemId, plan);
      const { id } = await database.clip.upsert({
        where: { mediaItemId_startMs_endMs: key },
        create: { ...key, ...row },
        update: row,
      });
      await linkHits(id, plan);
    }

    async function writePictures(plan: ClipPlan, cut: CutClip) {
      const thumbnailPath = `${stemOf(plan)}.jpg`;
      const contactSheetPath = `${stemOf(plan)}.sheet.jpg`;
      const middle = Math.round((plan.startMs + plan.endMs) / 2);
      await ffmpeg.thumbnail({ source, atMs: middle, target: absolute(thumbnailPath), signal });
      await ffmpeg.contactSheet({
        clip: absolute(clipPath(plan)),
        durationMs: cut.durationMs,
        startMs: cut.startMs,
        target: absolute(contactSheetPath),
        signal,
      });
      return { thumbnailPath, contactSheetPath };
    }

    /** Times count from where the clip's file begins. */
    async function writeSubtitles(plan: ClipPlan, fromMs: number): Promise<void> {
      await writeAtomic(absolute(`${stemOf(plan)}.vtt`), cueVtt(cues, fromMs, plan.endMs));
    }

    async function linkHits(clipId: number, plan: ClipPlan): Promise<void> {
      await database.keywordHit.updateMany({
        where: { id: { in: plan.hitIndexes.flatMap((hit) => hits[hit]?.id ?? []) } },
        data: { clipId },
      });
    }
  },
});

const NO_PICTURES = { thumbnailPath: null, contactSheetPath: null };
/** What an older release stored has no verdict, and is cut. */
const gateSchema = transcriptQualitySchema.pick({ clipping: true });

const spokenIn = (cues: StoredCue[], startMs: number, endMs: number) =>
  cues
    .filter((cue) => cue.startMs < endMs && cue.endMs > startMs)
    .map(({ text }) => text)
    .join(' ');
