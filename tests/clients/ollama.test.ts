import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBackendChoice } from '../../clients/llm/choose.ts';
import { createOllama } from '../../clients/llm/ollama.ts';
import type { GenerateRequest } from '../../clients/llm/types.ts';
import { parseConfig } from '../../contracts/config.ts';
import { prepareOllama } from '../ollama/prepare.mjs';
import { closedUrl } from './closed-port.ts';

const SEVEN_MINUTES = 420_000;
const schema = {
  type: 'object',
  properties: { rating: { type: 'integer', minimum: 1, maximum: 5 }, choppiness: { enum: ['yes', 'no'] } },
  required: ['rating', 'choppiness'],
};
const request: GenerateRequest = {
  system: 'You rate signals.',
  prompt: 'RSI 28, long BTC-USD.',
  temperature: 0,
  maxTokens: 200,
};
/** An answer that takes minutes: at least 2,000 lists of 2,000 numbers. */
const many = (items: Record<string, unknown>) => ({ type: 'array', items, minItems: 2_000 });
const endless = { ...request, schema: many(many({ type: 'integer' })), maxTokens: 30_000 };
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

let server: Awaited<ReturnType<typeof prepareOllama>>;
beforeAll(async () => {
  server = await prepareOllama();
}, SEVEN_MINUTES);
afterAll(async () => {
  if ('stop' in server) await server.stop();
});

/** The running server; skips the test, saying why, where there is none. */
function running(context: { skip: (note?: string) => never }) {
  if ('skip' in server) return context.skip(server.skip);
  return server;
}
const open = ({ url, model }: { url: string; model: string }, timeoutMs = 60_000) =>
  createOllama({ url, model, timeoutMs });

test('a schema makes the answer valid JSON', async (context) => {
  const answer = await open(running(context)).generate({ ...request, schema });
  const parsed = JSON.parse(answer.text);
  expect([1, 2, 3, 4, 5]).toContain(parsed.rating);
  expect(['yes', 'no']).toContain(parsed.choppiness);
  expect(answer).toMatchObject({ model: 'tiny', finishReason: 'stop' });
  expect(answer.promptTokens).toBeGreaterThan(10);
  expect(answer.answerTokens).toBeGreaterThan(5);
});

test('an answer cut at its limit says so', async (context) => {
  const answer = await open(running(context)).generate({ ...request, maxTokens: 6 });
  expect(answer).toMatchObject({ finishReason: 'length', answerTokens: 6 });
});

test('the same prompt without chance gives the same answer', async (context) => {
  const backend = open(running(context));
  const cold = { ...request, maxTokens: 40, temperature: 0 };
  expect((await backend.generate(cold)).text).toBe((await backend.generate(cold)).text);
});

test('a call ends at its time limit', async (context) => {
  const error = await caught(open(running(context), 400).generate(endless));
  expect(error).toMatchObject({ code: 'LLM_TIMEOUT', details: { model: 'tiny' } });
});

test('a cancelled call stops the server, too', async (context) => {
  // The server takes one call at a time: were it still busy with the first, the second would meet its limit.
  const backend = open(running(context), 45_000);
  const controller = new AbortController();
  const { signal } = controller;
  const onProgress = (pieces: number) => pieces === 5 && controller.abort();
  expect(await caught(backend.generate({ ...endless, signal, onProgress }))).toMatchObject({ code: 'CANCELLED' });
  expect(await backend.generate({ ...request, maxTokens: 1 })).toMatchObject({ finishReason: 'length' });
  expect(await caught(backend.generate({ ...request, signal }))).toMatchObject({ code: 'CANCELLED' });
}, 120_000);

test('a model that is not there names the command that fetches it', async (context) => {
  const error = await caught(open(running(context)).generate({ ...request, model: 'absent' }));
  expect(error).toMatchObject({ code: 'LLM_UNAVAILABLE', details: { command: 'ollama pull absent' } });
});

test('a prompt that the model cannot hold is refused, not cut', async (context) => {
  const error = await caught(open(running(context)).generate({ ...request, prompt: 'candle '.repeat(20_000) }));
  expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { limit: 32_768 } });
});

test('health lists the models', async (context) => {
  const { url } = running(context);
  expect(await open({ url, model: 'tiny' }).health()).toEqual({
    ok: true,
    detail: 'tiny is there.',
    models: ['tiny:latest'],
  });
  expect(await open({ url, model: 'absent' }).health()).toMatchObject({
    ok: false,
    detail: expect.stringContaining('ollama pull absent'),
  });
});

test('LLM_BACKEND chooses', async (context) => {
  const { url } = running(context);
  const choose = (LLM_BACKEND: string, OLLAMA_MODEL: string) =>
    createBackendChoice(parseConfig({ LLM_BACKEND, OLLAMA_MODEL, OLLAMA_URL: url })).chooseBackend();
  expect(await choose('auto', 'tiny')).toMatchObject({ name: 'ollama' });
  expect(await choose('auto', 'absent')).toBeNull();
  expect(await choose('offline', 'tiny')).toBeNull();
  expect(await caught(choose('ollama', 'absent'))).toMatchObject({ code: 'LLM_UNAVAILABLE' });
});

test('a server that does not answer', async () => {
  const backend = open({ url: await closedUrl(), model: 'tiny' });
  expect(await caught(backend.generate(request))).toMatchObject({
    code: 'LLM_UNAVAILABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  expect(await backend.health()).toMatchObject({ ok: false, models: [] });
});
