/** Search over HTTP on a processed lesson: what is found, filtered, grouped, refused; vectors of posted segments; statistics. */
import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbedAnswer, healthSchema, SearchAnswer, Stats } from '../../contracts/http/search.ts';
import { writeLesson, writeTranscript } from '../setup/lesson.ts';
import { until } from '../setup/until.ts';
import { type ApiHarness, callsOf, startApiHarness } from './api-harness.ts';

let api: ApiHarness;
let video: { id: number; videoId: string };
let transcript: { id: number; videoId: string };

beforeAll(async () => {
  api = await startApiHarness();
  await writeLesson(api.harness.mediaRoot, 'lesson');
  await writeTranscript(api.harness.mediaRoot, 'other.srt', {
    seconds: 30,
    extra: '99\n00:05:00,000 --> 00:05:06,000\nPlace the stop loss two ATR below the entry price.',
  });
  video = await processed('lesson.mp4');
  transcript = await processed('other.srt');
}, 120_000);
afterAll(() => api.harness.close());

async function processed(path: string) {
  const { body } = await api.submit({ path, max_strategies: 0 });
  const run = await api.ended(body.workflowId ?? '');
  expect(run.status).toBe('completed');
  return { id: body.mediaId, videoId: body.videoId };
}
const mine = () => ({ media_item_id: [video.id, transcript.id] });
const search = (body: object) =>
  api.call<SearchAnswer>('POST', '/search', { filters: mine(), ...body }).then((reply) => {
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    return reply.body;
  });

