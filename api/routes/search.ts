/** Search over transcripts, frames and clips; vectors of posted segments; what the indices hold. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { startedSchema } from '../../contracts/http/common.ts';
import {
  embedAnswerSchema,
  embedBody,
  searchAnswerSchema,
  searchBody,
  type SearchAnswer,
  statsSchema,
} from '../../contracts/http/search.ts';
import { SEARCHABLE_TYPES, type SearchableType } from '../../contracts/names.ts';
import type { ApiDependencies } from '../deps.ts';
import { statusUrl, temporalUrl } from '../links.ts';
import { answer, body, createRouter, problems, type Router } from '../router.ts';
import { embedSegments } from '../search/embed-segments.ts';
import { searchQuery, toWish } from '../search/query.ts';
import { runSearch } from '../search/run-search.ts';
import { searchStats } from '../search/stats.ts';

const found = {
  200: answer(searchAnswerSchema, 'The moments, best first.'),
  ...problems(
    'INVALID_INPUT',
    'UNKNOWN_KEYWORD',
    'NOT_FOUND',
    'QDRANT_UNAVAILABLE',
    'EMBEDDER_UNAVAILABLE',
    'RERANKER_UNAVAILABLE',
    'INDEX_MISSING',
  ),
};
const searchRoute = createRoute({
  method: 'post',
  path: '/search',
  tags: ['search'],
  summary: 'Moments by meaning, by words, or by both',
  request: { body: body(searchBody) },
  responses: { ...found, ...problems('MALFORMED_REQUEST', 'INVALID_INPUT', 'PAYLOAD_TOO_LARGE') },
});
const getRoute = <Path extends string>(path: Path, summary: string) =>
  createRoute({
    method: 'get',
    path,
    tags: ['search'],
    summary,
    request: { query: searchQuery },
    responses: found,
  });
const TYPED: Record<'transcripts' | 'frames' | 'clips', SearchableType> = {
  transcripts: 'transcript',
  frames: 'frame',
  clips: 'clip',
};
const typedRoutes = [
  { route: getRoute('/search/transcripts', 'What is said'), type: TYPED.transcripts },
  { route: getRoute('/search/frames', 'What is read on screen'), type: TYPED.frames },
  { route: getRoute('/search/clips', 'Cut moments'), type: TYPED.clips },
];
const allRoute = getRoute('/search/all', 'Transcripts, frames and clips together');
const embeddingsRoute = createRoute({
  method: 'get',
  path: '/embeddings/search',
  tags: ['search'],
  summary: 'POST /search by query parameters',
  request: { query: searchQuery.extend({ embedding_type: z.enum(SEARCHABLE_TYPES).default('transcript') }) },
  responses: found,
});
const embedRoute = createRoute({
  method: 'post',
  path: '/embed',
  tags: ['search'],
  summary: 'Embed texts of your own for a media item, and put them into the index',
  request: {
    headers: z.object({
      prefer: z.string().optional().meta({ description: '"respond-async": 202 at once.' }),
    }),
    body: body(embedBody),
  },
  responses: {
    200: answer(embedAnswerSchema, 'They have their vectors, and can be searched.'),
    202: answer(startedSchema, 'Under way: asked not to wait, or longer than 30 s.'),
    ...problems(
      'MALFORMED_REQUEST',
      'NOT_FOUND',
      'INVALID_INPUT',
      'PAYLOAD_TOO_LARGE',
      'TEMPORAL_UNAVAILABLE',
      'EMBEDDER_UNAVAILABLE',
    ),
  },
});
const statsRoute = createRoute({
  method: 'get',
  path: '/stats',
  tags: ['search'],
  summary: 'Vectors of each index, model, dimension, device, size',
  responses: {
    200: answer(statsSchema, 'As of now.'),
    ...problems('QDRANT_UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'EMBEDDER_UNAVAILABLE', 'INDEX_MISSING'),
  },
});

export function searchRoutes(deps: ApiDependencies): Router {
  const router = createRouter();
  const search = (wish: Parameters<typeof runSearch>[1], types: readonly SearchableType[]): Promise<SearchAnswer> =>
    runSearch(deps, wish, types);

  router.openapi(searchRoute, async (c) => {
    const { embedding_type, ...wish } = c.req.valid('json');
    return c.json(await search(wish, [embedding_type]), 200);
  });
  for (const { route, type } of typedRoutes)
    router.openapi(route, async (c) => c.json(await search(toWish(c.req.valid('query')), [type]), 200));
  router.openapi(allRoute, async (c) => c.json(await search(toWish(c.req.valid('query')), SEARCHABLE_TYPES), 200));
  router.openapi(embeddingsRoute, async (c) => {
    const { embedding_type, ...query } = c.req.valid('query');
    return c.json(await search(toWish(query), [embedding_type]), 200);
  });

  router.openapi(embedRoute, async (c) => {
    const wait = !/(?:^|[,;\s])respond-async(?:$|[,;\s])/i.test(c.req.header('prefer') ?? '');
    const { outcome, answer: embedded } = await embedSegments(deps, c.req.valid('json'), { wait });
    if (embedded) return c.json(embedded, 200);
    const { workflowId, runId } = outcome;
    return c.json(
      {
        ...outcome,
        statusUrl: statusUrl(c.req.url, workflowId),
        temporalUrl: temporalUrl(deps.config, workflowId, runId),
      },
      202,
    );
  });

  router.openapi(statsRoute, async (c) => c.json(await searchStats(deps), 200));
  return router;
}
