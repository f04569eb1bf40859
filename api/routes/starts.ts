/** POST /workflows/…: each starts one workflow and answers at once. */
import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import { TapeworksError } from '../../contracts/errors.ts';
import { startedSchema } from '../../contracts/http/common.ts';
import {
  batchGenerateBody,
  enhanceSignalsBody,
  generateStrategyBody,
  mediaStartedSchema,
  processLibraryBody,
  processMediaBody,
  reindexBody,
} from '../../contracts/http/starts.ts';
import type { StartRequest } from '../../clients/temporal/outbox.ts';
import type { ApiDependencies } from '../deps.ts';
import { answerOnce } from '../idempotency.ts';
import { statusUrl, temporalUrl } from '../links.ts';
import { findMedia } from '../media/find.ts';
import { inspectPath } from '../media/inspect.ts';
import { canonicalKeywords } from '../media/plan.ts';
import { submitFile, submitItem } from '../media/submit.ts';
import { answer, body, createRouter, problems, type Router } from '../router.ts';
import { planBatch, planEnhancement, planLibrary, planReindex, planStrategy } from '../runs/plans.ts';
import { joinRunning, start } from '../runs/start.ts';
import { requireTemporal } from '../runs/temporal.ts';

const headers = z.object({ 'idempotency-key': z.string().max(200).optional() });

const startRoute = <Path extends string, Body extends z.ZodType, Answer extends z.ZodType>(
  path: Path,
  summary: string,
  schema: Body,
  started: Answer,
) =>
  createRoute({
    method: 'post',
    path,
    tags: ['workflows'],
    summary,
    request: { headers, body: body(schema) },
    responses: {
      200: answer(started, 'A run of this is under way; it was joined.'),
      202: answer(started, 'Started.'),
      ...problems(
        'MALFORMED_REQUEST',
        'NOT_FOUND',
        'CONFLICT',
        'ALREADY_DONE',
        'INVALID_INPUT',
        'UNKNOWN_KEYWORD',
        'TEMPORAL_UNAVAILABLE',
      ),
    },
  });

const mediaRoute = startRoute(
  '/workflows/process-media',
  'Process one media item, from file to rated signals',
  processMediaBody,
  mediaStartedSchema,
);
const libraryRoute = startRoute(
  '/workflows/process-library',
  'Process every media file of a folder',
  processLibraryBody,
  startedSchema,
);
const strategyRoute = startRoute(
  '/workflows/generate-strategy',
  "Generate one keyword's strategy",
  generateStrategyBody,
  startedSchema,
);
const signalsRoute = startRoute(
  '/workflows/enhance-signals',
  'Rate pending signals',
  enhanceSignalsBody,
  startedSchema,
);
const batchRoute = startRoute(
  '/workflows/batch-generate',
  'Generate strategies for many keywords',
  batchGenerateBody,
  startedSchema,
);

const reindexRoute = startRoute(
  '/workflows/reindex',
  'Rebuild the vector index beside the live one, compare, swap or drop it; or go back',
  reindexBody,
  startedSchema,
);

export function startRoutes(deps: ApiDependencies): Router {
  const router = createRouter();

  /** Joins the run of this id if its inputs are the same, else starts one. */
  const startOnce = (c: Context, payload: object, plan: () => StartRequest | Promise<StartRequest>) =>
    answerOnce(c, deps.database, {
      payload,
      schema: startedSchema,
      work: async () => {
        await requireTemporal(deps.temporal);
        const request = await plan();
        const outcome =
          (await joinRunning(deps, request, { sameInput: true })) ?? (await start(deps, async () => request));
        const status: 200 | 202 = outcome.reused ? 200 : 202;
        return {
          status,
          body: {
            ...outcome,
            statusUrl: statusUrl(c.req.url, outcome.workflowId),
            temporalUrl: temporalUrl(deps.config, outcome.workflowId, outcome.runId),
          },
        };
      },
    });

  router.openapi(mediaRoute, async (c) => {
    const wish = c.req.valid('json');
    const { media_id, video_id, path, from_stage: fromStage, force, ...options } = wish;
    const { status, body } = await answerOnce(c, deps.database, {
      payload: wish,
      schema: mediaStartedSchema,
      work: async () => {
        canonicalKeywords(await deps.lexicon(), options.keywords);
        await requireTemporal(deps.temporal);
        if (path === undefined || fromStage !== null) {
          const item = await findMedia(
            deps.database,
            path === undefined ? String(media_id ?? video_id) : await videoIdAt(path, c),
          );
          return await submitItem(deps, item, options, { force, fromStage }, c.req.url);
        }
        const file = await inspectPath(deps, path, c.req.raw.signal);
        const submitted = await submitFile(deps, file, { ...options, force, process: true }, c.req.url);
        return { ...submitted, status: submitted.status === 200 ? 200 : 202 };
      },
    });
    return c.json(body, status);
  });

  /** A run from a later stage needs what an earlier one stored: the file has to be registered. */
  const videoIdAt = async (path: string, c: Context): Promise<string> => {
    const { contentHash } = await inspectPath(deps, path, c.req.raw.signal);
    const item = await deps.database.mediaItem.findUnique({ where: { contentHash }, select: { videoId: true } });
    return item?.videoId ?? path;
  };

  router.openapi(libraryRoute, async (c) => {
    const wish = c.req.valid('json');
    const { status, body } = await startOnce(c, wish, () => planLibrary(deps, wish));
    return c.json(body, status);
  });
  router.openapi(strategyRoute, async (c) => {
    const wish = c.req.valid('json');
    const { status, body } = await startOnce(c, wish, () => planStrategy(deps, wish));
    return c.json(body, status);
  });
  router.openapi(signalsRoute, async (c) => {
    const wish = c.req.valid('json');
    const { status, body } = await startOnce(c, wish, () => planEnhancement(deps, wish));
    return c.json(body, status);
  });
  router.openapi(batchRoute, async (c) => {
    const wish = c.req.valid('json');
    const { status, body } = await startOnce(c, wish, () => planBatch(deps, wish));
    return c.json(body, status);
  });
  router.openapi(reindexRoute, async (c) => {
    const wish = c.req.valid('json');
    const { status, body } = await startOnce(c, wish, () => planReindex(wish));
    return c.json(body, status);
  });
  // A misspelt name would else read as "this run takes no POST".
  router.post('/workflows/:name', (c) => {
    const names = [mediaRoute, libraryRoute, strategyRoute, signalsRoute, batchRoute, reindexRoute].map(
      ({ path }) => path.split('/')[2],
    );
    throw new TapeworksError(
      'NOT_FOUND',
      `There is no workflow "${c.req.param('name').slice(0, 60)}"; there are ${names.join(', ')}.`,
    );
  });
  return router;
}