describe('what is found', () => {
  it.each(['dense', 'bm25', 'hybrid'] as const)('%s: the moment that says it comes first', async (mode) => {
    const answer = await search({ query: 'stop loss two ATR below the entry', mode, top_k: 3 });
    expect(answer).toMatchObject({ embedding_type: 'transcript', mode, model: 'all-MiniLM-L6-v2' });
    const [first] = answer.results;
    expect(first).toMatchObject({ media_item_id: transcript.id, video_id: transcript.videoId, clip_url: null });
    expect(first?.text).toContain('two ATR below the entry price');
    expect(first?.highlights.map(([from, to]) => first.text.slice(from, to))).toContain('stop');
    expect(first?.similarity).toBeGreaterThan(0.5);
    expect(answer.total).toBe(answer.results.length);
    expect(answer.results.length).toBeLessThanOrEqual(3);
  });

  it('tells clip and time of a moment', async () => {
    const answer = await search({ query: 'RSI oversold, buy when it crosses back', embedding_type: 'clip', top_k: 1 });
    const [hit] = answer.results;
    expect(hit).toMatchObject({ embedding_type: 'clip', origin: 'pipeline', media_item_id: video.id });
    expect(hit?.start_time).toBeCloseTo((hit?.start_ms ?? 0) / 1_000);
    expect(hit?.end_ms).toBeGreaterThan(hit?.start_ms ?? 0);
    const clip = await api.request(hit?.clip_url ?? '', { headers: { range: 'bytes=0-99' } });
    expect(clip.status).toBe(206);
    expect(hit?.keywords).toContain('RSI');
    expect((await api.request(`/clip/${hit?.clip_id}/subtitles`)).status).toBe(200);
  });

  it('filters by item, video_id, keyword, category, time and confidence', async () => {
    const all = await search({ query: 'RSI', top_k: 100 });
    expect(new Set(all.results.map((hit) => hit.media_item_id))).toEqual(new Set([video.id, transcript.id]));
    const kept = async (filters: object) =>
      (await search({ query: 'RSI', top_k: 100, filters: { ...mine(), ...filters } })).results;
    for (const hit of await kept({ video_id: video.videoId })) expect(hit.media_item_id).toBe(video.id);
    const byKeyword = await kept({ keyword: 'relative strength index' });
    expect(byKeyword.length).toBeGreaterThan(0);
    for (const hit of byKeyword) expect(hit.keywords).toContain('RSI');
    for (const hit of await kept({ category: ['risk_management'] }))
      expect(hit.categories).toContain('risk_management');
    const late = await kept({ from_time: 200 });
    expect(late.map((hit) => hit.media_item_id)).toEqual([transcript.id]);
    for (const hit of await kept({ to_time: 20 })) expect(hit.start_time).toBeLessThan(20);
    const sure = await kept({ min_confidence: 0.9 });
    for (const hit of sure) expect(hit.confidence).toBeGreaterThanOrEqual(0.9);
    expect(sure.length).toBeLessThan(all.results.length + 1);
    expect(await kept({ media_item_id: video.id, video_id: transcript.videoId })).toEqual([]);
  });

  it('leaves out what is not similar enough, in every mode', async () => {
    for (const mode of ['dense', 'bm25', 'hybrid']) {
      const { results } = await search({ query: 'RSI oversold', mode, top_k: 100, min_similarity: 0.4 });
      expect(results.length).toBeGreaterThan(0);
      for (const { similarity } of results) expect(similarity).toBeGreaterThanOrEqual(0.4);
    }
  });

  it('groups by media item', async () => {
    const { groups, results } = await search({ query: 'RSI', group_by: 'media', group_size: 2, top_k: 5 });
    const ids = groups?.map((group) => group.media_item_id) ?? [];
    expect(new Set(ids)).toEqual(new Set([video.id, transcript.id]));
    expect(ids).toHaveLength(2);
    expect(new Set(groups?.map((group) => group.media_item_id))).toEqual(new Set([video.id, transcript.id]));
    for (const group of groups ?? []) expect(group.results.length).toBeLessThanOrEqual(2);
    expect(results).toEqual(groups?.flatMap((group) => group.results));
  });

  it('is the same by query parameters', async () => {
    const ids = `${video.id},${transcript.id}`;
    const parameters = `query=RSI+oversold&top_k=3&mode=dense&media_item_id=${ids}`;
    const { results } = await search({ query: 'RSI oversold', top_k: 3, mode: 'dense' });
    for (const path of [
      `/search/transcripts?${parameters}`,
      `/embeddings/search?embedding_type=transcript&${parameters}`,
    ]) {
      const reply = await api.call<SearchAnswer>('GET', path);
      expect(reply.status).toBe(200);
      expect(reply.body.results).toEqual(results);
    }
    const all = await api.call<SearchAnswer>('GET', `/search/all?${parameters.replace('top_k=3', 'top_k=50')}`);
    expect(all.body.embedding_type).toBe('all');
    expect(new Set(all.body.results.map((hit) => hit.embedding_type)).size).toBeGreaterThan(1);
    const scores = all.body.results.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    for (const path of ['frames', 'clips'])
      expect((await api.call('GET', `/search/${path}?${parameters}`)).status).toBe(200);
  });

  it('keeps the texts searched for', async () => {
    await search({ query: 'kept for the next reindex' });
    await until(async () => api.deps.database.searchQuery.findFirst({ where: { text: 'kept for the next reindex' } }));
  });
});

describe('what is refused', () => {
  it.each([
    ['an empty query', { query: '  ' }, 422, 'INVALID_INPUT'],
    ['no query', {}, 422, 'INVALID_INPUT'],
    ['too many', { query: 'x', top_k: 101 }, 422, 'INVALID_INPUT'],
    ['a similarity above 1', { query: 'x', min_similarity: 1.1 }, 422, 'INVALID_INPUT'],
    ['a type that is not searched', { query: 'x', embedding_type: 'keyword' }, 422, 'INVALID_INPUT'],
    ['a misspelt option', { query: 'x', topk: 3 }, 422, 'INVALID_INPUT'],
    ['a misspelt filter', { query: 'x', filters: { mediaId: 3 } }, 422, 'INVALID_INPUT'],
    ['swapped times', { query: 'x', filters: { from_time: 60, to_time: 50 } }, 422, 'INVALID_INPUT'],
    ['an unknown keyword', { query: 'x', filters: { keyword: 'qqzz' } }, 422, 'UNKNOWN_KEYWORD'],
    ['an unknown video', { query: 'x', filters: { video_id: 'nope' } }, 404, 'NOT_FOUND'],
    ['reranking without a model', { query: 'x', rerank: true }, 503, 'RERANKER_UNAVAILABLE'],
  ])('%s', async (_, body, status, code) => {
    const reply = await api.call('POST', '/search', body);
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
    expect(reply.body.remedy).not.toBe('');
  });

  it.each(['/search/all', '/search/transcripts?query=', '/search/all?query=x&top_k=0', '/search/all?query=x&limit=3'])(
    'GET %s',
    async (path) => {
      const reply = await api.call('GET', path);
      expect({ status: reply.status, code: reply.body.code }).toEqual({ status: 422, code: 'INVALID_INPUT' });
    },
  );
});

