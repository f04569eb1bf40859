import type { Cue } from '../../contracts/transcripts.ts';

/** Where speech begins and ends; the places where a cut does not go through a sentence. */
export type Borders = {
  /** Start for a clip that wants to begin at `ms`: of the cue spoken then, else of the next one that begins by `latest`, else `ms`. */
  startBy: (ms: number, latest: number) => number;
  /** End for a clip that wants to end at `ms`: of the cue spoken then, else of the last one that ended since `earliest`, else `ms`. */
  endBy: (ms: number, earliest: number) => number;
  /** The border nearest to `ms` within `[from, to]`, else `ms`. */
  nearest: (ms: number, from: number, to: number) => number;
};

/** Position of the first entry that is at least (`strict`: greater than) the value. */
function lowerBound(sorted: number[], value: number, strict = false): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = sorted[middle] ?? 0;
    if (strict ? entry <= value : entry < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Prepares the borders of cues sorted by start. */
export function cueBorders(cues: Cue[]): Borders {
  const starts = cues.map((cue) => cue.startMs);
  const ends = cues.map((cue) => cue.endMs).toSorted((a, b) => a - b);
  const all = [...starts, ...ends].toSorted((a, b) => a - b);
  /** The last cue that has begun before `ms`, if it is still being spoken then. */
  const spokenAt = (ms: number): Cue | null => {
    const cue = cues[lowerBound(starts, ms) - 1];
    return cue && cue.endMs > ms ? cue : null;
  };
  return {
    startBy: (ms, latest) => {
      const spoken = spokenAt(ms);
      if (spoken) return spoken.startMs;
      const next = starts[lowerBound(starts, ms)];
      return next !== undefined && next <= latest ? next : ms;
    },
    endBy: (ms, earliest) => {
      const spoken = spokenAt(ms);
      if (spoken) return spoken.endMs;
      const last = ends[lowerBound(ends, ms, true) - 1];
      return last !== undefined && last >= earliest ? last : ms;
    },
    nearest: (ms, from, to) => {
      const at = lowerBound(all, ms);
      const near = [all[at - 1], all[at]].filter((border) => border !== undefined && border >= from && border <= to);
      return (
        near.reduce<number | null>(
          (best, border) =>
            border !== undefined && (best === null || Math.abs(border - ms) < Math.abs(best - ms)) ? border : best,
          null,
        ) ?? ms
      );
    },
  };
}
