/** Whether the process lives, and whether it and all it needs can work. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { readinessSchema } from '../../contracts/http/results.ts';
import { healthSchema, type Stats } from '../../contracts/http/search.ts';
import type { ApiDependencies } from '../deps.ts';
import { readiness } from '../readiness.ts';
import { searchStats } from '../search/stats.ts';
import { answer, createRouter, type Router } from '../router.ts';

/** Open to all and asked often, while counting walks through the table of vectors. */
const STATISTICS_KEPT_MS = 10_000;

const liveRoute = createRoute({
  method: 'get',
  path: '/health/live',
  tags: ['health'],
  summary: 'The process answers',
  responses: { 200: answer(z.object({ status: z.literal('ok') }), 'It does.') },
});
const readyRoute = createRoute({
  method: 'get',
  path: '/health/ready',
  tags: ['health'],
  summary: 'Database, Qdrant, embedding model, LLM, and a worker on every queue',
  responses: {
    200: answer(
      readinessSchema,
      'Ready. An LLM that is away is named, but with LLM_BACKEND=auto the offline backend stands in.',
    ),
    503: answer(readinessSchema, 'Not ready; each failed check says what to do.'),
  },
});

const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  tags: ['health'],
  summary: 'Readiness together with what the indices held within the last 10 s',
  responses: {
    200: answer(healthSchema, 'Ready.'),
    503: answer(healthSchema, 'Not ready; `statistics` is null where they cannot be had.'),
  },
});

export function healthRoutes(deps: ApiDependencies): Router {
  const router = createRouter();
  const countNow = () =>
    searchStats(deps).catch((error: unknown) => {
      // What is away is among the checks, with its remedy.
      deps.log.warn({ err: error }, 'no statistics');
      return null;
    });
  let counted = { atMs: -Infinity, statistics: Promise.resolve<Stats | null>(null) };
  const statisticsOfLate = () => {
    if (Date.now() - counted.atMs >= STATISTICS_KEPT_MS) counted = { atMs: Date.now(), statistics: countNow() };
    return counted.statistics;
  };
  router.openapi(liveRoute, (c) => c.json({ status: 'ok' as const }, 200));
  router.openapi(readyRoute, async (c) => {
    const state = await readiness(deps);
    c.header('Cache-Control', 'no-store');
    return c.json(state, state.ready ? 200 : 503);
  });
  router.openapi(healthRoute, async (c) => {
    const [state, statistics] = await Promise.all([readiness(deps), statisticsOfLate()]);
    c.header('Cache-Control', 'no-store');
    const status = state.ready ? ('healthy' as const) : ('unhealthy' as const);
    return c.json({ status, checks: state.checks, statistics }, state.ready ? 200 : 503);
  });
  return router;
}