describe('POST /embed', () => {
  const segments = [
    { id: 7, text: 'A bull flag after a strong move up', start_time: 1.25, end_time: 4.5 },
    { id: 8, text: 'The second entry in a wedge', start_time: 5, end_time: 6 },
  ];
  const embed = (body: object, headers = {}) =>
    api.call<EmbedAnswer & { workflowId?: string; detail?: string }>(
      'POST',
      '/embed',
      { media_item_id: transcript.id, embedding_type: 'transcript', segments, ...body },
      headers,
    );

  it('embeds once, gives the vectors when asked, and finds them at once', async () => {
    const first = await embed({ return_vectors: true });
    expect(first.status, JSON.stringify(first.body)).toBe(200);
    expect(first.body).toMatchObject({ embedded: 2, reused: 0, model: 'all-MiniLM-L6-v2', dimension: 384 });
    expect(first.body.vectors?.map(({ id }) => id)).toEqual([7, 8]);
    const length = Math.hypot(...(first.body.vectors?.[0]?.vector ?? []));
    expect(length).toBeCloseTo(1, 5);
    const again = await embed({});
    expect(again.body).toMatchObject({ embedded: 0, reused: 2 });
    expect(again.body.vectors).toBeUndefined();
    const { results } = await search({ query: 'bull flag', top_k: 1 });
    expect(results[0]).toMatchObject({ id: 7, origin: 'posted', start_time: 1.25, end_time: 4.5 });
    // Processing the item again leaves what was posted.
    await api.ended((await api.submit({ path: 'other.srt', max_strategies: 0, force: true })).body.workflowId ?? '');
    expect((await search({ query: 'bull flag', top_k: 1 })).results[0]).toMatchObject({ id: 7, origin: 'posted' });
  });

  it('answers 202 with the run when asked not to wait', async () => {
    const reply = await embed({ embedding_type: 'keyword' }, { prefer: 'respond-async' });
    expect(reply.status).toBe(202);
    expect((await api.ended(reply.body.workflowId ?? '')).status).toBe('completed');
  });

  it('refuses segments that begin after the end of the media, and says where that is', async () => {
    const { durationMs } = await api.deps.database.mediaItem.findUniqueOrThrow({ where: { id: video.id } });
    const end = (durationMs ?? 0) / 1_000;
    expect(end).toBeGreaterThan(60);
    const late = [segments[0], { id: 9, text: 'Said after the end', start_time: end + 1.1, end_time: end + 2 }];
    const reply = await embed({ media_item_id: video.id, segments: late });
    expect(reply).toMatchObject({ status: 422, body: { code: 'INVALID_INPUT' } });
    expect(reply.body.detail).toContain('segments.1.start_time');
    expect(reply.body.detail).toContain(`${end} s`);
    expect(await api.deps.database.postedSegment.count({ where: { mediaItemId: video.id } })).toBe(0);
    const justAfter = [{ ...late[1], start_time: end + 0.9 }];
    expect((await embed({ media_item_id: video.id, embedding_type: 'keyword', segments: justAfter })).status).toBe(200);
  });

  it.each([
    ['an unknown item', { media_item_id: 2_147_483_600 }, 404, 'NOT_FOUND'],
    ['no segments', { segments: [] }, 422, 'INVALID_INPUT'],
    ['an id twice', { segments: [segments[0], segments[0]] }, 422, 'INVALID_INPUT'],
    ['an empty text', { segments: [{ ...segments[0], text: ' ' }] }, 422, 'INVALID_INPUT'],
    ['swapped times', { segments: [{ ...segments[0], start_time: 9 }] }, 422, 'INVALID_INPUT'],
    ['an unknown type', { embedding_type: 'book' }, 422, 'INVALID_INPUT'],
  ])('%s', async (_, body, status, code) => {
    const reply = await api.call('POST', '/embed', {
      media_item_id: transcript.id,
      embedding_type: 'transcript',
      segments,
      ...body,
    });
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
  });
});

