/** Clips, thumbnails, frames and exports as files. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { TapeworksError } from '../../contracts/errors.ts';
import { exportListSchema } from '../../contracts/http/results.ts';
import type { ApiDependencies } from '../deps.ts';
import { idParam, shortText } from '../query.ts';
import { answer, createRouter, problems, type Router } from '../router.ts';
import { sendFile } from '../send-file.ts';
import { showExport } from '../show/results.ts';

const file = (description: string, type: string) => ({
  200: { description, content: { [type]: { schema: { type: 'string' as const, format: 'binary' } } } },
  206: { description: 'The bytes of the range.' },
  304: { description: 'Unchanged since the ETag.' },
  ...problems('NOT_FOUND', 'RANGE_NOT_SATISFIABLE'),
});

const clipRoute = {
  method: 'get' as const,
  path: '/clip/{id}/download',
  tags: ['clips'],
  summary: 'A clip; byte ranges are served',
  request: { params: idParam },
  responses: file('The clip.', 'video/mp4'),
};
const thumbnailRoute = {
  method: 'get' as const,
  path: '/clip/{id}/thumbnail',
  tags: ['clips'],
  summary: "A clip's picture",
  request: { params: idParam },
  responses: file('The picture.', 'image/jpeg'),
};
const contactSheetRoute = {
  method: 'get' as const,
  path: '/clip/{id}/contact-sheet',
  tags: ['clips'],
  summary: "A clip's pictures on one sheet, with their times",
  request: { params: idParam },
  responses: file('The sheet.', 'image/jpeg'),
};
const subtitlesRoute = {
  method: 'get' as const,
  path: '/clip/{id}/subtitles',
  tags: ['clips'],
  summary: "What is said in a clip, timed from the clip's start",
  request: { params: idParam },
  responses: file('WebVTT.', 'text/vtt'),
};
const frameRoute = {
  method: 'get' as const,
  path: '/frame/{id}/image',
  tags: ['clips'],
  summary: 'A sampled frame',
  request: { params: idParam },
  responses: file('The picture.', 'image/jpeg'),
};
const exportRoute = {
  method: 'get' as const,
  path: '/exports/{name}',
  tags: ['exports'],
  summary: 'Download an export; of several scopes, the newest unless one is named',
  request: { params: z.object({ name: z.string() }), query: z.object({ scope: z.string().optional() }) },
  responses: file('The file.', 'application/octet-stream'),
};
const exportsRoute = createRoute({
  method: 'get',
  path: '/exports',
  tags: ['exports'],
  summary: 'Written export files',
  request: { query: z.object({ scope: shortText }) },
  responses: { 200: answer(exportListSchema, 'All exports, newest first.'), ...problems('INVALID_INPUT') },
});

export function fileRoutes({ config, database }: ApiDependencies): Router {
  const router = createRouter();
  const root = config.DATA_DIR;
  const idOf = (text: string): number => {
    const parsed = idParam.safeParse({ id: text });
    if (!parsed.success) throw new TapeworksError('NOT_FOUND', `"${text.slice(0, 40)}" is no id.`);
    return parsed.data.id;
  };
  const extension = (path: string) => /\.[a-z0-9]{1,8}$/i.exec(path)?.[0] ?? '';
  for (const route of [clipRoute, thumbnailRoute, contactSheetRoute, subtitlesRoute, frameRoute, exportRoute])
    router.openAPIRegistry.registerPath(route);

  const clipOf = async (text: string) => {
    const clip = await database.clip.findUnique({
      where: { id: idOf(text) },
      include: { media: { select: { videoId: true } } },
    });
    if (!clip) throw new TapeworksError('NOT_FOUND', `There is no clip ${text}.`);
    return { ...clip, name: `${clip.media.videoId}_${clip.startMs}-${clip.endMs}` };
  };

  router.get('/clip/:id/download', async (c) => {
    const clip = await clipOf(c.req.param('id'));
    const downloadName = `${clip.name}${extension(clip.path)}`;
    return await sendFile(c, { root, relative: clip.path, downloadName, disposition: 'attachment' });
  });

  router.get('/clip/:id/thumbnail', async (c) => {
    const clip = await clipOf(c.req.param('id'));
    if (clip.thumbnailPath === null) throw new TapeworksError('NOT_FOUND', 'This clip has no pictures.');
    const downloadName = `${clip.name}${extension(clip.thumbnailPath)}`;
    return await sendFile(c, { root, relative: clip.thumbnailPath, downloadName, disposition: 'inline' });
  });

  router.get('/clip/:id/contact-sheet', async (c) => {
    const clip = await clipOf(c.req.param('id'));
    if (clip.contactSheetPath === null) throw new TapeworksError('NOT_FOUND', 'This clip has no pictures.');
    const downloadName = `${clip.name}_sheet${extension(clip.contactSheetPath)}`;
    return await sendFile(c, { root, relative: clip.contactSheetPath, downloadName, disposition: 'inline' });
  });

  router.get('/clip/:id/subtitles', async (c) => {
    const clip = await clipOf(c.req.param('id'));
    const relative = clip.path.replace(/\.\w+$/, '.vtt');
    return await sendFile(c, { root, relative, downloadName: `${clip.name}.vtt`, disposition: 'inline' });
  });

  router.get('/frame/:id/image', async (c) => {
    const frame = await database.frame.findUnique({ where: { id: idOf(c.req.param('id')) } });
    if (!frame) throw new TapeworksError('NOT_FOUND', `There is no frame ${c.req.param('id')}.`);
    const downloadName = `frame_${frame.id}${extension(frame.path)}`;
    return await sendFile(c, { root, relative: frame.path, downloadName, disposition: 'inline' });
  });

  router.openapi(exportsRoute, async (c) => {
    const { scope } = c.req.valid('query');
    const rows = await database.export.findMany({
      where: scope ? { scope } : {},
      orderBy: { updatedAt: 'desc' },
      take: 500,
    });
    return c.json({ items: rows.map(showExport) }, 200);
  });

  router.get('/exports/:name', async (c) => {
    const name = c.req.param('name');
    const scope = c.req.query('scope');
    const row = await database.export.findFirst({
      where: { name, ...(scope ? { scope } : {}) },
      orderBy: { updatedAt: 'desc' },
    });
    if (!row) throw new TapeworksError('NOT_FOUND', `There is no export "${name.slice(0, 100)}".`);
    const downloadName = row.name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
    return await sendFile(c, { root, relative: row.path, downloadName, disposition: 'attachment' });
  });
  return router;
}
