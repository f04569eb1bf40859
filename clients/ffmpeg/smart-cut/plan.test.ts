import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planSmartCut } from './plan.ts';
import type { Packet } from './source-index.ts';

const RATE = 25;
const TICKS = 512;
const timeBase = { num: 1, den: RATE * TICKS };

/** Groups of pictures in the order of decoding, each frame after the one it leads to: `bFrames` come after the next reference. */
function packetsOf(groups: number[], bFrames: number): Packet[] {
  let start = 0;
  return groups.flatMap((length) => {
    const order = [start];
    for (let at = start + 1; at < start + length; ) {
      const reference = Math.min(at + bFrames, start + length - 1);
      order.push(reference);
      for (let shown = at; shown < reference; shown += 1) order.push(shown);
      at = reference + 1;
    }
    const first = start;
    start += length;
    return order.map((frame) => ({ pts: frame * TICKS, size: frame + 1, isKey: frame === first, isHidden: false }));
  });
}
const plan = (packets: Packet[], fromMs: number, toMs: number) =>
  planSmartCut(packets, timeBase, { from: fromMs / 1_000, to: toMs / 1_000 });

describe('planSmartCut', () => {
  test('encodes up to the first keyframe, copies on into the last group', () => {
    const found = plan(packetsOf([30, 30, 30, 30], 3), 800, 2_920);
    expect(found).toMatchObject({ head: 10, copied: 43, tail: 0, copyFrom: 30 * TICKS, tailFrom: 73 * TICKS });
  });

  test('leaves B-frames whose reference is shown later to the encoder', () => {
    expect(plan(packetsOf([30, 30, 30, 30], 3), 800, 3_000)).toMatchObject({ head: 10, copied: 43, tail: 2 });
  });

  test.each([
    ['no keyframe inside the clip', packetsOf([100], 0), 800, 3_000],
    ['too little to copy', packetsOf([70, 30], 0), 40, 3_000],
    ['few frames a second', packetsOf([30, 30, 30], 0).filter((_, at) => at % 2 === 0), 0, 3_000],
    ['pictures do not fill the clip', packetsOf([30, 30], 0), 0, 9_000],
    ['fewer than two frames', packetsOf([30, 30], 0), 9_000, 9_500],
    ['variable frame rate', packetsOf([30, 30, 30], 0).filter((_, at) => at % 7 !== 3), 0, 3_000],
    ['packets without timestamps', packetsOf([30, 30], 0).map((packet) => ({ ...packet, pts: null })), 0, 2_000],
    ['frames with the same timestamp', [...packetsOf([30, 30], 0), ...packetsOf([30], 0)], 0, 2_000],
    ['edit list inside the clip', packetsOf([30, 30], 0).map((packet) => ({ ...packet, isHidden: true })), 0, 2_000],
  ])('refuses: %s', (reason, packets, fromMs, toMs) => {
    expect(plan(packets, fromMs, toMs)).toEqual({ reason });
  });

  test('refuses a keyframe that pictures shown before it come after', () => {
    const packets = packetsOf([30, 30], 0);
    const [key, leading] = [packets[30], packets[29]];
    if (!key || !leading) throw new Error('two groups');
    packets.splice(29, 2, key, leading);
    expect(plan(packets, 800, 2_300)).toEqual({ reason: 'open group of pictures' });
  });

  test('whatever the groups: frames whole, in order, and what is copied needs nothing that is not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 5, max: 60 }), { minLength: 2, maxLength: 8 }),
        fc.integer({ min: 0, max: 4 }),
        fc.nat(3_000),
        fc.integer({ min: 200, max: 4_000 }),
        (groups, bFrames, fromMs, lengthMs) => {
          const packets = packetsOf(groups, bFrames);
          const found = plan(packets, fromMs, fromMs + lengthMs);
          if ('reason' in found) return;
          expect(found.head + found.copied + found.tail).toBe(found.pts.length);
          expect(Math.abs((found.pts[0] ?? 0) - (fromMs * RATE * TICKS) / 1_000)).toBeLessThanOrEqual(TICKS);
          const copied = new Set(found.pts.slice(found.head, found.head + found.copied));
          const key = packets.findIndex(({ pts }) => pts === found.copyFrom);
          const taken = packets.slice(key, key + found.copied);
          expect(new Set(taken.map(({ pts }) => pts))).toEqual(copied);
          expect(taken.map(({ size }) => size)).toEqual(found.sizes);
          expect(found.tail).toBeLessThanOrEqual(bFrames);
          for (const [at, { pts }] of taken.entries()) {
            expect(at * TICKS - found.delayTicks).toBeLessThanOrEqual((pts ?? 0) - found.copyFrom);
          }
        },
      ),
    );
  });
});
