/** What was found in a media item: hits, clips, transcript, concepts, frames; each in order of its id, which is order of time. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { TapeworksError } from '../../contracts/errors.ts';
import {
  clipPageSchema,
  conceptPageSchema,
  framePageSchema,
  hitPageSchema,
  transcriptAnswerSchema,
} from '../../contracts/http/media.ts';
import { transcriptQualitySchema } from '../../contracts/transcripts.ts';
import type { ApiDependencies } from '../deps.ts';
import { findMedia } from '../media/find.ts';
import { pageQuery, shortText, toPage } from '../query.ts';
import { answer, createRouter, problems, type Router } from '../router.ts';
import { showClip, showConcept, showCue, showFrame, showHit } from '../show/media.ts';

const params = z.object({ id: z.string().min(1).max(120).meta({ description: 'Id or video_id.' }) });
const missing = problems('NOT_FOUND', 'INVALID_INPUT');

const partRoute = <Path extends string, Query extends z.ZodObject, Schema extends z.ZodType>(
  path: Path,
  summary: string,
  query: Query,
  schema: Schema,
) =>
  createRoute({
    method: 'get',
    path,
    tags: ['media'],
    summary,
    request: { params, query },
    responses: { 200: answer(schema, 'A page.'), ...missing },
  });

const hitsRoute = partRoute(
  '/media/{id}/hits',
  'Where keywords are spoken',
  pageQuery.extend({ keyword: shortText, category: shortText }),
  hitPageSchema,
);
const clipsRoute = partRoute('/media/{id}/clips', 'Cut moments', pageQuery, clipPageSchema);
const transcriptRoute = partRoute(
  '/media/{id}/transcript',
  'The transcript and how it was read',
  pageQuery,
  transcriptAnswerSchema,
);
const conceptsRoute = partRoute(
  '/media/{id}/concepts',
  'Terms taught, with their parameters',
  pageQuery.extend({ term: shortText }),
  conceptPageSchema,
);
const framesRoute = partRoute(
  '/media/{id}/frames',
  'Sampled pictures and the text on them',
  pageQuery,
  framePageSchema,
);

export function momentRoutes({ database }: ApiDependencies): Router {
  const router = createRouter();
  const window = (mediaItemId: number, { limit, cursor }: { limit: number; cursor?: number | undefined }) => ({
    where: { mediaItemId, ...(cursor === undefined ? {} : { id: { gt: cursor } }) },
    orderBy: { id: 'asc' as const },
    take: limit + 1,
  });

  router.openapi(hitsRoute, async (c) => {
    const { keyword, category, ...page } = c.req.valid('query');
    const item = await findMedia(database, c.req.valid('param').id);
    const { where, ...order } = window(item.id, page);
    const rows = await database.keywordHit.findMany({
      ...order,
      where: {
        ...where,
        ...(keyword ? { keyword: { equals: keyword, mode: 'insensitive' } } : {}),
        ...(category ? { category } : {}),
      },
    });
    return c.json(
      toPage(rows, page.limit, (hit) => showHit(item, hit)),
      200,
    );
  });

  router.openapi(clipsRoute, async (c) => {
    const page = c.req.valid('query');
    const item = await findMedia(database, c.req.valid('param').id);
    const rows = await database.clip.findMany({
      ...window(item.id, page),
      include: { hits: { select: { keyword: true } } },
    });
    return c.json(
      toPage(rows, page.limit, (clip) => showClip(item, clip)),
      200,
    );
  });

  router.openapi(transcriptRoute, async (c) => {
    const page = c.req.valid('query');
    const item = await findMedia(database, c.req.valid('param').id);
    const transcript = await database.transcript.findUnique({ where: { mediaItemId: item.id } });
    if (!transcript) throw new TapeworksError('NOT_FOUND', `"${item.videoId}" has no transcript yet.`);
    const cues = await database.transcriptCue.findMany(window(item.id, page));
    const { format, origin, language, quality, repairs } = transcript;
    return c.json(
      {
        media_item_id: item.id,
        video_id: item.videoId,
        format,
        origin,
        language,
        quality: transcriptQualitySchema.safeParse(quality).data ?? null,
        repairs,
        ...toPage(cues, page.limit, showCue),
      },
      200,
    );
  });

  router.openapi(conceptsRoute, async (c) => {
    const { term, ...page } = c.req.valid('query');
    const item = await findMedia(database, c.req.valid('param').id);
    const { where, ...order } = window(item.id, page);
    const rows = await database.concept.findMany({
      ...order,
      where: { ...where, ...(term ? { term: { equals: term, mode: 'insensitive' } } : {}) },
    });
    return c.json(toPage(rows, page.limit, showConcept), 200);
  });

  router.openapi(framesRoute, async (c) => {
    const page = c.req.valid('query');
    const item = await findMedia(database, c.req.valid('param').id);
    const rows = await database.frame.findMany(window(item.id, page));
    return c.json(toPage(rows, page.limit, showFrame), 200);
  });
  return router;
}
