/** What a benchmark leaves behind: figures, where they come from and on which machine. No paths, no names of hosts or people. */
import os from 'node:os';
import { z } from 'zod';

const summary = { median: z.number(), min: z.number(), max: z.number() };
const goalSchema = z.union([z.object({ atMost: z.number() }), z.object({ atLeast: z.number() })]);
const sideSchema = z.object({ name: z.string(), rounds: z.array(z.number()), ...summary });

/** One figure of ours, by round. */
const measureSchema = z.object({
  name: z.string(),
  unit: z.string(),
  rounds: z.array(z.number()),
  ...summary,
  goal: goalSchema.optional(),
});

/** Two sides measured in turns. `ratio` is A ÷ B: of the medians, with the least and greatest of a round. */
const comparisonSchema = z.object({
  name: z.string(),
  unit: z.string(),
  better: z.enum(['lower', 'higher']),
  a: sideSchema,
  b: sideSchema,
  ratio: z.object(summary),
  goal: goalSchema.optional(),
});

export const resultSchema = z.object({
  name: z.string(),
  title: z.string(),
  at: z.iso.datetime(),
  machine: z.object({ cores: z.int(), memoryGiB: z.number(), cpu: z.string(), node: z.string() }),
  settings: z.record(z.string(), z.union([z.string(), z.number()])),
  measures: z.array(measureSchema),
  comparisons: z.array(comparisonSchema),
  /** What a reader has to know to read the figures rightly. */
  notes: z.array(z.string()),
});

export type Goal = z.infer<typeof goalSchema>;
export type Measure = z.infer<typeof measureSchema>;
export type Comparison = z.infer<typeof comparisonSchema>;
export type Direction = Comparison['better'];
export type Result = z.infer<typeof resultSchema>;
export type Figures = Pick<Result, 'settings' | 'measures' | 'comparisons' | 'notes'>;

/** A benchmark, as `run.ts` lists it. */
export type Bench = { name: string; title: string; run: (context: BenchContext) => Promise<Figures> };
export type BenchContext = {
  rounds: number;
  say: (line: string) => void;
  /** Registers what has to be ended or removed, also when the run is interrupted. Has to stand being called twice. */
  onEnd: (cleanUp: () => Promise<void> | void) => void;
};

/** The machine as far as it matters for reading times. */
export const describeMachine = (): Result['machine'] => ({
  cores: os.availableParallelism(),
  memoryGiB: Math.round((os.totalmem() / 2 ** 30) * 10) / 10,
  cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
  node: process.version,
});

/** Whether a figure is where it should be. */
export const isMet = (goal: Goal, value: number): boolean =>
  'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
