/** Schedules: Temporal starts batches and libraries by the clock. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import {
  createScheduleBody,
  scheduleIdSchema,
  scheduleListSchema,
  scheduleSchema,
} from '../../contracts/http/schedules.ts';
import type { ApiDependencies } from '../deps.ts';
import { answerOnce } from '../idempotency.ts';
import { answer, body, createRouter, problems, type Router } from '../router.ts';
import { asking } from '../runs/temporal.ts';
import { createSchedule, listSchedules, readSchedule } from '../schedules.ts';

const params = z.object({ id: scheduleIdSchema });
const tags = ['schedules'];
const failures = problems('NOT_FOUND', 'INVALID_INPUT', 'TEMPORAL_UNAVAILABLE');

const createScheduleRoute = createRoute({
  method: 'post',
  path: '/schedules',
  tags,
  summary: 'Start a workflow by the clock; a run still under way is not started twice',
  request: { body: body(createScheduleBody) },
  responses: {
    201: answer(scheduleSchema, 'The schedule.'),
    ...problems('CONFLICT', 'INVALID_INPUT', 'UNKNOWN_KEYWORD', 'TEMPORAL_UNAVAILABLE'),
  },
});
const listRoute = createRoute({
  method: 'get',
  path: '/schedules',
  tags,
  summary: 'List schedules',
  responses: {
    200: answer(scheduleListSchema, 'All schedules of this namespace that start our workflows.'),
    ...failures,
  },
});
const getRoute = createRoute({
  method: 'get',
  path: '/schedules/{id}',
  tags,
  summary: 'One schedule',
  request: { params },
  responses: { 200: answer(scheduleSchema, 'The schedule.'), ...failures },
});
const deleteRoute = createRoute({
  method: 'delete',
  path: '/schedules/{id}',
  tags,
  summary: 'Delete a schedule; runs under way go on',
  request: { params },
  responses: { 204: { description: 'Deleted.' }, ...failures },
});
const steerRoute = <Path extends string>(path: Path, summary: string) =>
  createRoute({
    method: 'post',
    path,
    tags,
    summary,
    request: { params },
    responses: { 200: answer(scheduleSchema, 'The schedule as it is now.'), ...failures },
  });
const pauseRoute = steerRoute('/schedules/{id}/pause', 'Start nothing until resumed');
const resumeRoute = steerRoute('/schedules/{id}/resume', 'Go on');
const triggerRoute = steerRoute('/schedules/{id}/trigger', 'Start a run now');

export function scheduleRoutes(deps: ApiDependencies): Router {
  const router = createRouter();
  const { temporal } = deps;
  const handle = (id: string) => temporal.schedule.getHandle(id);
  const ask = <Result>(id: string, call: () => Promise<Result>) => asking(temporal, `schedule "${id}"`, call);

  router.openapi(createScheduleRoute, async (c) => {
    const wish = c.req.valid('json');
    const { body: created } = await answerOnce(c, deps.database, {
      payload: wish,
      schema: scheduleSchema,
      work: async () => {
        await createSchedule(deps, wish);
        return { status: 201, body: await readSchedule(deps, wish.id, c.req.url) };
      },
    });
    return c.json(created, 201);
  });

  router.openapi(listRoute, async (c) => c.json({ items: await listSchedules(deps, c.req.url) }, 200));
  router.openapi(getRoute, async (c) => c.json(await readSchedule(deps, c.req.valid('param').id, c.req.url), 200));

  router.openapi(deleteRoute, async (c) => {
    const { id } = c.req.valid('param');
    await ask(id, () => handle(id).delete());
    return c.body(null, 204);
  });
  router.openapi(pauseRoute, async (c) => {
    const { id } = c.req.valid('param');
    await ask(id, () => handle(id).pause('paused by the API'));
    return c.json(await readSchedule(deps, id, c.req.url), 200);
  });
  router.openapi(resumeRoute, async (c) => {
    const { id } = c.req.valid('param');
    await ask(id, () => handle(id).unpause('resumed by the API'));
    return c.json(await readSchedule(deps, id, c.req.url), 200);
  });
  router.openapi(triggerRoute, async (c) => {
    const { id } = c.req.valid('param');
    await ask(id, () => handle(id).trigger());
    return c.json(await readSchedule(deps, id, c.req.url), 200);
  });
  return router;
}
