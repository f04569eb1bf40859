/** What a running workflow's activities say of themselves: Temporal keeps the last heartbeat of each. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { RunDetail } from '../../contracts/http/workflows.ts';

export const workingOn = (description: WorkflowExecutionDescription): RunDetail['working'] =>
  (description.raw.pendingActivities ?? []).map(({ activityType, attempt, heartbeatDetails, lastFailure }) => {
    const [payload] = heartbeatDetails?.payloads ?? [];
    const details: unknown = payload ? defaultPayloadConverter.fromPayload(payload) : null;
    return {
      activity: activityType?.name ?? '',
      attempt: attempt ?? 1,
      details: typeof details === 'object' && details !== null && !Array.isArray(details) ? { ...details } : null,
      lastFailure: lastFailure?.message ?? null,
    };
  });
