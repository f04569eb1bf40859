/** Boxes of an MP4 file that ends with its index (`moov`), as ffmpeg writes it unless told otherwise. */
import { open, truncate } from 'node:fs/promises';

const HEADER = 8;
/** Bytes of fields before the boxes inside. */
const FIELDS: Record<string, number> = { stsd: 8, avc1: 78, hev1: 78, hvc1: 78 };
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

type Box = { type: string; at: number; size: number };
export type Mp4Index = { moov: Buffer; moovAt: number; firstSampleAt: number };

/** Reads the index and where the samples begin. Null when the file is built otherwise. */
export async function readMp4Index(file: string): Promise<Mp4Index | null> {
  const handle = await open(file, 'r');
  try {
    const { size: fileSize } = await handle.stat();
    let firstSampleAt: number | null = null;
    for (let at = 0; at + HEADER <= fileSize; ) {
      const head = (await handle.read(Buffer.alloc(16), 0, 16, at)).buffer;
      const isLarge = head.readUInt32BE(0) === 1;
      const size = isLarge ? Number(head.readBigUInt64BE(8)) : head.readUInt32BE(0);
      const type = head.toString('latin1', 4, 8);
      if (size < HEADER) return null;
      if (type === 'mdat') firstSampleAt = at + (isLarge ? 16 : HEADER);
      if (type === 'moov') {
        if (firstSampleAt === null || at + size !== fileSize || size > MAX_INDEX_BYTES) return null;
        const moov = (await handle.read(Buffer.alloc(size), 0, size, at)).buffer;
        return { moov, moovAt: at, firstSampleAt };
      }
      at += size;
    }
    return null;
  } finally {
    await handle.close();
  }
}

/** Milliseconds that the first track lasts, from an index that stands wherever it may; null when there is none. */
export async function readTrackMs(file: string): Promise<number | null> {
  const handle = await open(file, 'r');
  try {
    const { size: fileSize } = await handle.stat();
    for (let at = 0; at + HEADER <= fileSize; ) {
      const head = (await handle.read(Buffer.alloc(16), 0, 16, at)).buffer;
      const size = head.readUInt32BE(0) === 1 ? Number(head.readBigUInt64BE(8)) : head.readUInt32BE(0);
      if (size < HEADER) return null;
      if (head.toString('latin1', 4, 8) === 'moov' && size <= MAX_INDEX_BYTES)
        return trackMs((await handle.read(Buffer.alloc(size), 0, size, at)).buffer);
      at += size;
    }
    return null;
  } finally {
    await handle.close();
  }
}

/** `mdhd`: its first version has times of four bytes, its second of eight. */
function trackMs(moov: Buffer): number | null {
  const header = boxContent(moov, ['trak', 'mdia', 'mdhd']);
  if (header === null || header.length < (header[0] === 1 ? 36 : 24)) return null;
  const [ticks, perSecond] =
    header[0] === 1
      ? [Number(header.readBigUInt64BE(24)), header.readUInt32BE(20)]
      : [header.readUInt32BE(16), header.readUInt32BE(12)];
  return perSecond > 0 ? (ticks / perSecond) * 1_000 : null;
}

/** The content of the first box on a path such as `['trak', 'mdia']` inside `moov`, or null. */
export function boxContent(moov: Buffer, path: string[]): Buffer | null {
  const box = findPath(moov, path)?.at(-1);
  return box ? moov.subarray(box.at + HEADER, box.at + box.size) : null;
}

/** Replaces the content of that box and writes the index anew; sample positions stay, as they lie before it. */
export async function replaceBoxContent(file: string, index: Mp4Index, path: string[], content: Buffer): Promise<void> {
  const boxes = findPath(index.moov, path);
  const target = boxes?.at(-1);
  if (!boxes || !target) throw new Error(`There is no ${path.join('/')} in the index.`);
  const grown = content.length - (target.size - HEADER);
  const moov = Buffer.concat([
    index.moov.subarray(0, target.at + HEADER),
    content,
    index.moov.subarray(target.at + target.size),
  ]);
  for (const { at, size } of [{ at: 0, size: index.moov.length }, ...boxes]) moov.writeUInt32BE(size + grown, at);
  await truncate(file, index.moovAt);
  const handle = await open(file, 'r+');
  try {
    await handle.write(moov, 0, moov.length, index.moovAt);
  } finally {
    await handle.close();
  }
}

function findPath(moov: Buffer, path: string[]): Box[] | null {
  const found: Box[] = [];
  let [from, to] = [HEADER, moov.length];
  for (const type of path) {
    const box = boxesBetween(moov, from, to).find((candidate) => candidate.type === type);
    if (!box) return null;
    found.push(box);
    [from, to] = [box.at + HEADER + (FIELDS[type] ?? 0), box.at + box.size];
  }
  return found;
}

function boxesBetween(bytes: Buffer, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + HEADER <= to; ) {
    const size = bytes.readUInt32BE(at);
    if (size < HEADER || at + size > to) break;
    boxes.push({ type: bytes.toString('latin1', at + 4, at + HEADER), at, size });
    at += size;
  }
  return boxes;
}
