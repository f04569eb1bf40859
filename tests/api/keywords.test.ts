/** The lexicon over HTTP: shown, extended while a worker runs, and back again. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { addedKeywordSchema, keywordListSchema } from '../../contracts/http/keywords.ts';
import type { hitPageSchema } from '../../contracts/http/media.ts';
import { type ApiHarness, startApiHarness } from './api-harness.ts';

type List = z.infer<typeof keywordListSchema>;

let api: ApiHarness;
beforeAll(async () => {
  api = await startApiHarness();
});
afterAll(() => api.harness.close());

const NEW = {
  keyword: 'Zorblax squeeze',
  category: 'price_action',
  definition: 'A made-up pattern in which the price turns purple.',
  variants: ['zorblax'],
  loose: [{ variants: ['purple'], needs: { words: ['price'], within: 3 } }],
};
const list = (query: string) => api.call<List>('GET', `/keywords?${query}`);

describe('adding a term', () => {
  it.each([
    ['another term’s spelling', { ...NEW, variants: ['relative strength index'] }, 409, 'CONFLICT'],
    ['an everyday word', { ...NEW, keyword: 'market' }, 422, 'INVALID_INPUT'],
    ['an unknown field', { ...NEW, colour: 'red' }, 422, 'INVALID_INPUT'],
    ['no definition', { ...NEW, definition: '' }, 422, 'INVALID_INPUT'],
    ['an unknown category', { ...NEW, category: 'weather' }, 422, 'INVALID_INPUT'],
    ['an unknown context', { ...NEW, needs: { words: ['@nowhere'] } }, 422, 'INVALID_INPUT'],
    ['a source of its own', { ...NEW, source: 'built-in' }, 422, 'INVALID_INPUT'],
    ['a NUL', { ...NEW, keyword: 'zor\0blax' }, 422, 'INVALID_INPUT'],
    ['a control character', { ...NEW, keyword: 'zorblax\u0007' }, 422, 'INVALID_INPUT'],
    ['a line break', { ...NEW, variants: ['zor\nblax pattern'] }, 422, 'INVALID_INPUT'],
    ['text that is written backwards', { ...NEW, keyword: 'zorblax\u202Ekcots' }, 422, 'INVALID_INPUT'],
    ['an invisible character', { ...NEW, misheard: ['zor\u200Bblax'] }, 422, 'INVALID_INPUT'],
    ['markup', { ...NEW, keyword: '<b>zorblax</b>' }, 422, 'INVALID_INPUT'],
    ['figures alone', { ...NEW, variants: ['00'], needs: { words: ['price'] } }, 422, 'INVALID_INPUT'],
    ['figures in two words', { ...NEW, loose: [{ variants: ['00 11'], notAfter: ['at'] }] }, 422, 'INVALID_INPUT'],
    ['markup in a condition', { ...NEW, needs: { words: ['<price>'] } }, 422, 'INVALID_INPUT'],
    ['a definition written backwards', { ...NEW, definition: 'A pattern of \u202Eecirp' }, 422, 'INVALID_INPUT'],
  ])('refuses %s', async (_, body, status, code) => {
    const reply = await api.call('POST', '/keywords', body);
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
    expect(await api.deps.database.lexiconTerm.count()).toBe(0);
  });

  it('says what stands in the way, in characters that can be seen', async () => {
    const reply = await api.call('POST', '/keywords', { ...NEW, keyword: 'zorblax\u202E', variants: ['00 11'] });
    expect(reply.body.detail).toContain('U+202E');
    expect(reply.body.detail).not.toContain('\u202E');
    expect(reply.body.detail).toContain('“00 11” has no letter');
  });

  it('takes the characters that terms are written with', async () => {
    const term = {
      ...NEW,
      keyword: 'Zörblax & Söhne’s 3-bar %Z',
      variants: ['Z.O.R. blax', '佐尔', 'zor_blax+'],
      loose: [{ variants: ['violet'], needs: { words: ['@trading', '20', '%'] } }],
    };
    const reply = await api.call('POST', '/keywords', term);
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    expect((await api.call('DELETE', `/keywords/${encodeURIComponent(term.keyword)}`)).status).toBe(204);
  });

  it('is seen by a running worker; finished media is processed again without force, and then not', async () => {
    const cues = ['We look at the RSI today.', 'Then comes the zorblax squeeze.', 'The price is purple now.'];
    const srt = cues.map((text, at) => `${at + 1}\n00:00:0${at * 3},000 --> 00:00:0${at * 3 + 2},900\n${text}\n`);
    await writeFile(path.join(api.harness.mediaRoot, 'zorblax.srt'), srt.join('\n'));
    const wish = { path: 'zorblax.srt', max_strategies: 0 };
    const found = async (mediaId: number) => {
      const { body } = await api.call<z.infer<typeof hitPageSchema>>('GET', `/media/${mediaId}/hits`);
      return body.items.filter(({ keyword }) => keyword === NEW.keyword).map(({ variant }) => variant);
    };
    const first = await api.submit(wish);
    expect((await api.ended(first.body.workflowId ?? '')).status).toBe('completed');
    expect(await found(first.body.mediaId)).toEqual([]);
    expect((await api.submit(wish)).body.code).toBe('ALREADY_DONE');

    const before = (await list('q=rsi')).body.version;
    const added = await api.call<z.infer<typeof addedKeywordSchema>>('POST', '/keywords', NEW);
    expect(added).toMatchObject({ status: 201, body: { term: { keyword: NEW.keyword, source: 'added', hits: 0 } } });
    expect(added.body.version).not.toBe(before);
    expect((await api.call('POST', '/keywords', NEW)).body.code).toBe('CONFLICT');

    const second = await api.submit(wish);
    expect(second.status).toBe(202);
    expect((await api.ended(second.body.workflowId ?? '')).status).toBe('completed');
    expect(await found(first.body.mediaId)).toEqual(['zorblax squeeze', 'purple']);
    expect((await api.submit(wish)).body.code).toBe('ALREADY_DONE');
    expect((await list('source=added')).body.items).toMatchObject([{ keyword: NEW.keyword, hits: 2 }]);
  });

  it('of which two take one spelling at the same time: one is refused', async () => {
    const both = ['Wibble one', 'Wibble two'].map((keyword) =>
      api.call('POST', '/keywords', { ...NEW, keyword, variants: ['wibble'], loose: [] }),
    );
    expect((await Promise.all(both)).map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409]);
  });

  it('is left out where a later term of the product has its spelling, and says so', async () => {
    const { term } = await api.deps.database.lexiconTerm.findUniqueOrThrow({ where: { key: 'zorblax squeeze' } });
    const old = { ...Object(term), keyword: 'Old name', variants: ['RSI'] };
    await api.deps.database.lexiconTerm.create({ data: { keyword: 'Old name', key: 'old name', term: old } });
    const { body } = await list('source=added');
    expect(body.left_out).toEqual([{ keyword: 'Old name', reason: expect.stringContaining('“rsi”') }]);
    expect((await api.call('DELETE', '/keywords/Old%20name')).status).toBe(204);
    expect((await list('source=added')).body.left_out).toEqual([]);
  });
});

describe('the list', () => {
  it('shows definition, source, spellings and hits', async () => {
    const { body } = await list('q=relative%20strength%20index&category=technical_indicator');
    expect(body.items).toMatchObject([
      { keyword: 'RSI', source: 'built-in', rules: true, hits: 1 },
      { keyword: 'stochastic RSI' },
    ]);
    expect(body.items[0]?.definition).toMatch(/oscillator/);
    expect(body.items[0]?.misheard).toContain('are s i');
  });
});

describe('deleting', () => {
  it('takes an added term away, and no other', async () => {
    expect((await api.call('DELETE', '/keywords/zorblax%20SQUEEZE')).status).toBe(204);
    expect(await api.call('DELETE', '/keywords/zorblax%20squeeze')).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    expect(await api.call('DELETE', '/keywords/RSI')).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });
});
