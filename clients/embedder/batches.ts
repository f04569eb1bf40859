/** Which windows of text are computed together. */

/** `text`: whose window it is, by position; `part`: which of that text's windows; `ids`: its tokens, special ones included. */
export type Window = { text: number; part: number; ids: number[] };
/** Windows of one length, so that nothing is padded. */
export type Batch = { length: number; windows: Window[] };

/**
 * Batches of equal length, the shortest first, each of at most `budget` tokens (one window may exceed it). Equal length is what
 * makes a vector independent of its neighbours to the last bit: padding changes the order in which numbers are added.
 */
export function equalLengthBatches(windows: Window[], budget: number): Batch[] {
  const byLength = new Map<number, Window[]>();
  for (const window of windows) {
    const same = byLength.get(window.ids.length);
    if (same) same.push(window);
    else byLength.set(window.ids.length, [window]);
  }
  return [...byLength]
    .sort(([a], [b]) => a - b)
    .flatMap(([length, same]) => {
      const size = Math.max(1, Math.floor(budget / length));
      return Array.from({ length: Math.ceil(same.length / size) }, (_, index) => ({
        length,
        windows: same.slice(index * size, (index + 1) * size),
      }));
    });
}
