/** A run's changes as server-sent events. */
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { RunDetail } from '../../contracts/http/workflows.ts';
import { hashJson } from '../../domain/hash.ts';
import type { ApiDependencies } from '../deps.ts';
import { toProblem, toTapeworksError } from '../problem.ts';
import { type ApiEnv, createRouter, problems, type Router } from '../router.ts';
import { readRun } from '../runs/read.ts';

const POLL_MS = 1_000;
/** Proxies close connections that are silent for long. */
const SILENT_POLLS = 15;

const description = {
  method: 'get' as const,
  path: '/workflows/{id}/events',
  tags: ['workflows'],
  summary: "A run's progress as server-sent events",
  description:
    'Event `progress` holds the run as GET /workflows/{id} does, first as it is, then at each change; event `end` is the last one. Ids name states: with Last-Event-ID a state already seen is not sent again.',
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: { description: 'The stream.', content: { 'text/event-stream': { schema: { type: 'string' as const } } } },
    ...problems('NOT_FOUND'),
  },
};

/** A state's id: equal states are one. */
const stateId = (run: RunDetail): string => hashJson(run).slice(0, 16);
const hasEnded = (run: RunDetail): boolean => run.status !== 'running' && run.status !== 'waiting';

export function eventRoutes(deps: ApiDependencies): Router {
  const router = createRouter();
  router.openAPIRegistry.registerPath(description);

  router.get('/workflows/:id/events', async (c: Context<ApiEnv>) => {
    const id = c.req.param('id') ?? '';
    const read = () => readRun(deps, id, undefined, c.req.url);
    // Before the stream begins, so that an unknown run is a 404.
    const first = await read();
    let seen = c.req.header('last-event-id') ?? '';
    return streamSSE(
      c,
      async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const signal = AbortSignal.any([gone.signal, deps.closing]);
        let silent = 0;
        for (let run = first; !signal.aborted; run = await read()) {
          const state = stateId(run);
          silent = state === seen ? silent + 1 : 0;
          if (state !== seen) await stream.writeSSE({ event: 'progress', id: state, data: JSON.stringify(run) });
          else if (silent % SILENT_POLLS === 0) await stream.write(': still here\n\n');
          seen = state;
          if (hasEnded(run)) {
            await stream.writeSSE({ event: 'end', id: state, data: JSON.stringify({ status: run.status }) });
            return;
          }
          await pause(signal);
        }
      },
      async (error, stream) => {
        const context = { instance: c.req.path, correlationId: c.get('correlationId') };
        c.get('log').warn({ err: error }, 'event stream broke off');
        await stream.writeSSE({ event: 'problem', data: JSON.stringify(toProblem(toTapeworksError(error), context)) });
      },
    );
  });
  return router;
}

/** Ends early, without an error, when the client or the process goes. */
async function pause(signal: AbortSignal): Promise<void> {
  try {
    await sleep(POLL_MS, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
