/**
 * How activities are retried and timed, by the side effect they have. Whether an error is worth a retry at all is decided in
 * activities/to-failure.ts; these profiles only say how long one attempt may take and how long retries go on.
 */
import { type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { taskQueue } from '../contracts/names.ts';

const retry = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' } as const;

/** A component that is down for an hour is waited for; a day of failing is given up. */
const patience = { scheduleToCloseTimeout: '24h', retry } as const;

const database: ActivityOptions = {
  ...patience,
  taskQueue: taskQueue('cpu'),
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
};
const cpu: ActivityOptions = {
  ...patience,
  taskQueue: taskQueue('cpu'),
  startToCloseTimeout: '30m',
  heartbeatTimeout: '10s',
};
const media: ActivityOptions = {
  ...patience,
  taskQueue: taskQueue('media'),
  startToCloseTimeout: '6h',
  heartbeatTimeout: '10s',
};
const gpu: ActivityOptions = {
  ...patience,
  taskQueue: taskQueue('gpu'),
  startToCloseTimeout: '6h',
  heartbeatTimeout: '10s',
};
const index: ActivityOptions = {
  ...patience,
  taskQueue: taskQueue('index'),
  startToCloseTimeout: '1h',
  heartbeatTimeout: '10s',
};
const llm: ActivityOptions = {
  ...patience,
  taskQueue: taskQueue('llm'),
  startToCloseTimeout: '30m',
  heartbeatTimeout: '10s',
};

export const runs = proxyActivities<Activities['runs']>(database);
export const library = proxyActivities<Activities['library']>(media);
export const ingestion = proxyActivities<Activities['ingestion']>(media);
export const detection = proxyActivities<Activities['detection']>(cpu);
export const clips = proxyActivities<Activities['clips']>(media);
export const frames = proxyActivities<Activities['frames']>(media);
export const speech = proxyActivities<Activities['speech']>(gpu);
export const semantics = proxyActivities<Activities['semantics']>(gpu);
export const embedding = proxyActivities<Activities['embedding']>(gpu);
export const indexing = proxyActivities<Activities['indexing']>(index);
export const reindexing = proxyActivities<Activities['reindexing']>(index);
export const comparing = proxyActivities<Activities['comparing']>(gpu);
export const strategies = proxyActivities<Activities['strategies']>(llm);
export const signals = proxyActivities<Activities['signals']>(cpu);
export const ratings = proxyActivities<Activities['ratings']>(llm);
export const exporting = proxyActivities<Activities['exporting']>(cpu);
