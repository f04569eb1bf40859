/** What a workflow's history says about time: when it ran, when its activities ran, and the same of its children. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Interval } from './intervals.ts';

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

export type Timeline = {
  whole: Interval;
  /** One per activity, from the start of its last attempt to its end; children's included. */
  activities: Interval[];
  workflows: number;
};

/** Follows a closed run, its children and what they continued as. */
export async function timelineOf(client: Client, workflowId: string, runId?: string): Promise<Timeline> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  if (!events?.length) throw new Error(`The history of ${workflowId} is empty.`);
  const timeline: Timeline = { whole: wholeOf(events), activities: activitiesOf(events), workflows: 1 };
  for (const next of followedBy(events, workflowId)) {
    const inner = await timelineOf(client, next.workflowId, next.runId);
    timeline.activities.push(...inner.activities);
    timeline.workflows += inner.workflows;
  }
  return timeline;
}

/** Milliseconds from each activity's scheduling to the next one's: a round trip, where they follow one another. */
export async function roundTripsOf(client: Client, workflowId: string): Promise<number[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).map(timeOf);
  return scheduled.slice(1).map((time, index) => time - (scheduled[index] ?? time));
}

const wholeOf = (events: Event[]): Interval => ({
  fromMs: timeOf(events[0] as Event),
  toMs: timeOf(events.at(-1) as Event),
});

function activitiesOf(events: Event[]): Interval[] {
  const startedAt = new Map<string, number>();
  const found: Interval[] = [];
  for (const event of events) {
    if (event.activityTaskStartedEventAttributes) startedAt.set(String(event.eventId), timeOf(event));
    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    const fromMs = ended ? startedAt.get(String(ended.startedEventId)) : undefined;
    if (fromMs !== undefined) found.push({ fromMs, toMs: timeOf(event) });
  }
  return found;
}

function followedBy(events: Event[], workflowId: string): { workflowId: string; runId: string }[] {
  return events.flatMap((event) => {
    const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    if (child?.workflowId && child.runId) return [{ workflowId: child.workflowId, runId: child.runId }];
    const runId = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    return runId ? [{ workflowId, runId }] : [];
  });
}

const timeOf = ({ eventTime }: Event): number =>
  Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6;
