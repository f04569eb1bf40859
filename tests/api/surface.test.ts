/** What every endpoint shares: problems, keys, origins, limits, the description; and the starts besides media. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem, StartedAnswer } from '../../contracts/http/common.ts';
import type { keywordListSchema } from '../../contracts/http/keywords.ts';
import type { readinessSchema } from '../../contracts/http/results.ts';
import type { ScheduleAnswer } from '../../contracts/http/schedules.ts';
import type { RunDetail } from '../../contracts/http/workflows.ts';
import { createDatabase } from '../../clients/database/client.ts';
import { createTemporal } from '../../clients/temporal/connect.ts';
import { closedUrl } from '../clients/closed-port.ts';
import { until } from '../setup/until.ts';
import { type ApiHarness, callsOf, runPath, startApiHarness } from './api-harness.ts';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApiHarness();
});
afterAll(() => api.harness.close());

const KEY = 'a-key-of-sixteen-letters';

describe('problems', () => {
  it.each([
    ['GET', '/nothing', 404, 'NOT_FOUND'],
    ['PUT', '/media', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/media/2147483648', 404, 'NOT_FOUND'],
    ['GET', '/clip/99999999999999/download', 404, 'NOT_FOUND'],
    ['GET', '/strategies/2147483648', 422, 'INVALID_INPUT'],
    ['GET', '/strategies/1', 404, 'NOT_FOUND'],
    ['GET', '/signals?limit=0', 422, 'INVALID_INPUT'],
    ['GET', '/signals?cursor=x', 422, 'INVALID_INPUT'],
    ['GET', '/media?q=a%00b', 422, 'INVALID_INPUT'],
    ['GET', '/exports/..%2f..%2fetc%2fpasswd', 404, 'NOT_FOUND'],
    ['GET', '/clip/1/contact-sheet', 404, 'NOT_FOUND'],
    ['GET', '/clip/1/subtitles', 404, 'NOT_FOUND'],
    ['DELETE', '/keywords/qqzz', 404, 'NOT_FOUND'],
    ['GET', '/search/all', 422, 'INVALID_INPUT'],
    ['GET', '/search', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/docs/..%2fpackage.json', 404, 'NOT_FOUND'],
    ['GET', '/signals?unknown=1', 200, undefined],
  ])('%s %s → %i', async (method, path, status, code) => {
    const reply = await api.call(method, path, undefined, { 'x-correlation-id': 'corr-1' });
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
    expect(reply.headers.get('x-correlation-id')).toBe('corr-1');
    if (code) {
      expect(reply.headers.get('content-type')).toBe('application/problem+json');
      expect(reply.body).toMatchObject({ type: `urn:tapeworks:error:${code}`, status, correlationId: 'corr-1' });
    }
    if (status === 405) expect(reply.headers.get('allow')).toBe(path === '/media' ? 'GET, POST' : 'POST');
  });

  it('names bodies that are no JSON, of another type, or too large', async () => {
    const send = async (body: string, type: string) => {
      const response = await api.request('/workflows/generate-strategy', {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      return ((await response.json()) as Problem).code;
    };
    expect(await send('{bad', 'application/json')).toBe('MALFORMED_REQUEST');
    expect(await send('keyword=RSI', 'application/x-www-form-urlencoded')).toBe('UNSUPPORTED_MEDIA_TYPE');
    expect(await send(JSON.stringify({ keyword: 'x'.repeat(1_100_000) }), 'application/json')).toBe(
      'PAYLOAD_TOO_LARGE',
    );
  });
});

describe('who may call', () => {
  it('needs the key where one is configured, but for health', async () => {
    const { call } = callsOf({ ...api.deps, config: { ...api.deps.config, API_KEY: KEY } });
    for (const open of ['/health', '/health/live', '/openapi.json']) expect((await call('GET', open)).status).toBe(200);
    for (const authorization of [undefined, 'Bearer wrong', `Basic ${KEY}`, `Bearer ${KEY}x`]) {
      const reply = await call('GET', '/media', undefined, authorization ? { authorization } : {});
      expect({ status: reply.status, code: reply.body.code }).toEqual({ status: 401, code: 'UNAUTHORIZED' });
      expect(reply.headers.get('www-authenticate')).toBe('Bearer');
    }
    expect((await call('GET', '/media', undefined, { authorization: `Bearer ${KEY}` })).status).toBe(200);
    for (const [method, path] of [
      ['POST', '/search'],
      ['GET', '/search/all?query=RSI'],
      ['GET', '/embeddings/search?query=RSI'],
      ['POST', '/embed'],
      ['GET', '/stats'],
      ['POST', '/keywords'],
      ['DELETE', '/keywords/RSI'],
      ['GET', '/clip/1/contact-sheet'],
      ['GET', '/clip/1/subtitles'],
      ['POST', '/workflows/reindex'],
    ] as const)
      expect((await call(method, path, method === 'POST' ? {} : undefined)).status, `${method} ${path}`).toBe(401);
  });

  it('lets pages of configured origins in, and no others', async () => {
    const origin = 'https://desk.example';
    const { call, request } = callsOf({
      ...api.deps,
      config: { ...api.deps.config, CORS_ORIGINS: [origin], API_KEY: KEY },
    });
    const preflight = await request('/media', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    const headers = { authorization: `Bearer ${KEY}`, origin: 'https://evil.example' };
    expect((await call('POST', '/workflows/enhance-signals', {}, headers)).body.code).toBe('ORIGIN_NOT_ALLOWED');
    expect((await call('GET', '/media', undefined, headers)).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('starts', () => {
  it.each([
    ['generate-strategy', {}, 422, 'INVALID_INPUT'],
    ['generate-strategy', { keyword: 'qqzz' }, 422, 'UNKNOWN_KEYWORD'],
    ['generate-strategy', { keyword: 'RSI' }, 404, 'NO_EXAMPLES'],
    ['generate-strategy', { keyword: 'RSI', media_id: 5 }, 404, 'NOT_FOUND'],
    ['generate-strategy', { keyword: 'RSI', top_k: 21 }, 422, 'INVALID_INPUT'],
    ['process-media', {}, 422, 'INVALID_INPUT'],
    ['process-media', { media_id: 5, video_id: 'x' }, 422, 'INVALID_INPUT'],
    ['process-media', { media_id: 5 }, 404, 'NOT_FOUND'],
    ['process-media', { media_id: 2_147_483_648 }, 422, 'INVALID_INPUT'],
    ['process-library', { folder: '../..' }, 403, 'PATH_NOT_ALLOWED'],
    ['process-library', { folder: 'nope' }, 404, 'MEDIA_MISSING'],
    ['enhance-signals', { strategy_ids: [5] }, 404, 'NOT_FOUND'],
    ['batch-generate', { keywords: ['qqzz'] }, 422, 'UNKNOWN_KEYWORD'],
    ['reindex', { action: 'destroy' }, 422, 'INVALID_INPUT'],
    ['reindex', { min_recall: 2 }, 422, 'INVALID_INPUT'],
    ['embed-segments', {}, 404, 'NOT_FOUND'],
    ['unheard-of', {}, 404, 'NOT_FOUND'],
  ])('%s %j → %i %s', async (workflow, body, status, code) => {
    const reply = await api.call('POST', `/workflows/${workflow}`, body);
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
  });

  it('is started once under one Idempotency-Key, even by two at a time', async () => {
    const send = (body: object) =>
      api.call<StartedAnswer & Problem>('POST', '/workflows/batch-generate', body, { 'idempotency-key': 'batch-1' });
    const both = await Promise.all([send({ name: 'twice' }), send({ name: 'twice' })]);
    const answered = both.filter(({ status }) => status === 202);
    expect(answered.length).toBeGreaterThanOrEqual(1);
    for (const { status, body } of both) if (status !== 202) expect(body.code).toBe('CONFLICT');
    const again = await until(async () => {
      const reply = await send({ name: 'twice' });
      return reply.status === 202 ? reply : null;
    });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body.runId).toBe(answered[0]?.body.runId);
    expect((await send({ name: 'other' })).body.code).toBe('IDEMPOTENCY_CONFLICT');
    expect((await api.ended('batch-generate:twice')).status).toBe('completed');
  });

  it('processes a folder and rates what is pending', async () => {
    const library = await api.call<StartedAnswer>('POST', '/workflows/process-library', { folder: '.' });
    const signals = await api.call<StartedAnswer>('POST', '/workflows/enhance-signals', {});
    expect([library.status, signals.status]).toEqual([202, 202]);
    expect((await api.ended('process-library:.')).status).toBe('completed');
    expect((await api.ended('enhance-signals:pending')).status).toBe('completed');
  });
});

describe('schedules', () => {
  const create = (body: object) => api.call<ScheduleAnswer & Problem>('POST', '/schedules', body);

  it('are created, listed, paused, triggered and deleted', async () => {
    const made = await create({
      id: 'nightly',
      workflow: 'batch-generate',
      cron: '0 6 * * 1-5',
      timezone: 'Europe/Berlin',
      paused: true,
    });
    expect(made).toMatchObject({ status: 201, body: { cron: '0 6 * * 1-5', paused: true } });
    expect(made.body.nextRuns.length).toBeGreaterThan(0);
    expect((await create({ id: 'nightly', workflow: 'batch-generate', every: '1d' })).body.code).toBe('CONFLICT');
    await until(async () => {
      const { body } = await api.call<{ items: ScheduleAnswer[] }>('GET', '/schedules');
      return body.items.find(({ id }) => id === 'nightly') ?? null;
    });
    expect((await api.call<ScheduleAnswer>('POST', '/schedules/nightly/resume')).body.paused).toBe(false);
    expect((await api.call<ScheduleAnswer>('POST', '/schedules/nightly/pause')).body.paused).toBe(true);
    await api.call('POST', '/schedules/nightly/trigger');
    const started = await until(async () => {
      const { body } = await api.call<ScheduleAnswer>('GET', '/schedules/nightly');
      return body.recentRuns[0] ?? null;
    });
    expect((await api.ended(started.workflowId)).status).toBe('completed');
    expect((await api.call('DELETE', '/schedules/nightly')).status).toBe(204);
    expect((await api.call('GET', '/schedules/nightly')).body.code).toBe('NOT_FOUND');
  });

  it.each([
    ['both cron and every', { cron: '0 6 * * *', every: '1d' }],
    ['neither', {}],
    ['an impossible minute', { cron: '99 6 * * *' }],
    ['an unknown zone', { every: '1d', timezone: 'Mars/Olympus' }],
    ['a wrong input', { every: '1d', input: { topk: 3 } }],
    ['a wrong interval', { every: '10s' }],
  ])('refuse %s', async (_, body) => {
    const reply = await create({ id: 'bad', workflow: 'batch-generate', ...body });
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status: 422, code: 'INVALID_INPUT' });
  });
});

describe('what it stands on', () => {
  it('is ready when every queue has a worker, and an LLM that is away is only named', async () => {
    const away = { backend: 'ollama', ok: false, detail: 'does not answer' };
    const config = { ...api.deps.config, LLM_BACKEND: 'auto' as const };
    const auto = callsOf({ ...api.deps, config, llmHealth: async () => away });
    const ready = await until(async () => {
      const reply = await auto.call<z.infer<typeof readinessSchema>>('GET', '/health/ready');
      return reply.status === 200 ? reply : null;
    });
    expect(ready.body.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['llm']);
    const strict = callsOf({ ...api.deps, config: { ...config, LLM_BACKEND: 'ollama' }, llmHealth: async () => away });
    expect((await strict.call('GET', '/health/ready')).status).toBe(503);
  });

  it('answers 503 in time and writes nothing when Temporal is away', async () => {
    const address = new URL(await closedUrl()).host;
    const temporal = createTemporal({ ...api.deps.config, TEMPORAL_ADDRESS: address });
    const { call } = callsOf({ ...api.deps, temporal });
    const before = await api.deps.database.outbox.count();
    const reply = await call('POST', '/workflows/batch-generate', {}, { 'idempotency-key': 'away' });
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status: 503, code: 'TEMPORAL_UNAVAILABLE' });
    expect(await api.deps.database.outbox.count()).toBe(before);
    // A 503 is not kept: the same key starts it later.
    expect((await api.call('POST', '/workflows/batch-generate', {}, { 'idempotency-key': 'away' })).status).toBe(202);
    const run = await call<RunDetail>('GET', runPath('batch-generate:all'));
    expect(run.body).toMatchObject({ live: false, note: expect.stringContaining('Temporal') });
    const ready = await call<z.infer<typeof readinessSchema>>('GET', '/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body.checks.filter(({ ok }) => !ok).every(({ remedy }) => remedy !== null)).toBe(true);
    // Not closed: calls that the SDK still retries would throw on a closed channel, where nobody can catch it.
  });

  it('answers 503 when the database is away', async () => {
    const url = new URL(await closedUrl());
    const database = createDatabase(`postgres://nobody@${url.host}/none`);
    const { call } = callsOf({ ...api.deps, database });
    const reply = await call('GET', '/media');
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status: 503, code: 'DATABASE_UNAVAILABLE' });
    await database.$disconnect();
  });
});

describe('the description', () => {
  type Document = {
    openapi: string;
    paths: Record<string, Record<string, object>>;
    components: { schemas: Record<string, object> };
  };

  it('covers every route and its schemas compile', async () => {
    const { body } = await api.call<Document>('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const operations = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    expect(operations).toEqual(
      expect.arrayContaining([
        'post /media',
        'get /workflows/{id}/events',
        'get /clip/{id}/download',
        'post /schedules/{id}/trigger',
        'post /search',
        'get /search/transcripts',
        'get /search/frames',
        'get /search/clips',
        'get /search/all',
        'get /embeddings/search',
        'post /embed',
        'get /stats',
        'get /health',
        'post /keywords',
        'delete /keywords/{keyword}',
        'get /clip/{id}/contact-sheet',
        'get /clip/{id}/subtitles',
        'post /workflows/reindex',
      ]),
    );
    const ajv = new Ajv2020({ strict: false, schemas: [{ $id: 'api', components: body.components }] });
    for (const name of Object.keys(body.components.schemas))
      expect(() => ajv.compile({ $ref: `api#/components/schemas/${name}` })).not.toThrow();
  });

  it.each([
    ['get', '/media/{id}', ''],
    ['delete', '/media/{id}', ''],
    ['delete', '/keywords/{keyword}', ''],
    ['get', '/strategies/{id}', ''],
    ['get', '/signals/{id}', ''],
    ['get', '/exports', '?scope='],
    ['get', '/workflows/{id}', `?runId=${'x'.repeat(101)}`],
    ['get', '/workflows/{id}/result', `?runId=${'x'.repeat(101)}`],
    ['post', '/workflows/{id}/pause', ''],
    ['post', '/workflows/{id}/resume', ''],
    ['post', '/workflows/{id}/cancel', ''],
    ['post', '/workflows/{id}/rerun', ''],
  ])('tells that %s %s may answer 422, as it does', async (method, template, query) => {
    const path = template.replace(/\{.+?\}/, 'x'.repeat(121)) + query;
    const refused = await api.call(method.toUpperCase(), path, method === 'post' ? { unheard: 'of' } : undefined);
    expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 422, code: 'INVALID_INPUT' });
    const { body } = await api.call<Document>('GET', '/openapi.json');
    expect(body.paths[template]?.[method]).toHaveProperty(['responses', '422']);
  });

  it('is shown by a page that loads nothing from elsewhere', async () => {
    const page = await api.request('/docs');
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) expect((await api.request(link)).status).toBe(200);
    expect((await api.request('/')).headers.get('location')).toBe('/docs');
  });

  it('lists the lexicon and the rule language', async () => {
    const { body } = await api.call<z.infer<typeof keywordListSchema>>(
      'GET',
      '/keywords?rules=true&q=rsi&category=technical_indicator',
    );
    expect(body.items.map(({ keyword }) => keyword)).toContain('RSI');
    expect((await api.call<object>('GET', '/strategies/schema')).body).toHaveProperty('$schema');
  });
});
