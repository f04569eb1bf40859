/** Schedules between the API's words and Temporal's. */
import { type ScheduleDescription, ScheduleOverlapPolicy } from '@temporalio/client';
import { z } from 'zod';
import { TapeworksError } from '../contracts/errors.ts';
import { type CreateSchedule, type ScheduleAnswer, scheduleInputs } from '../contracts/http/schedules.ts';
import { taskQueue, WORKFLOW_TYPES, workflowId } from '../contracts/names.ts';
import type { ApiDependencies } from './deps.ts';
import { statusUrl, temporalScheduleUrl } from './links.ts';
import { invalidInput } from './problem.ts';
import { planBatch, planLibrary } from './runs/plans.ts';
import { asking } from './runs/temporal.ts';

type ScheduleDependencies = Pick<ApiDependencies, 'config' | 'temporal' | 'lexicon'>;

/** Runs missed while the server was down are made up for within a day. */
const CATCH_UP = '1 day';

/** As given, since Temporal turns cron into calendars of its own. */
const memoSchema = z.object({
  cron: z.string().nullable(),
  every: z.string().nullable(),
  timezone: z.string(),
  input: z.record(z.string(), z.unknown()),
});

/** Throws INVALID_INPUT, CONFLICT (the id is taken), TEMPORAL_UNAVAILABLE. */
export async function createSchedule(deps: ScheduleDependencies, wish: CreateSchedule): Promise<void> {
  refuseUnknownTimezone(wish.timezone);
  const { workflowType, workflowId: baseId, input } = await plan(deps, wish);
  const memo: z.infer<typeof memoSchema> = {
    cron: wish.cron ?? null,
    every: wish.every ?? null,
    timezone: wish.timezone,
    input: wish.input,
  };
  try {
    await asking(deps.temporal, `schedule "${wish.id}"`, () =>
      deps.temporal.schedule.create({
        scheduleId: wish.id,
        spec: {
          timezone: wish.timezone,
          ...(wish.cron === undefined ? {} : { cronExpressions: [wish.cron] }),
          ...(wish.every === undefined ? {} : { intervals: [{ every: milliseconds(wish.every) }] }),
        },
        action: {
          type: 'startWorkflow',
          workflowType,
          workflowId: baseId,
          taskQueue: taskQueue('workflow'),
          args: [input],
        },
        policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
        state: { paused: wish.paused, note: wish.note },
        memo,
      }),
    );
  } catch (error) {
    throw refusedByServer(error) ?? error;
  }
}

/** Throws NOT_FOUND. */
export async function readSchedule(
  deps: ScheduleDependencies,
  id: string,
  requestUrl: string,
): Promise<ScheduleAnswer> {
  const description = await asking(deps.temporal, `schedule "${id}"`, () =>
    deps.temporal.schedule.getHandle(id).describe(),
  );
  return show(deps, description, requestUrl);
}

/** Ours of this namespace, by id. */
export async function listSchedules(deps: ScheduleDependencies, requestUrl: string): Promise<ScheduleAnswer[]> {
  const ids = await asking(deps.temporal, 'schedules', async () => {
    const found: string[] = [];
    for await (const { scheduleId, action } of deps.temporal.schedule.list())
      if (WORKFLOW_TYPES.some((type) => type === action?.workflowType)) found.push(scheduleId);
    return found.sort();
  });
  const answers: ScheduleAnswer[] = [];
  for (const id of ids) {
    try {
      answers.push(await readSchedule(deps, id, requestUrl));
    } catch (error) {
      // Deleted a moment ago; the list lags behind.
      if (!(error instanceof TapeworksError && error.code === 'NOT_FOUND')) throw error;
    }
  }
  return answers;
}

async function plan(deps: ScheduleDependencies, wish: CreateSchedule) {
  const parsed = scheduleInputs[wish.workflow].safeParse(wish.input);
  if (!parsed.success) throw invalidInput(parsed.error, 'input');
  if (wish.workflow === 'process-library') {
    const request = await planLibrary(deps, scheduleInputs['process-library'].parse(wish.input));
    return { ...request, workflowId: workflowId.processLibrary(`schedule-${wish.id}`) };
  }
  const request = await planBatch(deps, scheduleInputs['batch-generate'].parse(wish.input));
  return { ...request, workflowId: workflowId.batchGenerate(`schedule-${wish.id}`) };
}

function show({ config }: ScheduleDependencies, description: ScheduleDescription, requestUrl: string): ScheduleAnswer {
  const memo = memoSchema.safeParse(description.memo);
  return {
    id: description.scheduleId,
    workflowType: description.action.workflowType,
    paused: description.state.paused,
    note: description.state.note ?? null,
    cron: memo.data?.cron ?? null,
    every: memo.data?.every ?? null,
    timezone: memo.data?.timezone ?? null,
    nextRuns: description.info.nextActionTimes.slice(0, 5).map((time) => time.toISOString()),
    recentRuns: description.info.recentActions.toReversed().map(({ takenAt, action }) => ({
      workflowId: action.workflow.workflowId,
      at: takenAt.toISOString(),
      statusUrl: statusUrl(requestUrl, action.workflow.workflowId),
    })),
    input: memo.data?.input ?? null,
    temporalUrl: temporalScheduleUrl(config, description.scheduleId),
  };
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const milliseconds = (every: string) => Number(every.slice(0, -1)) * (UNITS[every.slice(-1)] ?? 60_000);

function refuseUnknownTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TapeworksError('INVALID_INPUT', `timezone: "${timezone}" is no IANA time zone; "Europe/Berlin" is one.`, {
      errors: [{ field: 'timezone', message: 'an IANA name, such as "Europe/Berlin"' }],
    });
  }
}

/** The SDK turns the server's INVALID_ARGUMENT into a TypeError: a cron expression with 61 minutes. */
function refusedByServer(error: unknown): TapeworksError | null {
  if (!(error instanceof TypeError)) return null;
  const { message } = error;
  return new TapeworksError(
    'INVALID_INPUT',
    `cron: ${message}`,
    { errors: [{ field: 'cron', message }] },
    { cause: error },
  );
}
