/** Decides, from the packets alone, which frames of a clip are copied and which are encoded. Pure. */
import type { Packet, TimeBase } from './source-index.ts';

/** Timestamps may be rounded to milliseconds by the container. */
const JITTER_SECONDS = 0.001;
/** Copying less than this share saves no time. */
const LEAST_COPIED_SHARE = 0.25;
/** Below this rate the picture on screen at the cut began long before it. */
const LEAST_FRAMES_A_SECOND = 15;

/** Frames in the order of presentation: `head` encoded, `copied` packets as they are, `tail` encoded. Ticks of the source. */
export type SmartPlan = {
  head: number;
  copied: number;
  tail: number;
  /** Timestamps of all frames, of the first copied and of the first of the tail. */
  pts: number[];
  copyFrom: number;
  tailFrom: number;
  /** Sizes of the copied packets, in the order of decoding. */
  sizes: number[];
  frameTicks: number;
  /** How much earlier than shown a packet is decoded at most; covers rounded timestamps. */
  delayTicks: number;
};
export type Refusal = { reason: string };

/** `from` and `to` are timestamps in seconds. Frames shown from `from` up to `to` belong to the clip. */
export function planSmartCut(
  packets: Packet[],
  { num, den }: TimeBase,
  { from, to }: { from: number; to: number },
): SmartPlan | Refusal {
  const tick = num / den;
  const jitter = Math.max(1, JITTER_SECONDS / tick);
  const [first, end] = [from / tick - jitter / 2, to / tick - jitter / 2];
  const timed = packets.flatMap((packet) => (packet.pts === null ? [] : [{ ...packet, pts: packet.pts }]));
  if (timed.length < packets.length) return { reason: 'packets without timestamps' };
  const order = timed.map(({ pts }) => pts).toSorted((a, b) => a - b);
  const pts = order.filter((at) => at >= first && at < end);
  const [start, last] = [pts[0], pts.at(-1)];
  if (start === undefined || last === undefined || pts.length < 2) return { reason: 'fewer than two frames' };

  const frameTicks = (last - start) / (pts.length - 1);
  if (new Set(order).size < order.length) return { reason: 'frames with the same timestamp' };
  if (pts.some((at, index) => Math.abs(at - (start + index * frameTicks)) > jitter)) {
    return { reason: 'variable frame rate' };
  }
  if (frameTicks * tick * LEAST_FRAMES_A_SECOND > 1.001) return { reason: 'few frames a second' };
  if (start - first > 2 * frameTicks || end - last > 2.5 * frameTicks)
    return { reason: 'pictures do not fill the clip' };

  const key = timed.findIndex((packet) => packet.isKey && packet.pts >= start);
  const copyFrom = timed[key]?.pts;
  if (copyFrom === undefined || copyFrom > last) return { reason: 'no keyframe inside the clip' };
  const leads = timed.some((packet, index) =>
    index > key ? packet.pts < copyFrom : index < key && packet.pts > copyFrom,
  );
  if (leads) return { reason: 'open group of pictures' };

  const copied = closedPrefix(
    timed.slice(key),
    order.filter((at) => at >= copyFrom),
    end,
  );
  if (copied < LEAST_COPIED_SHARE * pts.length) return { reason: 'too little to copy' };
  const taken = timed.slice(key, key + copied);
  if (taken.some(({ isHidden }) => isHidden)) return { reason: 'edit list inside the clip' };

  const head = pts.indexOf(copyFrom);
  const rank = new Map(pts.map((at, index) => [at, index - head]));
  const delay = Math.max(...taken.map((packet, index) => index - (rank.get(packet.pts) ?? index)));
  const isExact = pts.every((at, index) => at === start + index * frameTicks);
  return {
    head,
    copied,
    tail: pts.length - head - copied,
    pts,
    copyFrom,
    tailFrom: pts[head + copied] ?? last + frameTicks,
    sizes: taken.map(({ size }) => size),
    frameTicks,
    delayTicks: Math.ceil(delay * frameTicks) + (isExact ? 0 : Math.ceil(jitter) + 1),
  };
}

/**
 * How many packets from a keyframe on can be taken so that they hold whole what is shown up to some moment before `end`. A
 * decoder needs nothing that comes later, so this may end inside a group of pictures.
 */
function closedPrefix(packets: { pts: number }[], order: number[], end: number): number {
  let closed = 0;
  let latest = Number.NEGATIVE_INFINITY;
  for (const [index, { pts }] of packets.entries()) {
    latest = Math.max(latest, pts);
    if (latest >= end) break;
    if (order[index] === latest) closed = index + 1;
  }
  return closed;
}
