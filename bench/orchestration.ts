/** What running on Temporal costs: the round trip of an activity, and the share of a real run in which nothing is worked on. */
import type { Bench, BenchContext, Figures } from './result.ts';
import { compare, measured } from './runner.ts';
import { quantile } from './statistics.ts';
import { startNoOpSides } from './orchestration/no-op.ts';
import { measurePipelineRun, type PipelineRun } from './orchestration/pipeline.ts';

/** Activities in a row in one workflow, and workflows a round, one after the other. */
const ACTIVITIES = 20;
const WORKFLOWS = 5;

const ROUND_TRIP_GOAL = { atMost: 15 };
const SHARE_GOAL = { atMost: 5 };

export const orchestration: Bench = {
  name: 'orchestration',
  title: 'what running on Temporal costs',
  async run(context) {
    const noOp = await measureNoOps(context);
    const runs = await measureRuns(context);
    const per = (name: string, unit: string, of: (run: PipelineRun) => number) =>
      measured(`pipeline run: ${name}`, unit, runs.map(of));
    return {
      settings: { 'activities a workflow': ACTIVITIES, 'workflows a round': WORKFLOWS, 'LLM backend': 'offline' },
      measures: [
        ...noOp.measures,
        measured(
          'pipeline run: share without a running activity',
          '%',
          runs.map(({ overheadMs, wallMs }) => (100 * overheadMs) / wallMs),
          SHARE_GOAL,
        ),
        per('wall time', 's', ({ wallMs }) => wallMs / 1_000),
        per('without a running activity', 'ms', ({ overheadMs }) => overheadMs),
        per('activities', 'activities', ({ activities }) => activities),
        per('workflows', 'workflows', ({ workflows }) => workflows),
      ],
      comparisons: noOp.comparisons,
      notes: [
        "A no-op activity's time is its workflow's time, start and result included, ÷ its activities; p95 is over single round trips, from one scheduling to the next by the server's clock.",
        'The local development server keeps its state on disk and has its own timer settings, as `npm start` has it; workers, client and workflows of the no-op part share one process.',
        'A pipeline run is `processMedia` on the sample lesson on a stack that has seen nothing yet. Time in which several activities run counts once.',
      ],
    };
  },
};

async function measureNoOps(context: BenchContext): Promise<Pick<Figures, 'measures' | 'comparisons'>> {
  context.say('no-op activities: starting the stack');
  const sides = await startNoOpSides(context, { workflows: WORKFLOWS, activities: ACTIVITIES });
  const medians: number[] = [];
  const p95s: number[] = [];
  const ours = {
    ...sides.ours,
    async measure() {
      const value = await sides.ours.measure();
      const roundTrips = sides.takeRoundTrips();
      medians.push(quantile(roundTrips, 0.5));
      p95s.push(quantile(roundTrips, 0.95));
      return value;
    },
  };
  try {
    const comparison = await compare(ours, sides.sdkDefaults, {
      name: 'no-op activity, workflow time ÷ activities',
      unit: 'ms',
      better: 'lower',
      rounds: context.rounds,
      say: context.say,
    });
    const kept = (values: number[]) => values.slice(-context.rounds);
    return {
      measures: [
        measured('no-op activity: p50', 'ms', comparison.a.rounds, ROUND_TRIP_GOAL),
        measured('no-op activity: p50 of single round trips', 'ms', kept(medians)),
        measured('no-op activity: p95 of single round trips', 'ms', kept(p95s)),
      ],
      comparisons: [comparison],
    };
  } finally {
    await sides.close();
  }
}

async function measureRuns(context: BenchContext): Promise<PipelineRun[]> {
  const runs: PipelineRun[] = [];
  for (let round = 1; round <= context.rounds; round += 1) {
    context.say(`pipeline run ${round} of ${context.rounds}: fresh stack, then the whole chain`);
    const run = await measurePipelineRun(context);
    context.say(`  ${(run.wallMs / 1_000).toFixed(1)} s, of which ${run.overheadMs.toFixed(0)} ms no activity ran`);
    runs.push(run);
  }
  return runs;
}
