import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clipSettingsSchema } from '../../contracts/clips.ts';
import type { Cue } from '../../contracts/transcripts.ts';
import { planClips } from './plan.ts';

const cue = (index: number, startMs: number, endMs: number): Cue => ({ index, startMs, endMs, text: 'words' });
const cues = Array.from({ length: 30 }, (_, index) => cue(index, index * 4_000 + 500, index * 4_000 + 4_000));
const settings = clipSettingsSchema.parse({});

describe('planClips', () => {
  test('a hit becomes a padded clip that begins and ends with speech', () => {
    expect(planClips([{ startMs: 41_000, endMs: 42_000 }], cues, 120_000, settings)).toEqual([
      { startMs: 36_500, endMs: 44_000, hitIndexes: [0] },
    ]);
  });

  test('near hits share a clip, far ones do not', () => {
    const hits = [
      { startMs: 90_000, endMs: 90_500 },
      { startMs: 10_000, endMs: 10_500 },
      { startMs: 13_000, endMs: 13_500 },
    ];
    expect(planClips(hits, cues, 120_000, settings).map((clip) => clip.hitIndexes)).toEqual([[1, 2], [0]]);
  });

  test('a run of hits longer than the longest clip is parted between cues', () => {
    const hits = cues.map(({ startMs }) => ({ startMs: startMs + 1_000, endMs: startMs + 1_400 }));
    const plans = planClips(hits, cues, 120_000, { ...settings, maxMs: 30_000 });
    const borders = new Set(cues.flatMap(({ startMs, endMs }) => [startMs, endMs]));
    expect(plans.length).toBeGreaterThan(3);
    for (const [at, plan] of plans.entries()) {
      expect(plan.endMs - plan.startMs).toBeLessThanOrEqual(30_000);
      if (at > 0) expect(plan.startMs).toBeGreaterThanOrEqual(plans[at - 1]?.endMs ?? 0);
      expect(borders.has(plan.startMs) || plan.startMs === 0).toBe(true);
    }
  });

  test('hits at the very start and past the end stay inside the media', () => {
    const hits = [
      { startMs: 0, endMs: 100 },
      { startMs: 200_000, endMs: 201_000 },
    ];
    const plans = planClips(hits, cues, 120_000, settings);
    expect(plans[0]?.startMs).toBe(0);
    expect(plans[1]?.endMs).toBe(120_000);
  });

  test('nothing to cut', () => {
    expect(planClips([], cues, 120_000, settings)).toEqual([]);
    expect(planClips([{ startMs: 1, endMs: 2 }], [], 0, settings)).toEqual([]);
  });

  const spans = (most: number) =>
    fc.array(
      fc.record({ startMs: fc.nat(most), length: fc.integer({ min: 1, max: 6_000 }) }).map(({ startMs, length }) => ({
        startMs,
        endMs: startMs + length,
      })),
      { maxLength: 40 },
    );

  test('whatever the hits and cues: inside, sorted, each hit whole in exactly one clip, lengths kept', () => {
    const anySettings = fc.record({
      paddingMs: fc.nat(8_000),
      minMs: fc.nat(12_000),
      maxMs: fc.integer({ min: 1_000, max: 40_000 }),
      mergeGapMs: fc.nat(5_000),
    });
    fc.assert(
      fc.property(
        spans(120_000),
        spans(110_000),
        fc.integer({ min: 1, max: 130_000 }),
        anySettings,
        (spoken, said, duration, chosen) => {
          const sorted = spoken
            .toSorted((a, b) => a.startMs - b.startMs)
            .map((span, index) => cue(index, span.startMs, span.endMs));
          const hits = said.filter((hit) => hit.endMs <= duration);
          const plans = planClips(hits, sorted, duration, chosen);
          expect(plans.flatMap((plan) => plan.hitIndexes).toSorted((a, b) => a - b)).toEqual(
            hits.map((_, index) => index),
          );
          const longestHit = Math.max(0, ...hits.map((hit) => hit.endMs - hit.startMs));
          for (const [at, plan] of plans.entries()) {
            expect(plan.startMs).toBeGreaterThanOrEqual(Math.max(0, plans[at - 1]?.startMs ?? 0));
            expect(plan.endMs).toBeLessThanOrEqual(duration);
            expect(plan.endMs - plan.startMs).toBeLessThanOrEqual(Math.max(chosen.maxMs, longestHit));
            expect(plan.endMs - plan.startMs).toBeGreaterThanOrEqual(
              Math.max(1, Math.min(chosen.minMs, chosen.maxMs, duration)),
            );
            expect(plans.filter((other) => other.startMs === plan.startMs && other.endMs === plan.endMs)).toHaveLength(
              1,
            );
            for (const index of plan.hitIndexes) {
              expect(plan.startMs).toBeLessThanOrEqual(hits[index]?.startMs ?? 0);
              expect(plan.endMs).toBeGreaterThanOrEqual(hits[index]?.endMs ?? 0);
            }
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