it('tells what the indices hold', async () => {
  const { status, body } = await api.call<Stats>('GET', '/stats');
  expect(status).toBe(200);
  expect(body).toMatchObject({ model: 'all-MiniLM-L6-v2', dimension: 384, device: 'cpu', media_items: 2 });
  expect(body.indices.map(({ name }) => name)).toEqual(['transcripts', 'frames', 'clips']);
  expect(body.vectors.total).toBe(Object.values(body.vectors.by_type).reduce((sum, count) => sum + count, 0));
  const health = await api.call<z.infer<typeof healthSchema>>('GET', '/health');
  expect(health.body.statistics).toMatchObject({ dimension: 384 });
});

it('finds words of which the meaning is unlike', async () => {
  const { call } = callsOf({
    ...api.deps,
    queryVectors: {
      ...api.deps.queryVectors,
      vector: async (model, text) => (await api.deps.queryVectors.vector(model, text)).map((value) => -value),
    },
  });
  for (const mode of ['bm25', 'hybrid']) {
    const body = { query: 'stop loss two ATR below the entry', mode, top_k: 3, filters: mine() };
    const { results } = (await call<SearchAnswer>('POST', '/search', body)).body;
    const found = results.find(({ text }) => text.includes('two ATR below the entry price'));
    expect(found?.similarity).toBeLessThan(0);
    const bounded = await call<SearchAnswer>('POST', '/search', { ...body, min_similarity: 0.01 });
    expect(bounded.body.results.every(({ similarity }) => similarity >= 0.01)).toBe(true);
  }
});

describe('hostile and careless requests', () => {
  const queries: Array<[string, string]> = [
    ['emoji', '🟢'.repeat(1_000)],
    ['right to left', '\u202Eوقف الخسارة\u202C'],
    ['a pattern', '^(a+)+$ .* [^]'],
    ['nothing to see', '\u200B'],
    ['a quote', "'; DROP TABLE embeddings; --"],
    ['one long word', 'x'.repeat(2_000)],
    ['a number', '200'],
  ];
  it.each(queries)('answers a query of %s', async (_, query) => {
    for (const mode of ['dense', 'bm25', 'hybrid'])
      expect((await api.call('POST', '/search', { query, mode })).status).toBe(200);
    expect((await api.call('GET', `/search/all?query=${encodeURIComponent(query)}`)).status).toBe(200);
  });

  it('takes parameters as clients write them', async () => {
    const ids = `media_item_id=${video.id}&media_item_id=${transcript.id}`;
    const reply = await api.call<SearchAnswer>(
      'GET',
      `/search/transcripts?query=RSI&${ids}&top_k=50&min_similarity=.1&rerank=False`,
    );
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    expect(new Set(reply.body.results.map((hit) => hit.media_item_id))).toEqual(new Set([video.id, transcript.id]));
  });

  it.each([
    'query=x&keyword=',
    'query=a%00b',
    'query=x&media_item_id=1,two',
    'query=x&media_item_id=0x10',
    'query=x&media_item_id=9999999999',
    `query=x&media_item_id=${Array.from({ length: 201 }, (_, at) => at + 1).join()}`,
    `query=x&keyword=${'a,'.repeat(999)}a`,
    'query=x&category=none',
    'query=x&min_similarity=NaN',
    'query=x&top_k=1e2',
    'query=x&from_time=-1',
    'query=x&rerank=maybe',
  ])('refuses ?%s', async (parameters) => {
    const reply = await api.call('GET', `/search/all?${parameters}`);
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status: 422, code: 'INVALID_INPUT' });
  });

  it('a long list of filters is answered', async () => {
    const media_item_id = Array.from({ length: 200 }, (_, at) => at + 1);
    const reply = await api.call('POST', '/search', { query: 'x', filters: { media_item_id } });
    expect(reply.status).toBe(200);
  });
});

