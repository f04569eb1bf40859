import type { ClipPlan, ClipSettings } from '../../contracts/clips.ts';
import type { KeywordHit } from '../../contracts/keywords.ts';
import type { Cue } from '../../contracts/transcripts.ts';
import { type Borders, cueBorders } from './borders.ts';

type Span = { startMs: number; endMs: number };
/** A hit inside the media, with the moment around it that is to be shown. */
type Moment = { hitIndex: number; hit: Span; shown: Span };
type Group = { hitIndexes: number[]; firstHit: Span; lastHitEnd: number; shown: Span };
type Limits = { minMs: number; maxMs: number; durationMs: number };

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
const length = ({ startMs, endMs }: Span) => endMs - startMs;

/** A span of a length around a core, moved as little as needed to stay inside `[low, high]`. */
function spanAround(core: Span, wantedMs: number, low: number, high: number): Span {
  const size = Math.min(Math.max(wantedMs, length(core)), high - low);
  const startMs = clamp(core.startMs - Math.floor((size - length(core)) / 2), low, high - size);
  return { startMs, endMs: startMs + size };
}

/** The hit with padding, at least the shortest clip long, and out to cue borders as far as the longest clip allows. */
function momentOf(hit: Span, hitIndex: number, borders: Borders, paddingMs: number, limits: Limits): Moment {
  const { minMs, maxMs, durationMs } = limits;
  const inside = { startMs: clamp(hit.startMs, 0, durationMs - 1), endMs: clamp(hit.endMs, 1, durationMs) };
  if (inside.endMs <= inside.startMs) inside.endMs = inside.startMs + 1;
  const wanted = clamp(length(inside) + 2 * paddingMs, minMs, maxMs);
  const padded = spanAround(inside, wanted, 0, durationMs);
  const snapped = {
    startMs: clamp(borders.startBy(padded.startMs, inside.startMs), 0, inside.startMs),
    endMs: clamp(borders.endBy(padded.endMs, inside.endMs), inside.endMs, durationMs),
  };
  const fits = length(snapped) <= maxMs && length(snapped) >= Math.min(minMs, durationMs);
  return { hitIndex, hit: inside, shown: fits ? snapped : padded };
}

/** Joins moments that overlap or nearly touch, as long as the clip stays within the longest. */
function group(moments: Moment[], mergeGapMs: number, maxMs: number): Group[] {
  const groups: Group[] = [];
  for (const { hitIndex, hit, shown } of moments) {
    const last = groups.at(-1);
    if (last && shown.startMs - last.shown.endMs <= mergeGapMs) {
      const startMs = Math.min(last.shown.startMs, shown.startMs);
      const endMs = Math.max(last.shown.endMs, shown.endMs);
      if (endMs - startMs <= maxMs) {
        last.shown = { startMs, endMs };
        last.lastHitEnd = Math.max(last.lastHitEnd, hit.endMs);
        last.hitIndexes.push(hitIndex);
        continue;
      }
    }
    groups.push({ hitIndexes: [hitIndex], firstHit: hit, lastHitEnd: hit.endMs, shown: { ...shown } });
  }
  return groups;
}

/** Parts two neighbours that overlap, at a cue border between the hits of one and the hits of the other. */
function part(before: Group, after: Group, borders: Borders): void {
  if (before.shown.endMs <= after.shown.startMs) return;
  const earliest = before.lastHitEnd;
  const latest = after.firstHit.startMs;
  const middle = Math.round((Math.max(earliest, after.shown.startMs) + Math.min(latest, before.shown.endMs)) / 2);
  const cut = earliest <= latest ? borders.nearest(clamp(middle, earliest, latest), earliest, latest) : null;
  before.shown.endMs = Math.min(before.shown.endMs, cut ?? earliest);
  after.shown.startMs = Math.max(after.shown.startMs, cut ?? latest);
}

/** Gives a clip that parting made too short its length back: into free time first, else over its neighbours. */
function lengthen(groups: Group[], at: number, { minMs, durationMs }: Limits): void {
  const here = groups[at];
  if (!here || length(here.shown) >= Math.min(minMs, durationMs)) return;
  const low = Math.min(groups[at - 1]?.shown.endMs ?? 0, here.shown.startMs);
  const high = Math.max(groups[at + 1]?.shown.startMs ?? durationMs, here.shown.endMs);
  here.shown =
    high - low >= minMs ? spanAround(here.shown, minMs, low, high) : spanAround(here.shown, minMs, 0, durationMs);
}

/**
 * Plans the clips around hits: padded, out to cue borders, near ones merged. All times in milliseconds of the media.
 * Sorted by start and inside `[0, durationMs]`; every hit is in exactly one clip's `hitIndexes` and lies whole in that clip.
 * A clip is as long as `minMs` (or the media, if shorter) and no longer than `maxMs`, unless one hit alone is longer;
 * merges past `maxMs` are parted at cue borders. Clips overlap only where hits do or where `minMs` leaves no other way.
 * `minMs` above `maxMs` counts as `maxMs`. Empty media or no hits: no clips.
 */
export function planClips(
  hits: Pick<KeywordHit, 'startMs' | 'endMs'>[],
  cues: Cue[],
  durationMs: number,
  settings: ClipSettings,
): ClipPlan[] {
  if (durationMs < 1) return [];
  const limits = { minMs: clamp(settings.minMs, 1, settings.maxMs), maxMs: settings.maxMs, durationMs };
  const borders = cueBorders(cues);
  const moments = hits
    .map((hit, index) => momentOf(hit, index, borders, settings.paddingMs, limits))
    .toSorted((a, b) => a.hit.startMs - b.hit.startMs || a.hit.endMs - b.hit.endMs || a.hitIndex - b.hitIndex);
  const groups = group(moments, settings.mergeGapMs, settings.maxMs);
  for (const [at, after] of groups.entries()) {
    const before = groups[at - 1];
    if (before) part(before, after, borders);
  }
  for (const at of groups.keys()) lengthen(groups, at, limits);
  const plans = groups
    .map(({ shown, hitIndexes }) => ({ ...shown, hitIndexes }))
    .toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  return withoutDoubles(plans);
}

/** Lengthening can give two clips the same span; they are one. */
function withoutDoubles(sorted: ClipPlan[]): ClipPlan[] {
  const plans: ClipPlan[] = [];
  for (const plan of sorted) {
    const before = plans.at(-1);
    if (before?.startMs === plan.startMs && before.endMs === plan.endMs) before.hitIndexes.push(...plan.hitIndexes);
    else plans.push(plan);
  }
  for (const plan of plans) plan.hitIndexes.sort((a, b) => a - b);
  return plans;
}
