/** The lexicon: what keywords the product looks for. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Database } from '../../clients/database/client.ts';
import {
  addedKeywordSchema,
  keywordAnswerSchema,
  keywordListSchema,
  newKeywordSchema,
} from '../../contracts/http/keywords.ts';
import { categorySchema, type LexiconTerm } from '../../contracts/keywords.ts';
import { hasRuleMeaning } from '../../domain/strategies/meanings/registry.ts';
import type { ApiDependencies } from '../deps.ts';
import { optionalFlag, shortText } from '../query.ts';
import { answer, body, createRouter, problems, type Router } from '../router.ts';

const listRoute = createRoute({
  method: 'get',
  path: '/keywords',
  tags: ['keywords'],
  summary: 'Terms of the lexicon',
  request: {
    query: z.object({
      category: categorySchema.optional(),
      source: z.enum(['built-in', 'file', 'added']).optional(),
      q: shortText.meta({ description: 'Part of a term or of a spelling, whatever the case.' }),
      rules: optionalFlag.meta({ description: 'true: only terms that trading rules can express.' }),
    }),
  },
  responses: { 200: answer(keywordListSchema, 'The terms, in alphabetical order.'), ...problems('INVALID_INPUT') },
});

const addRoute = createRoute({
  method: 'post',
  path: '/keywords',
  tags: ['keywords'],
  summary: 'Add a term',
  description:
    'Looked for from the next detection on, without a restart. Media processed before can be processed again without "force".',
  request: { body: body(newKeywordSchema) },
  responses: {
    201: answer(addedKeywordSchema, 'The term was added.'),
    ...problems('INVALID_INPUT', 'MALFORMED_REQUEST', 'CONFLICT'),
  },
});

const removeRoute = createRoute({
  method: 'delete',
  path: '/keywords/{keyword}',
  tags: ['keywords'],
  summary: 'Delete an added term',
  description: 'Its hits stay until their media is processed again.',
  request: { params: z.object({ keyword: z.string().min(1).max(100) }) },
  responses: { 204: { description: 'It is gone.' }, ...problems('NOT_FOUND', 'CONFLICT', 'INVALID_INPUT') },
});

export function keywordRoutes({ database, lexiconStore }: ApiDependencies): Router {
  const router = createRouter();
  router.openapi(listRoute, async (c) => {
    const { category, source, q, rules } = c.req.valid('query');
    const { version, terms } = await lexiconStore.current();
    const hits = await hitCounts(database);
    const items = terms
      .filter((term) => category === undefined || term.category === category)
      .filter((term) => source === undefined || term.source === source)
      .filter((term) => q === undefined || mentions(term, q.toLowerCase()))
      .map((term) => show(term, hits))
      .filter((term) => rules === undefined || term.rules === rules)
      .sort((a, b) => a.keyword.localeCompare(b.keyword));
    const leftOut = (await lexiconStore.leftOut()).map(({ term, problems: found }) => ({
      keyword: term.keyword,
      reason: found.map(({ message }) => message).join(' '),
    }));
    return c.json({ version, total: items.length, items, left_out: leftOut }, 200);
  });
  router.openapi(addRoute, async (c) => {
    const term = await lexiconStore.add(c.req.valid('json'));
    const { version } = await lexiconStore.current();
    return c.json({ version, term: show(term, await hitCounts(database)) }, 201);
  });
  router.openapi(removeRoute, async (c) => {
    await lexiconStore.remove(c.req.valid('param').keyword);
    return c.body(null, 204);
  });
  return router;
}

async function hitCounts(database: Database): Promise<Map<string, number>> {
  const groups = await database.keywordHit.groupBy({ by: ['keyword'], _count: { _all: true } });
  return new Map(groups.map(({ keyword, _count }) => [keyword, _count._all]));
}

const mentions = ({ keyword, variants, misheard, loose }: LexiconTerm, wanted: string) =>
  [keyword, ...variants, ...misheard, ...loose.flatMap((own) => own.variants)].some((text) =>
    text.toLowerCase().includes(wanted),
  );

const show = (term: LexiconTerm, hits: Map<string, number>): z.infer<typeof keywordAnswerSchema> => ({
  ...term,
  rules: hasRuleMeaning(term.keyword),
  hits: hits.get(term.keyword) ?? 0,
});
