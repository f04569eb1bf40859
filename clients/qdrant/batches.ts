/** Requests of bounded size: Qdrant refuses bodies of more than 32 MB, and a small one is sooner sent again. */
import type { IndexPoint } from './types.ts';

const MAX_POINTS = 256;
const MAX_BYTES = 4 * 1024 * 1024;
/** Of one number of a vector as JSON. */
const NUMBER_BYTES = 22;

export type Batch<Item> = { from: number; items: Item[] };

export function* batches<Item>(items: Item[], sizeOf: (item: Item) => number = () => 0): Generator<Batch<Item>> {
  for (let from = 0; from < items.length; ) {
    let to = from;
    for (let bytes = 0; to < items.length && to - from < MAX_POINTS; to += 1) {
      bytes += sizeOf(items[to] as Item);
      // One item goes alone, however large.
      if (bytes > MAX_BYTES && to > from) break;
    }
    yield { from, items: items.slice(from, to) };
    from = to;
  }
}

/** Bytes of a point as JSON, roughly. */
export const bytesOf = ({ vector, text, payload }: IndexPoint): number =>
  vector.length * NUMBER_BYTES + Buffer.byteLength(JSON.stringify({ text, payload }));
