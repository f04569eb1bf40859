/** Media items: send one in, list, look at, delete. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { createMediaSchema, mediaStartedSchema, type UploadFields } from '../../contracts/http/starts.ts';
import { mediaPageSchema, mediaSchema } from '../../contracts/http/media.ts';
import type { ApiDependencies } from '../deps.ts';
import { answerOnce } from '../idempotency.ts';
import { findMedia, mediaCounts } from '../media/find.ts';
import { type InspectedFile, inspectPath } from '../media/inspect.ts';
import { canonicalKeywords } from '../media/plan.ts';
import { removeMedia } from '../media/remove.ts';
import { submitFile } from '../media/submit.ts';
import { openUpload } from '../media/upload.ts';
import { invalidInput } from '../problem.ts';
import { optionalFlag, pageQuery, shortText, toPage } from '../query.ts';
import { answer, createRouter, problems, type Router } from '../router.ts';
import { requireTemporal } from '../runs/temporal.ts';
import { showMedia } from '../show/media.ts';
import { TapeworksError } from '../../contracts/errors.ts';

const mediaParam = z.object({ id: z.string().min(1).max(120).meta({ description: 'Id or video_id.' }) });

const createDescription = {
  method: 'post' as const,
  path: '/media',
  tags: ['media'],
  summary: 'Register a file of MEDIA_ROOT, or upload one, and process it',
  description:
    'JSON names a file below MEDIA_ROOT. A form uploads one: part `file`, optionally part `transcript` (.srt, .vtt, .json), and the other fields as text (lists comma separated, products as PRODUCT:TIMEFRAME).',
  request: {
    headers: z.object({ 'idempotency-key': z.string().max(200).optional() }),
    body: {
      required: true,
      content: {
        'application/json': { schema: createMediaSchema },
        'multipart/form-data': {
          schema: {
            type: 'object' as const,
            required: ['file'],
            properties: {
              file: { type: 'string' as const, format: 'binary' },
              transcript: { type: 'string' as const, format: 'binary' },
              video_id: { type: 'string' as const },
              title: { type: 'string' as const },
              keywords: { type: 'string' as const },
              products: { type: 'string' as const },
              max_strategies: { type: 'integer' as const },
              force: { type: 'boolean' as const },
              process: { type: 'boolean' as const },
            },
          },
        },
      },
    },
  },
  responses: {
    200: answer(mediaStartedSchema, 'It is being processed already, or was only to be registered and is known.'),
    201: answer(mediaStartedSchema, 'Registered only.'),
    202: answer(mediaStartedSchema, 'Processing started.'),
    ...problems(
      'MALFORMED_REQUEST',
      'PATH_NOT_ALLOWED',
      'MEDIA_MISSING',
      'ALREADY_DONE',
      'CONFLICT',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'INVALID_INPUT',
      'MEDIA_EMPTY',
      'MEDIA_UNREADABLE',
      'MEDIA_REFERS_ELSEWHERE',
      'UNKNOWN_KEYWORD',
      'TEMPORAL_UNAVAILABLE',
    ),
  },
};

const listRoute = createRoute({
  method: 'get',
  path: '/media',
  tags: ['media'],
  summary: 'List media items, newest first',
  request: { query: pageQuery.extend({ kind: z.enum(['video', 'audio', 'transcript']).optional(), q: shortText }) },
  responses: { 200: answer(mediaPageSchema, 'A page of items.'), ...problems('INVALID_INPUT') },
});

const getRoute = createRoute({
  method: 'get',
  path: '/media/{id}',
  tags: ['media'],
  summary: 'One media item',
  request: { params: mediaParam },
  responses: { 200: answer(mediaSchema, 'The item.'), ...problems('NOT_FOUND', 'INVALID_INPUT') },
});

const deleteRoute = createRoute({
  method: 'delete',
  path: '/media/{id}',
  tags: ['media'],
  summary: 'Delete an item with its hits, clips, files, vectors, and strategies made from it alone',
  request: { params: mediaParam, query: z.object({ cancel: optionalFlag }) },
  responses: {
    204: { description: 'Deleted. A file under MEDIA_ROOT stays.' },
    ...problems('NOT_FOUND', 'CONFLICT', 'INVALID_INPUT', 'QDRANT_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'),
  },
});

export function mediaRoutes(deps: ApiDependencies): Router {
  const router = createRouter();
  const { database } = deps;

  /** The form is streamed, so this route reads its own body. */
  router.openAPIRegistry.registerPath(createDescription);
  router.post('/media', async (c) => {
    const type = c.req.header('content-type') ?? '';
    const submit = (payload: object, fields: UploadFields, file: (signal: AbortSignal) => Promise<InspectedFile>) =>
      answerOnce(c, database, {
        payload,
        schema: mediaStartedSchema,
        work: async () => {
          canonicalKeywords(await deps.lexicon(), fields.keywords);
          if (fields.process) await requireTemporal(deps.temporal);
          return await submitFile(deps, await file(c.req.raw.signal), fields, c.req.url);
        },
      });
    if (/^multipart\/form-data/i.test(type)) {
      const upload = await openUpload(deps, c.req.raw);
      try {
        const { status, body } = await submit(upload.payload, upload.fields, upload.place);
        return c.json(body, status);
      } finally {
        await upload.discard();
      }
    }
    if (!/^application\/json/i.test(type))
      throw new TapeworksError('UNSUPPORTED_MEDIA_TYPE', 'Send application/json or multipart/form-data.');
    const parsed = createMediaSchema.safeParse(await c.req.json());
    if (!parsed.success) throw invalidInput(parsed.error, 'json');
    const { path, ...fields } = parsed.data;
    const { status, body } = await submit(parsed.data, fields, (signal) => inspectPath(deps, path, signal));
    return c.json(body, status);
  });

  router.openapi(listRoute, async (c) => {
    const { limit, cursor, kind, q } = c.req.valid('query');
    const rows = await database.mediaItem.findMany({
      where: {
        ...(cursor === undefined ? {} : { id: { lt: cursor } }),
        ...(kind ? { kind } : {}),
        ...(q
          ? { OR: [{ title: { contains: q, mode: 'insensitive' } }, { videoId: { contains: q, mode: 'insensitive' } }] }
          : {}),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
      include: mediaCounts,
    });
    return c.json(toPage(rows, limit, showMedia), 200);
  });

  router.openapi(getRoute, async (c) => c.json(showMedia(await findMedia(database, c.req.valid('param').id)), 200));

  router.openapi(deleteRoute, async (c) => {
    const item = await findMedia(database, c.req.valid('param').id);
    await removeMedia(deps, item, { cancel: c.req.valid('query').cancel ?? false });
    return c.body(null, 204);
  });
  return router;
}