it('says what is true of the search routes', async () => {
  const { body } = await api.call<{
    paths: Record<string, Record<string, { parameters?: Array<{ name: string; schema: object }>; responses: object }>>;
  }>('GET', '/openapi.json');
  const parameters = body.paths['/search/all']?.get?.parameters ?? [];
  const schemaOf = (name: string) => parameters.find((parameter) => parameter.name === name)?.schema;
  expect(schemaOf('top_k')).toMatchObject({ type: 'integer', minimum: 1, maximum: 100, default: 5 });
  expect(schemaOf('min_similarity')).toMatchObject({ type: 'number', minimum: 0, maximum: 1, default: 0 });
  expect(schemaOf('rerank')).toMatchObject({ type: 'boolean', default: false });
  expect(schemaOf('media_item_id')).toMatchObject({ type: 'array' });
  expect(Object.keys(body.paths['/search']?.post?.responses ?? {})).toEqual(
    expect.arrayContaining(['200', '400', '404', '413', '422', '503']),
  );
  expect(Object.keys(body.paths['/embed']?.post?.responses ?? {})).toEqual(
    expect.arrayContaining(['200', '202', '400', '404', '413', '422', '503']),
  );
});

describe('with a cross-encoder', () => {
  /** Prefers what `better` says, and tells what it was asked to order. */
  function reranking(better: (passage: string) => number) {
    const asked: string[][] = [];
    const { call } = callsOf({
      ...api.deps,
      reranker: async () => ({
        model: 'by rule',
        score: async (_query, passages) => {
          asked.push(passages);
          return passages.map(better);
        },
        close: async () => {},
      }),
    });
    const ask = async (body: object) => {
      const reply = await call<SearchAnswer>('POST', '/search', {
        query: 'RSI',
        rerank: true,
        filters: mine(),
        ...body,
      });
      expect(reply.status, JSON.stringify(reply.body)).toBe(200);
      return reply.body;
    };
    return { ask, call, asked };
  }

  it('orders by its scores', async () => {
    const { results } = await reranking(({ length }) => length).ask({ top_k: 3 });
    const lengths = results.map(({ text }) => text.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
  });

  it('can put another item first, though one only is wanted', async () => {
    const plain = await search({ query: 'RSI', group_by: 'media', top_k: 1 });
    expect(plain.groups?.[0]?.media_item_id).toBe(video.id);
    const { ask } = reranking((text) => (text.includes('two ATR below the entry price') ? 1 : 0));
    const { groups, total } = await ask({ group_by: 'media', top_k: 1 });
    expect(groups).toHaveLength(1);
    expect(groups?.[0]?.media_item_id).toBe(transcript.id);
    expect(total).toBe(groups?.[0]?.results.length);
  });

  it('reads a bounded number of moments, however many are wanted', async () => {
    const { ask, call, asked } = reranking(({ length }) => length);
    const segments = Array.from({ length: 120 }, (_, at) => ({
      id: at,
      text: `RSI, note ${at}`,
      start_time: at / 2,
      end_time: at / 2,
    }));
    const posted = { media_item_id: video.id, embedding_type: 'transcript', segments };
    expect((await api.call('POST', '/embed', posted)).status).toBe(200);
    const wide = { group_by: 'media', group_size: 20, top_k: 100 };
    const all = await ask(wide);
    const without = await search({ query: 'RSI', ...wide });
    expect(all.total).toBe(without.total);
    await call('GET', `/search/all?query=RSI&rerank=true&top_k=100&media_item_id=${video.id},${transcript.id}`);
    expect(asked[1]).toHaveLength(100);
    expect(asked).toHaveLength(2);
    for (const passages of asked) expect(passages.length).toBeLessThanOrEqual(100);
  });
});

it('shows no link to a clip that is gone', async () => {
  const before = await search({ query: 'RSI', embedding_type: 'clip', top_k: 50 });
  const gone = before.results[0]?.clip_id ?? 0;
  await api.deps.database.clip.delete({ where: { id: gone } });
  const clips = await search({ query: 'RSI', embedding_type: 'clip', top_k: 50 });
  expect(clips.results.map((hit) => hit.clip_id)).not.toContain(gone);
  expect(clips.total).toBe(before.total - 1);
  const spoken = await search({ query: 'RSI', top_k: 50, filters: { media_item_id: video.id } });
  expect(spoken.results.map((hit) => hit.clip_id)).not.toContain(gone);
  expect(spoken.results.length).toBeGreaterThan(0);
});
