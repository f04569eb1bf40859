/** Normalised discounted cumulative gain over judged moments instead of documents, so that any way of chunking can be told. */

/** A stretch of a source, in milliseconds, up to but not including `toMs`. Grade 2 answers the query, 1 does in part. */
export type Moment = { source: string; fromMs: number; toMs: number; grade: 1 | 2 };
/** A result: a chunk of a source. */
export type Hit = { source: string; startMs: number; endMs: number };

const gainOf = ({ grade }: Moment) => 2 ** grade - 1;
const discounted = (gains: number[]) => gains.reduce((sum, gain, position) => sum + gain / Math.log2(position + 2), 0);

function sharedMs(hit: Hit, moment: Moment): number {
  if (hit.source !== moment.source) return 0;
  return Math.min(hit.endMs, moment.toMs) - Math.max(hit.startMs, moment.fromMs);
}

/** Whether the two share at least half of the shorter one. */
export function covers(hit: Hit, moment: Moment): boolean {
  const shorter = Math.min(hit.endMs - hit.startMs, moment.toMs - moment.fromMs);
  return sharedMs(hit, moment) > 0 && sharedMs(hit, moment) >= shorter / 2;
}

/**
 * The gain of each hit, best first. A hit is credited with one moment at most: the best that it covers and no earlier hit had
 * (of equal grade, the one it shares most with). So a moment cut into many chunks counts once.
 */
export function gainsOf(hits: Hit[], moments: Moment[]): number[] {
  const left = new Set(moments);
  return hits.map((hit) => {
    const [best] = [...left]
      .filter((moment) => covers(hit, moment))
      .sort((a, b) => b.grade - a.grade || sharedMs(hit, b) - sharedMs(hit, a));
    if (!best) return 0;
    left.delete(best);
    return gainOf(best);
  });
}

/** NDCG of the first `depth` hits, 0 to 1: 1 is every moment found once, best first. Throws when nothing is judged to be found. */
export function ndcg(hits: Hit[], moments: Moment[], depth = 10): number {
  if (moments.length === 0) throw new RangeError('NDCG needs at least one judged moment.');
  const ideal = moments.map(gainOf).sort((a, b) => b - a);
  return discounted(gainsOf(hits.slice(0, depth), moments)) / discounted(ideal.slice(0, depth));
}
