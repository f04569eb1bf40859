/** Runs: list, look at, steer, and take the result of. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { isErrorCode, TapeworksError } from '../../contracts/errors.ts';
import { MAX_ID, startedSchema } from '../../contracts/http/common.ts';
import {
  notYetSchema,
  type RunDetail,
  reasonBody,
  rerunBody,
  runDetailSchema,
  runPageSchema,
  shownStatusSchema,
} from '../../contracts/http/workflows.ts';
import { WORKFLOW_TYPES, type WorkflowType } from '../../contracts/names.ts';
import type { ApiDependencies } from '../deps.ts';
import { answerOnce } from '../idempotency.ts';
import { statusUrl, temporalUrl } from '../links.ts';
import { pageQuery, shortText, toPage } from '../query.ts';
import { answer, createRouter, problems, type Router } from '../router.ts';
import { readRun, summaryOf, withMedia } from '../runs/read.ts';
import { cancelRun, rerun, updateRun } from '../runs/steer.ts';

const kebab = (type: WorkflowType) => type.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const TYPE_NAMES = new Map<string, WorkflowType>(
  WORKFLOW_TYPES.flatMap((type) => [
    [type, type],
    [kebab(type), type],
  ]),
);
const idPath = z.object({ id: z.string().min(1).max(1_000).meta({ description: 'Workflow id, URL-encoded.' }) });
const oneRun = z.object({
  runId: z.string().max(100).optional().meta({ description: 'An earlier run of the workflow; else the newest.' }),
});
const steering = problems(
  'NOT_FOUND',
  'RUN_NOT_ACTIVE',
  'CONFLICT',
  'INVALID_INPUT',
  'NO_WORKER',
  'TEMPORAL_UNAVAILABLE',
);
const optionalBody = <Schema extends z.ZodType>(schema: Schema) => ({
  content: { 'application/json': { schema } },
  required: false,
});

const listRoute = createRoute({
  method: 'get',
  path: '/workflows',
  tags: ['workflows'],
  summary: 'List runs, newest first',
  request: {
    query: pageQuery.extend({
      type: z.enum([...TYPE_NAMES.keys()] as [string, ...string[]]).optional(),
      status: shownStatusSchema.exclude(['waiting']).optional(),
      media: shortText.meta({ description: 'Id or video_id of a media item.' }),
      keyword: shortText,
    }),
  },
  responses: { 200: answer(runPageSchema, 'A page of runs.'), ...problems('INVALID_INPUT') },
});
const getRoute = createRoute({
  method: 'get',
  path: '/workflows/{id}',
  tags: ['workflows'],
  summary: 'A run: stage, counts, failures with what to do',
  request: { params: idPath, query: oneRun },
  responses: { 200: answer(runDetailSchema, 'The run.'), ...problems('NOT_FOUND', 'INVALID_INPUT') },
});
const resultRoute = createRoute({
  method: 'get',
  path: '/workflows/{id}/result',
  tags: ['workflows'],
  summary: "A run's result; its failure as a problem",
  request: { params: idPath, query: oneRun },
  responses: {
    200: answer(z.record(z.string(), z.unknown()), 'The result.'),
    202: answer(notYetSchema, 'It has not ended yet.'),
    ...problems('NOT_FOUND', 'INVALID_INPUT', 'CANCELLED', 'INTERNAL'),
  },
});
const steerRoute = <Path extends string, Schema extends z.ZodType>(path: Path, summary: string, schema: Schema) =>
  createRoute({
    method: 'post',
    path,
    tags: ['workflows'],
    summary,
    request: { params: idPath, body: optionalBody(schema) },
    responses: { 200: answer(runDetailSchema, 'The run as it is now.'), ...steering },
  });
const pauseRoute = steerRoute('/workflows/{id}/pause', 'Pause before the next stage', reasonBody);
const resumeRoute = steerRoute('/workflows/{id}/resume', 'Go on', z.strictObject({}));
const cancelRoute = steerRoute('/workflows/{id}/cancel', 'Cancel; works without a worker too', reasonBody);
const rerunRoute = createRoute({
  method: 'post',
  path: '/workflows/{id}/rerun',
  tags: ['workflows'],
  summary: 'Go back to a stage, or start an ended run anew from it',
  request: { params: idPath, body: optionalBody(rerunBody) },
  responses: {
    200: answer(startedSchema, 'The running run goes back to the stage.'),
    202: answer(startedSchema, 'Started anew.'),
    ...steering,
  },
});

export function runRoutes(deps: ApiDependencies): Router {
  const router = createRouter();
  const { config, database } = deps;

  router.openapi(listRoute, async (c) => {
    const { limit, cursor, type, status, media, keyword } = c.req.valid('query');
    const mediaId = media && /^\d{1,10}$/.test(media) && Number(media) <= MAX_ID ? Number(media) : null;
    const rows = await database.run.findMany({
      where: {
        ...(cursor === undefined ? {} : { id: { lt: cursor } }),
        ...(type ? { workflowType: TYPE_NAMES.get(type) ?? type } : {}),
        ...(status ? { status } : {}),
        ...(media
          ? { OR: [{ media: { videoId: media } }, ...(mediaId === null ? [] : [{ mediaItemId: mediaId }])] }
          : {}),
        ...(keyword ? { keyword: { equals: keyword, mode: 'insensitive' } } : {}),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
      include: withMedia,
    });
    return c.json(
      toPage(rows, limit, (row) => summaryOf(config, c.req.url, row)),
      200,
    );
  });

  router.openapi(getRoute, async (c) =>
    c.json(await readRun(deps, c.req.valid('param').id, c.req.valid('query').runId, c.req.url), 200),
  );

  router.openapi(resultRoute, async (c) => {
    const run = await readRun(deps, c.req.valid('param').id, c.req.valid('query').runId, c.req.url);
    if (run.status === 'running' || run.status === 'waiting') {
      c.header('Retry-After', '2');
      return c.json({ status: run.status, stage: run.stage, statusUrl: run.statusUrl }, 202);
    }
    if (run.status === 'completed') {
      const row = await database.run.findFirst({
        where: { workflowId: run.workflowId, ...(run.runId ? { runId: run.runId } : {}) },
      });
      return c.json(Object.fromEntries(Object.entries(row?.result ?? {})), 200);
    }
    if (run.status === 'cancelled')
      throw new TapeworksError('CANCELLED', `It was cancelled${run.cancelReason ? `: ${run.cancelReason}` : '.'}`);
    if (run.status === 'continued')
      throw new TapeworksError('CONFLICT', 'This run went on as a newer one; ask without runId.');
    throw failureError(run);
  });

  router.openapi(pauseRoute, async (c) => {
    const { id } = c.req.valid('param');
    await updateRun(deps, id, 'pause', { reason: c.req.valid('json').reason ?? '' });
    return c.json(await readRun(deps, id, undefined, c.req.url), 200);
  });
  router.openapi(resumeRoute, async (c) => {
    const { id } = c.req.valid('param');
    await updateRun(deps, id, 'resume');
    return c.json(await readRun(deps, id, undefined, c.req.url), 200);
  });
  router.openapi(cancelRoute, async (c) => {
    const { id } = c.req.valid('param');
    await cancelRun(deps, id, c.req.valid('json').reason ?? '');
    return c.json(await readRun(deps, id, undefined, c.req.url), 200);
  });

  router.openapi(rerunRoute, async (c) => {
    const { id } = c.req.valid('param');
    const { from } = c.req.valid('json');
    const { status, body } = await answerOnce(c, database, {
      payload: { from: from ?? null },
      schema: startedSchema,
      work: async () => {
        const started = await rerun(deps, id, from);
        const outcome = started ?? {
          workflowId: id,
          runId: (await readRun(deps, id, undefined, c.req.url)).runId,
          reused: true,
        };
        const status: 200 | 202 = started ? 202 : 200;
        const links = { statusUrl: statusUrl(c.req.url, id), temporalUrl: temporalUrl(config, id, outcome.runId) };
        return { status, body: { ...outcome, ...links } };
      },
    });
    return c.json(body, status);
  });
  return router;
}

/** What the run wrote down as its failure, under its own code where that is one of the taxonomy. */
function failureError({ status, failures }: RunDetail): TapeworksError {
  const failure = failures.at(-1);
  if (!failure) return new TapeworksError('INTERNAL', `The run ${status} without saying why.`);
  const { code, message, stage, remedy } = failure;
  if (isErrorCode(code)) return new TapeworksError(code, message, { stage });
  return new TapeworksError(status === 'terminated' ? 'CANCELLED' : 'INTERNAL', message, {
    stage,
    failure: code,
    remedy,
  });
}
