/** Strategies and signals. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { TapeworksError } from '../../contracts/errors.ts';
import { timeframeSchema } from '../../contracts/candles.ts';
import {
  signalAnswerSchema,
  signalPageSchema,
  strategyAnswerSchema,
  strategyPageSchema,
} from '../../contracts/http/results.ts';
import { STRATEGY_STATUSES, strategyRulesSchema } from '../../contracts/strategies.ts';
import type { ApiDependencies } from '../deps.ts';
import { findMedia } from '../media/find.ts';
import { idParam, optionalId, pageQuery, shortText, toPage } from '../query.ts';
import { answer, createRouter, problems, type Router } from '../router.ts';
import { showCitation, showSignal, showStrategy } from '../show/results.ts';

const strategiesRoute = createRoute({
  method: 'get',
  path: '/strategies',
  tags: ['strategies'],
  summary: 'List strategies, newest first',
  request: {
    query: pageQuery.extend({
      keyword: shortText,
      media: shortText.meta({ description: 'Id or video_id: strategies that rest on this item.' }),
      status: z.enum(STRATEGY_STATUSES).optional(),
    }),
  },
  responses: { 200: answer(strategyPageSchema, 'A page.'), ...problems('NOT_FOUND', 'INVALID_INPUT') },
});
const schemaRoute = createRoute({
  method: 'get',
  path: '/strategies/schema',
  tags: ['strategies'],
  summary: 'JSON Schema of the rule language',
  responses: { 200: answer(z.record(z.string(), z.unknown()), 'The schema.') },
});
const strategyRoute = createRoute({
  method: 'get',
  path: '/strategies/{id}',
  tags: ['strategies'],
  summary: 'A strategy with its rules and the moments each rests on',
  request: { params: idParam },
  responses: { 200: answer(strategyAnswerSchema, 'The strategy.'), ...problems('NOT_FOUND', 'INVALID_INPUT') },
});
const signalsRoute = createRoute({
  method: 'get',
  path: '/signals',
  tags: ['signals'],
  summary: 'List signals with their ratings, newest first',
  request: {
    query: pageQuery.extend({
      strategy_id: optionalId,
      symbol: shortText,
      timeframe: timeframeSchema.optional(),
      signal_type: z.enum(['long', 'short']).optional(),
      status: z.enum(['pending', 'done', 'failed']).optional(),
      min_rating: z.enum(['1', '2', '3', '4', '5']).transform(Number).optional(),
    }),
  },
  responses: { 200: answer(signalPageSchema, 'A page.'), ...problems('INVALID_INPUT') },
});
const signalRoute = createRoute({
  method: 'get',
  path: '/signals/{id}',
  tags: ['signals'],
  summary: 'One signal',
  request: { params: idParam },
  responses: { 200: answer(signalAnswerSchema, 'The signal.'), ...problems('NOT_FOUND', 'INVALID_INPUT') },
});

const counts = { _count: { select: { citations: true, signals: true } } } as const;
const rated = { tasks: { include: { result: true }, take: 1 } } as const;

export function resultRoutes({ database }: ApiDependencies): Router {
  const router = createRouter();

  router.openapi(strategiesRoute, async (c) => {
    const { limit, cursor, keyword, media, status } = c.req.valid('query');
    const item = media ? await findMedia(database, media) : null;
    const rows = await database.strategy.findMany({
      where: {
        ...(cursor === undefined ? {} : { id: { lt: cursor } }),
        ...(keyword ? { keyword: { equals: keyword, mode: 'insensitive' } } : {}),
        ...(item ? { mediaItemIds: { has: item.id } } : {}),
        ...(status ? { status } : {}),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
      include: counts,
    });
    return c.json(toPage(rows, limit, showStrategy), 200);
  });

  // Before {id}, which would take "schema" for one.
  router.openapi(schemaRoute, (c) => c.json({ ...z.toJSONSchema(strategyRulesSchema) }, 200));

  router.openapi(strategyRoute, async (c) => {
    const { id } = c.req.valid('param');
    const row = await database.strategy.findUnique({
      where: { id },
      include: {
        ...counts,
        citations: {
          orderBy: [{ ruleId: 'asc' }, { startMs: 'asc' }],
          include: { cue: { select: { mediaItemId: true, media: { select: { videoId: true } } } } },
        },
      },
    });
    if (!row) throw new TapeworksError('NOT_FOUND', `There is no strategy ${id}.`);
    const rules = strategyRulesSchema.parse(row.rules);
    return c.json({ ...showStrategy(row), strategy: row.text, rules, citations: row.citations.map(showCitation) }, 200);
  });

  router.openapi(signalsRoute, async (c) => {
    const { limit, cursor, strategy_id, symbol, timeframe, signal_type, status, min_rating } = c.req.valid('query');
    const rows = await database.signal.findMany({
      where: {
        ...(cursor === undefined ? {} : { id: { lt: cursor } }),
        ...(strategy_id === undefined ? {} : { strategyId: strategy_id }),
        ...(symbol ? { symbol: { equals: symbol, mode: 'insensitive' } } : {}),
        ...(timeframe ? { timeframe } : {}),
        ...(signal_type ? { type: signal_type } : {}),
        ...(status ? { tasks: { some: { status } } } : {}),
        ...(min_rating === undefined ? {} : { results: { some: { rating: { gte: min_rating } } } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
      include: rated,
    });
    return c.json(toPage(rows, limit, showSignal), 200);
  });

  router.openapi(signalRoute, async (c) => {
    const { id } = c.req.valid('param');
    const row = await database.signal.findUnique({ where: { id }, include: rated });
    if (!row) throw new TapeworksError('NOT_FOUND', `There is no signal ${id}.`);
    return c.json(showSignal(row), 200);
  });
  return router;
}
