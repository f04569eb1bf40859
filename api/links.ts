/** Links in answers, on the origin the request came to. */
import type { Config } from '../contracts/config.ts';

type UiConfig = Pick<Config, 'TEMPORAL_UI_URL' | 'TEMPORAL_UI_PORT' | 'TEMPORAL_NAMESPACE'>;

const uiBase = (config: UiConfig) =>
  `${(config.TEMPORAL_UI_URL ?? `http://127.0.0.1:${config.TEMPORAL_UI_PORT}`).replace(/\/+$/, '')}/namespaces/${encodeURIComponent(config.TEMPORAL_NAMESPACE)}`;

/** The run in the Temporal Web UI; without a run id, the list of the workflow's runs. */
export const temporalUrl = (config: UiConfig, workflowId: string, runId: string | null) =>
  `${uiBase(config)}/workflows/${encodeURIComponent(workflowId)}${runId ? `/${runId}` : ''}`;
export const temporalScheduleUrl = (config: UiConfig, id: string) =>
  `${uiBase(config)}/schedules/${encodeURIComponent(id)}`;

export const statusUrl = (requestUrl: string, workflowId: string) =>
  new URL(`/workflows/${encodeURIComponent(workflowId)}`, requestUrl).href;
export const clipUrl = (clipId: number | null) => (clipId === null ? null : `/clip/${clipId}/download`);
