import { expect, test } from 'vitest';
import { mergeAvcConfigs } from './avc-config.ts';

/** Ids as Exp-Golomb bits at the start of a byte: 0 is "1", 31 is "00000100000". */
const SPS_0 = Buffer.from([0x67, 100, 0, 31, 0b1000_0000, 1]);
const SPS_31 = Buffer.from([0x67, 100, 0, 31, 0b0000_0100, 0b0001_0000]);
const PPS_0 = Buffer.from([0x68, 0b1000_0000]);
const PPS_31 = Buffer.from([0x68, 0b0000_0100, 0b0001_0000]);

function config({
  sps,
  pps,
  profile = 100,
  constraints = 0,
  level = 31,
}: {
  sps: Buffer[];
  pps: Buffer[];
  profile?: number;
  constraints?: number;
  level?: number;
}): Buffer {
  const sets = (list: Buffer[]) => list.flatMap((set) => [Buffer.of(0, set.length), set]);
  return Buffer.concat([
    Buffer.of(1, profile, constraints, level, 0xff, 0xe0 | sps.length),
    ...sets(sps),
    Buffer.of(pps.length),
    ...sets(pps),
    Buffer.of(0xfd, 0xf8, 0xf8, 0),
  ]);
}

test('holds the sets of both, the higher level and the constraints of both', () => {
  const a = config({ sps: [SPS_0], pps: [PPS_0], constraints: 0b1100_0000, level: 31 });
  const b = config({ sps: [SPS_31], pps: [PPS_31], constraints: 0b0100_0000, level: 40 });
  const both = { sps: [SPS_0, SPS_31], pps: [PPS_0, PPS_31], constraints: 0b0100_0000, level: 40 };
  expect(mergeAvcConfigs(a, b)).toEqual(config(both));
});

test('the same set twice is one', () => {
  const a = config({ sps: [SPS_0], pps: [PPS_0] });
  expect(mergeAvcConfigs(a, a)).toEqual(a);
});

test('refuses an id with two meanings, and profiles that differ', () => {
  const other = Buffer.from([0x67, 100, 0, 31, 0b1000_0000, 9]);
  const a = config({ sps: [SPS_0], pps: [PPS_0] });
  expect(mergeAvcConfigs(a, config({ sps: [other], pps: [PPS_0] }))).toBeNull();
  expect(mergeAvcConfigs(a, config({ sps: [SPS_31], pps: [PPS_31], profile: 77 }))).toBeNull();
});

test('throws on bytes that are no configuration', () => {
  expect(() => mergeAvcConfigs(Buffer.from([1, 2, 3]), Buffer.from([1]))).toThrow(RangeError);
});
