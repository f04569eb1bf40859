/** Whether the copied part begins with a picture that makes the decoder forget all before it. */
import { open } from 'node:fs/promises';
import type { Mp4Index } from './mp4-boxes.ts';

const MOST_UNITS = 64;

/**
 * Reads the first sample of a file of length-prefixed H.264 or H.265 units. A keyframe that is only a point of recovery (H.264) or
 * a clean random access picture (H.265) leaves numbers running that the frames before a join would disturb.
 */
export async function beginsWithInstantRefresh(
  file: string,
  codec: string,
  { firstSampleAt }: Mp4Index,
): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const head = Buffer.alloc(5);
    let at = firstSampleAt;
    for (let unit = 0; unit < MOST_UNITS; unit += 1) {
      if ((await handle.read(head, 0, head.length, at)).bytesRead < head.length) return false;
      const byte = head.readUInt8(4);
      const type = codec === 'h264' ? byte & 0x1f : (byte >> 1) & 0x3f;
      const isPicture = codec === 'h264' ? type >= 1 && type <= 5 : type < 32;
      // H.264: 5 is IDR. H.265: 16–18 break the link to what was before, 19 and 20 are IDR.
      if (isPicture) return codec === 'h264' ? type === 5 : type >= 16 && type <= 20;
      at += 4 + head.readUInt32BE(0);
    }
    return false;
  } finally {
    await handle.close();
  }
}
