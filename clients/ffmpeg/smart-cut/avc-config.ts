/** The H.264 decoder configuration (`avcC`, ISO/IEC 14496-15): its parameter sets, read and merged. Pure. */

type AvcConfig = { header: Buffer; sps: Buffer[]; pps: Buffer[]; extension: Buffer };

/**
 * A configuration with the sets of both, so that frames of either can be decoded; `null` where an id stands for different sets or
 * the profiles differ. Throws `RangeError` on bytes that are none.
 */
export function mergeAvcConfigs(a: Buffer, b: Buffer): Buffer | null {
  const [first, second] = [read(a), read(b)];
  const sps = union(first.sps, second.sps, spsId);
  const pps = union(first.pps, second.pps, ppsId);
  if (!sps || !pps || sps.length > 31 || pps.length > 255) return null;
  if (first.header[1] !== second.header[1] || first.header[4] !== second.header[4]) return null;
  const header = Buffer.from(first.header);
  // Constraints have to hold for all sets, the level has to do for each.
  header[2] = (first.header[2] ?? 0) & (second.header[2] ?? 0);
  header[3] = Math.max(first.header[3] ?? 0, second.header[3] ?? 0);
  return Buffer.concat([
    header,
    Buffer.of(0xe0 | sps.length),
    ...sps.flatMap(withLength),
    Buffer.of(pps.length),
    ...pps.flatMap(withLength),
    first.extension.length > 0 ? first.extension : second.extension,
  ]);
}

function read(bytes: Buffer): AvcConfig {
  let at = 5;
  const sets = (count: number) =>
    Array.from({ length: count }, () => {
      const length = bytes.readUInt16BE(at);
      at += 2 + length;
      return bytes.subarray(at - length, at);
    });
  const sps = sets(bytes.readUInt8(at++) & 0x1f);
  const pps = sets(bytes.readUInt8(at++));
  return { header: bytes.subarray(0, 5), sps, pps, extension: bytes.subarray(at) };
}

function union(a: Buffer[], b: Buffer[], idOf: (set: Buffer) => number): Buffer[] | null {
  const byId = new Map<number, Buffer>();
  for (const set of [...a, ...b]) {
    const known = byId.get(idOf(set));
    if (known && !known.equals(set)) return null;
    byId.set(idOf(set), set);
  }
  return [...byId.values()];
}

const withLength = (set: Buffer) => [Buffer.of(set.length >> 8, set.length & 0xff), set];
/** After the unit's header, profile, constraints and level. */
const spsId = (set: Buffer) => expGolomb(set, 4);
const ppsId = (set: Buffer) => expGolomb(set, 1);

/** The unsigned Exp-Golomb number that begins at a byte. Ids are small: no emulation prevention byte comes before their end. */
function expGolomb(bytes: Buffer, from: number): number {
  const bit = (index: number) => (bytes.readUInt8(from + (index >> 3)) >> (7 - (index & 7))) & 1;
  let zeros = 0;
  while (bit(zeros) === 0) zeros += 1;
  let value = 0;
  for (let index = zeros; index <= 2 * zeros; index += 1) value = value * 2 + bit(index);
  return value - 1;
}
