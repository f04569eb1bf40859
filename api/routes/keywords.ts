/** The lexicon: what keywords the product looks for. */
import { createRoute } from '@hono/zod-openapi';
import { categorySchema } from '../../contracts/keywords.ts';
import { keywordListSchema } from '../../contracts/http/results.ts';
import { hasRuleMeaning } from '../../domain/strategies/meanings/registry.ts';
import { z } from 'zod';
import type { ApiDependencies } from '../deps.ts';
import { optionalFlag, shortText } from '../query.ts';
import { answer, createRouter, problems, type Router } from '../router.ts';

const listRoute = createRoute({
  method: 'get',
  path: '/keywords',
  tags: ['keywords'],
  summary: 'Terms of the lexicon',
  request: {
    query: z.object({
      category: categorySchema.optional(),
      q: shortText.meta({ description: 'Part of a term or of a variant, whatever the case.' }),
      rules: optionalFlag.meta({ description: 'true: only terms that trading rules can express.' }),
    }),
  },
  responses: { 200: answer(keywordListSchema, 'The terms, in alphabetical order.'), ...problems('INVALID_INPUT') },
});

export function keywordRoutes({ database, lexicon }: ApiDependencies): Router {
  const router = createRouter();
  router.openapi(listRoute, async (c) => {
    const { category, q, rules } = c.req.valid('query');
    const wanted = q?.toLowerCase();
    const groups = await database.keywordHit.groupBy({ by: ['keyword'], _count: { _all: true } });
    const hits = new Map(groups.map(({ keyword, _count }) => [keyword, _count._all]));
    const items = lexicon.terms
      .filter((term) => category === undefined || term.category === category)
      .filter(
        (term) =>
          wanted === undefined || [term.keyword, ...term.variants].some((text) => text.toLowerCase().includes(wanted)),
      )
      .map((term) => ({
        keyword: term.keyword,
        category: term.category,
        variants: term.variants,
        rules: hasRuleMeaning(term.keyword),
        hits: hits.get(term.keyword) ?? 0,
      }))
      .filter((term) => rules === undefined || term.rules === rules)
      .sort((a, b) => a.keyword.localeCompare(b.keyword));
    return c.json({ version: lexicon.version, total: items.length, items }, 200);
  });
  return router;
}
