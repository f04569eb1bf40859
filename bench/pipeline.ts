/** How time and memory of the pipeline grow with the library: 1, 10 and 100 hours of transcripts. */
import { type LibraryRun, measureLibraryRun } from './pipeline/library-run.ts';
import type { Bench } from './result.ts';
import { measured } from './runner.ts';
import { quantile } from './statistics.ts';

const SMALL = 1;
const MIDDLE = 10;
const LARGE = 100;
/** The worker holds one lesson at a time, whatever the size of the library; what else grows is the runtime's caches. */
const MEMORY_GOAL = { atMost: 1.5 };

export const pipeline: Bench = {
  name: 'pipeline',
  title: 'time and memory from 1 to 100 hours of transcript',
  async run(context) {
    const runs = new Map<number, LibraryRun[]>([
      [SMALL, []],
      [MIDDLE, []],
      [LARGE, []],
    ]);
    for (let round = 1; round <= context.rounds; round += 1)
      for (const hours of round === 1 ? [SMALL, MIDDLE, LARGE] : [SMALL, MIDDLE]) {
        const run = await measureLibraryRun(context, hours);
        context.say(
          `round ${round} of ${context.rounds}: ${hours} h in ${run.wallSeconds.toFixed(1)} s, worker ${run.workerMiB} MiB`,
        );
        runs.get(hours)?.push(run);
      }
    const of = (hours: number, figure: (run: LibraryRun) => number | null) =>
      (runs.get(hours) ?? []).flatMap((run) => figure(run) ?? []);
    const workerAt = (hours: number) => of(hours, ({ workerMiB }) => workerMiB);
    return {
      settings: {
        'minutes a file': 60,
        'files at once': 2,
        strategies: 0,
        'vectors, 100 h': of(LARGE, ({ vectors }) => vectors)[0] ?? 0,
      },
      measures: [
        ...[SMALL, MIDDLE, LARGE].flatMap((hours) => [
          measured(
            `${hours} h: minutes of lesson a second`,
            'min/s',
            of(hours, ({ wallSeconds }) => (hours * 60) / wallSeconds),
          ),
          measured(`${hours} h: peak memory of the worker`, 'MiB', workerAt(hours)),
          measured(
            `${hours} h: peak memory of the API`,
            'MiB',
            of(hours, ({ apiMiB }) => apiMiB),
          ),
        ]),
        measured(
          'peak memory of the worker, 100 h ÷ 10 h',
          '×',
          workerAt(LARGE).map((large) => large / quantile(workerAt(MIDDLE), 0.5)),
          MEMORY_GOAL,
        ),
      ],
      comparisons: [],
      notes: [
        'Transcripts of an hour each (a real lecture, each cue marked so that none is like another), from the start of processLibrary to its end on an empty stack with all components on this machine; no media to cut, no strategies.',
        'The 100 hours run once. Peak memory is the high-water mark of the process; Qdrant and PostgreSQL keep their own.',
      ],
    };
  },
};
