/** Media over HTTP: what is refused, what is joined, uploads, files with ranges, deletion. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  clipPageSchema,
  framePageSchema,
  hitPageSchema,
  mediaPageSchema,
  mediaSchema,
} from '../../contracts/http/media.ts';
import type { MediaStarted } from '../../contracts/http/starts.ts';
import type { Problem } from '../../contracts/http/common.ts';
import { writeLesson, writeTranscript } from '../setup/lesson.ts';
import { type ApiHarness, callsOf, startApiHarness } from './api-harness.ts';

let api: ApiHarness;
let root: string;
beforeAll(async () => {
  api = await startApiHarness();
  root = api.harness.mediaRoot;
  await writeTranscript(root, 'lesson.srt');
});
afterAll(() => api.harness.close());

describe('what is refused before anything is written', () => {
  it.each([
    ['a missing file', { path: 'nope.mp4' }, 404, 'MEDIA_MISSING'],
    ['an empty file', { path: 'empty.mp4' }, 422, 'MEDIA_EMPTY'],
    ['a path out of the root', { path: '../../../etc/passwd' }, 403, 'PATH_NOT_ALLOWED'],
    ['an absolute path elsewhere', { path: '/etc/passwd' }, 403, 'PATH_NOT_ALLOWED'],
    ['a link out of the root', { path: 'link.srt' }, 403, 'PATH_NOT_ALLOWED'],
    ['a playlist under a media name', { path: 'playlist.mp4' }, 422, 'MEDIA_REFERS_ELSEWHERE'],
    ['no media', { path: 'text.mp4' }, 422, 'MEDIA_UNREADABLE'],
    ['a folder', { path: 'folder' }, 422, 'INVALID_INPUT'],
    ['an unknown keyword', { path: 'lesson.srt', keywords: ['qqzz'] }, 422, 'UNKNOWN_KEYWORD'],
    ['a misspelt option', { path: 'lesson.srt', maxStrategies: 2 }, 422, 'INVALID_INPUT'],
    ['a bad video_id', { path: 'lesson.srt', video_id: '../x' }, 422, 'INVALID_INPUT'],
    ['a NUL', { path: 'a\0b' }, 422, 'INVALID_INPUT'],
    ['half a surrogate pair', { path: 'lesson.srt', title: '\ud800' }, 422, 'INVALID_INPUT'],
  ])('%s', async (_, body, status, code) => {
    await writeFile(path.join(root, 'empty.mp4'), '');
    await writeFile(path.join(root, 'playlist.mp4'), '#EXTM3U\nhttp://127.0.0.1:9/secret.ts\n');
    await writeFile(path.join(root, 'text.mp4'), 'hello');
    await mkdir(path.join(root, 'folder'), { recursive: true });
    await symlink('/etc/passwd', path.join(root, 'link.srt')).catch(() => {});
    const reply = await api.submit(body);
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
    expect(reply.body.remedy).not.toBe('');
    expect(await api.deps.database.mediaItem.count()).toBe(0);
    expect(await api.deps.database.outbox.count()).toBe(0);
  });
});

describe('processing a path', () => {
  it('starts, joins, refuses a repeat, and does it again when forced', async () => {
    const body = { path: 'lesson.srt', keywords: ['relative strength index'], max_strategies: 1 };
    const first = await api.submit(body);
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ workflowId: `process-media:${first.body.videoId}`, reused: false });
    expect(first.body.statusUrl).toBe(`http://api.test/workflows/${encodeURIComponent(first.body.workflowId ?? '')}`);
    expect(first.body.temporalUrl).toContain(encodeURIComponent(first.body.workflowId ?? ''));
    const second = await api.submit({ ...body, keywords: null });
    if (second.status === 200) expect(second.body).toMatchObject({ reused: true, runId: first.body.runId });

    const run = await api.ended(first.body.workflowId ?? '');
    expect(run.status).toBe('completed');
    expect(run.input).toMatchObject({ keywords: ['RSI'], maxStrategies: 1 });
    const repeat = await api.submit(body);
    expect({ status: repeat.status, code: repeat.body.code }).toEqual({ status: 409, code: 'ALREADY_DONE' });
    const forced = await api.submit({ ...body, force: true });
    expect(forced.status).toBe(202);
    expect(forced.body.runId).not.toBe(first.body.runId);
    expect((await api.ended(forced.body.workflowId ?? '')).status).toBe('completed');

    const hits = await api.call<z.infer<typeof hitPageSchema>>(
      'GET',
      `/media/${first.body.mediaId}/hits?limit=1&keyword=rsi`,
    );
    expect(hits.body.items[0]).toMatchObject({
      keyword: 'RSI',
      video_id: first.body.videoId,
      method: 'lexical',
      clip_url: null,
    });
    const [hit] = hits.body.items;
    expect(hit?.start_time).toBe((hit?.start_ms ?? 0) / 1_000);
    const next = await api.call<z.infer<typeof hitPageSchema>>(
      'GET',
      `/media/${first.body.videoId}/hits?cursor=${hits.body.next_cursor}`,
    );
    expect(next.body.items.every(({ id }) => id > (hit?.id ?? 0))).toBe(true);
  });

  it('registers only, and keeps ids apart', async () => {
    await writeTranscript(root, 'other.srt', { extra: '900\n00:01:10,000 --> 00:01:12,000\nAnother lesson.' });
    const registered = await api.submit({
      path: 'other.srt',
      process: false,
      video_id: 'other-lesson',
      title: 'Other',
    });
    expect(registered.status).toBe(201);
    expect(registered.body).toMatchObject({ workflowId: null, videoId: 'other-lesson' });
    const again = await api.submit({ path: 'other.srt', process: false });
    expect(again).toMatchObject({ status: 200, body: { mediaId: registered.body.mediaId } });
    const renamed = await api.submit({ path: 'other.srt', process: false, video_id: 'another' });
    expect(renamed.body.code).toBe('CONFLICT');
    const taken = await api.submit({ path: 'lesson.srt', process: false, video_id: 'other-lesson' });
    expect(taken.body.code).toBe('CONFLICT');
    const found = await api.call<z.infer<typeof mediaPageSchema>>('GET', '/media?q=OTHER');
    expect(found.body.items.map(({ title }) => title)).toEqual(['Other']);
  });
});

describe('uploads', () => {
  const form = (parts: Array<[string, string | File]>) => {
    const data = new FormData();
    for (const [name, value] of parts) data.append(name, value);
    return data;
  };
  /** Encoded beforehand: Node 20 trips over its own form when the reader stops early. */
  const encode = async (data: FormData, headers: Record<string, string> = {}): Promise<RequestInit> => {
    const encoded = new Response(data);
    const type = encoded.headers.get('content-type') ?? '';
    return { method: 'POST', body: await encoded.arrayBuffer(), headers: { ...headers, 'content-type': type } };
  };
  const send = async (data: FormData, headers: Record<string, string> = {}) => {
    const response = await api.request('/media', await encode(data, headers));
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as MediaStarted & Problem,
    };
  };
  const uploads = () => path.join(api.harness.config.DATA_DIR, 'uploads');

  it('takes media and transcript, cuts clips, serves them by ranges, and deletes all of it', async () => {
    const name = await writeLesson(root, 'video', { seconds: 66, rate: 25 });
    const bytes = await readFile(path.join(root, name));
    const transcript = await readFile(path.join(root, 'video.srt'));
    const started = await send(
      form([
        ['keywords', 'RSI'],
        ['file', new File([bytes], '../../My lesson.MP4')],
        ['transcript', new File([transcript], 'any.srt')],
        ['max_strategies', '0'],
      ]),
    );
    expect(started.status).toBe(202);
    const hash = createHash('sha256').update(bytes).digest('hex');
    expect((await readdir(path.join(uploads(), hash))).sort()).toEqual(['My lesson.mp4', 'My lesson.srt']);
    const run = await api.ended(started.body.workflowId ?? '');
    expect(run.status).toBe('completed');

    const clips = await api.call<z.infer<typeof clipPageSchema>>('GET', `/media/${started.body.mediaId}/clips`);
    const url = clips.body.items[0]?.clip_url ?? '';
    const whole = new Uint8Array(await (await api.request(url)).arrayBuffer());
    expect(whole.length).toBe(clips.body.items[0]?.size_bytes);
    const part = await api.request(url, { headers: { range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 10-19/${whole.length}`);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(10, 20));
    const beyond = await api.request(url, { headers: { range: `bytes=${whole.length}-` } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe(`bytes */${whole.length}`);
    const etag = part.headers.get('etag') ?? '';
    expect((await api.request(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await api.request(url, { headers: { range: 'bytes=0-0', 'if-range': '"old"' } })).status).toBe(200);
    const head = await api.request(url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(whole.length));
    expect(head.headers.get('content-disposition')).toContain('.mp4"');
    const partHead = await api.request(url, { method: 'HEAD', headers: { range: 'bytes=0-9' } });
    expect([partHead.status, partHead.headers.get('content-length')]).toEqual([200, String(whole.length)]);
    expect((await api.request(clips.body.items[0]?.thumbnail_url ?? '')).headers.get('content-type')).toContain(
      'image/',
    );
    for (const clip of clips.body.items) {
      expect(clip).toMatchObject({ method: 'smart', method_reason: null });
      // With the first of its frames: 25 a second.
      expect(Math.abs(clip.cut_start_time - clip.start_time)).toBeLessThanOrEqual(0.04);
      const sheet = await api.request(clip.contact_sheet_url ?? '');
      expect([sheet.status, sheet.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
      const subtitles = await api.request(clip.subtitles_url);
      expect([subtitles.status, subtitles.headers.get('content-type')]).toEqual([
        200,
        expect.stringMatching(/^text\/vtt/),
      ]);
      expect(await subtitles.text()).toMatch(/^WEBVTT\n\n[^]*-->/);
    }
    const frames = await api.call<z.infer<typeof framePageSchema>>('GET', `/media/${started.body.mediaId}/frames`);
    expect((await api.request(frames.body.items[0]?.image_url ?? '')).status).toBe(200);

    const id = started.body.mediaId;
    expect(await (await api.harness.dependencies.searchIndex()).count('clip', { mediaItemId: id })).toBeGreaterThan(0);
    expect((await api.call('DELETE', `/media/${id}`)).status).toBe(204);
    expect((await api.call('DELETE', `/media/${id}`)).body.code).toBe('NOT_FOUND');
    expect(await (await api.harness.dependencies.searchIndex()).count('clip', { mediaItemId: id })).toBe(0);
    expect(await api.deps.database.keywordHit.count({ where: { mediaItemId: id } })).toBe(0);
    for (const folder of [`clips/${id}`, `frames/${id}`, `uploads/${hash}`])
      await expect(stat(path.join(api.harness.config.DATA_DIR, folder))).rejects.toThrow('ENOENT');
    expect((await api.request(url)).status).toBe(404);
    for (const lost of [clips.body.items[0]?.contact_sheet_url, clips.body.items[0]?.subtitles_url])
      expect((await api.request(lost ?? '')).status).toBe(404);
    expect(await api.deps.database.transcriptChunk.count({ where: { mediaItemId: id } })).toBe(0);
    expect(await api.deps.database.embedding.count({ where: { mediaItemId: id } })).toBe(0);
  });

  it.each<[string, Array<[string, string | File]>, number, string]>([
    ['no file', [['title', 'x']], 422, 'INVALID_INPUT'],
    [
      'two files',
      [
        ['file', new File(['a'], 'a.srt')],
        ['file', new File(['b'], 'b.srt')],
      ],
      422,
      'INVALID_INPUT',
    ],
    ['an unknown part', [['movie', new File(['a'], 'a.srt')]], 422, 'INVALID_INPUT'],
    [
      'an unknown field',
      [
        ['file', new File(['a'], 'a.srt')],
        ['topk', '3'],
      ],
      422,
      'INVALID_INPUT',
    ],
    [
      'a transcript of another kind',
      [
        ['file', new File(['a'], 'a.mp4')],
        ['transcript', new File(['b'], 'b.exe')],
      ],
      422,
      'INVALID_INPUT',
    ],
    ['an empty file', [['file', new File([], 'a.mp4')]], 422, 'MEDIA_EMPTY'],
    ['a playlist', [['file', new File(['#EXTM3U\nhttp://x/y.ts\n'], 'a.mp4')]], 422, 'MEDIA_REFERS_ELSEWHERE'],
    ['no media', [['file', new File(['hello'], 'a.mkv')]], 422, 'MEDIA_UNREADABLE'],
    ['a part without a name', [['', new File(['a'], 'a.mp4')]], 422, 'INVALID_INPUT'],
  ])('refuses %s and keeps nothing of it', async (_, parts, status, code) => {
    const reply = await send(form(parts));
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
    expect(await readdir(path.join(uploads(), 'incoming'))).toEqual([]);
  });

  it('refuses a field without a name', async () => {
    const body = '--b\r\nContent-Disposition: form-data; name=""\r\n\r\n[]\r\n--b--\r\n';
    const reply = await api.request('/media', {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body,
    });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ code: 'MALFORMED_REQUEST' });
  });

  it('keeps nothing of an upload that breaks off, and says so', async () => {
    const broken = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nhalf a fi';
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const response = await api.request('/media', { method: 'POST', body: broken, headers });
    expect((await response.json()) as Problem).toMatchObject({
      code: 'MALFORMED_REQUEST',
      status: 400,
    });
    expect(await readdir(path.join(uploads(), 'incoming'))).toEqual([]);
  });

  it('refuses what is larger than allowed', async () => {
    const { config } = api.deps;
    const small = callsOf({ ...api.deps, config: { ...config, MAX_UPLOAD_MB: 1 } });
    const body = form([['file', new File([new Uint8Array(1024 * 1024 + 1)], 'a.mp4')]]);
    const response = await small.request('/media', await encode(body));
    expect(response.status).toBe(413);
    expect(await readdir(path.join(uploads(), 'incoming'))).toEqual([]);
  });

  it('is one request under its Idempotency-Key, whatever the form looks like', async () => {
    const srt = '1\n00:00:01,000 --> 00:00:03,000\nThe MACD crosses its signal line.\n';
    const headers = { 'idempotency-key': 'upload-1' };
    const first = await send(
      form([
        ['process', 'false'],
        ['file', new File([srt], 'a.srt')],
      ]),
      headers,
    );
    const again = await send(
      form([
        ['file', new File([srt], 'a.srt')],
        ['process', 'false'],
      ]),
      headers,
    );
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await send(
      form([
        ['file', new File([`${srt}\n`], 'a.srt')],
        ['process', 'false'],
      ]),
      headers,
    );
    expect(other.body.code).toBe('IDEMPOTENCY_CONFLICT');
    const item = await api.call<z.infer<typeof mediaSchema>>('GET', `/media/${first.body.videoId}`);
    expect(item.body).toMatchObject({ kind: 'transcript', store: 'uploads' });
  });
});

describe('a transcript that changes', () => {
  it('is another input: it is read without force, and refused while another is being read', async () => {
    await writeLesson(root, 'corrected', { seconds: 30 });
    const first = await api.submit({ path: 'corrected.mp4', max_strategies: 0 });
    expect((await api.ended(first.body.workflowId ?? '')).status).toBe('completed');
    expect((await api.submit({ path: 'corrected.mp4', max_strategies: 0 })).body.code).toBe('ALREADY_DONE');

    const sidecar = path.join(root, 'corrected.srt');
    const spoken = await readFile(sidecar, 'utf8');
    await writeFile(sidecar, spoken.replace('RSI', 'pelican ledger'));
    const second = await api.submit({ path: 'corrected.mp4', max_strategies: 0 });
    expect(second.status).toBe(202);
    await writeFile(sidecar, spoken);
    const meanwhile = await api.submit({ path: 'corrected.mp4', max_strategies: 0 });
    expect({ status: meanwhile.status, code: meanwhile.body.code }).toEqual({ status: 409, code: 'CONFLICT' });
    await writeFile(sidecar, spoken.replace('RSI', 'pelican ledger'));
    expect((await api.ended(second.body.workflowId ?? '')).status).toBe('completed');
    const { text } = await api.deps.database.transcriptCue.findFirstOrThrow({
      where: { mediaItemId: first.body.mediaId, text: { contains: 'pelican' } },
    });
    expect(text).toContain('pelican ledger');
  });
});
