/** Ollama by its native API, which constrains the answer to a JSON schema. */
import { Ollama, type ShowResponse } from 'ollama';
import { contextSize } from './context.ts';
import { ollamaError } from './ollama-errors.ts';
import type { BackendHealth, GenerateRequest, GenerateResult, LlmBackend } from './types.ts';

const HEALTH_TIMEOUT_MS = 2_500;
const KEEP_ALIVE = '10m';

export type OllamaOptions = {
  url: string;
  model: string;
  /** Longest time of one call. */
  timeoutMs: number;
};
/** What of a model's description decides how it is asked. */
type ModelTraits = { contextLimit: number | null; thinks: boolean };

export function createOllama({ url, model: ownModel, timeoutMs }: OllamaOptions): LlmBackend {
  const traits = new Map<string, ModelTraits>();

  async function traitsOf(client: Ollama, model: string): Promise<ModelTraits> {
    const known = traits.get(model) ?? readTraits(await client.show({ model }));
    traits.set(model, known);
    return known;
  }

  async function generate(request: GenerateRequest): Promise<GenerateResult> {
    const { system, prompt, schema, temperature, maxTokens, signal, onProgress, model = ownModel } = request;
    const timeout = AbortSignal.timeout(timeoutMs);
    const began = performance.now();
    try {
      const client = clientWith(url, signal ? AbortSignal.any([signal, timeout]) : timeout);
      const { contextLimit, thinks } = await traitsOf(client, model);
      // Streaming, although the whole answer is wanted: closing the connection is what stops the server.
      const stream = await client.chat({
        model,
        stream: true,
        keep_alive: KEEP_ALIVE,
        messages: [
          { role: 'system', content: system },
          { role: 'user', content: prompt },
        ],
        options: {
          temperature,
          num_predict: maxTokens,
          num_ctx: contextSize(system + prompt, maxTokens, contextLimit),
        },
        ...(schema === undefined ? {} : { format: schema }),
        ...(thinks ? { think: false } : {}),
      });
      const result = { text: '', pieces: 0, promptTokens: 0, answerTokens: 0, reason: '' };
      for await (const part of stream) {
        result.text += part.message.content;
        onProgress?.(++result.pieces);
        if (!part.done) continue;
        result.promptTokens = part.prompt_eval_count ?? 0;
        result.answerTokens = part.eval_count ?? 0;
        result.reason = part.done_reason ?? '';
      }
      const { text, promptTokens, answerTokens, reason } = result;
      const finishReason = reason === 'stop' || reason === 'length' ? reason : 'other';
      return {
        text,
        model,
        promptTokens,
        answerTokens,
        finishReason,
        durationMs: Math.round(performance.now() - began),
      };
    } catch (error) {
      throw ollamaError(error, { url, model, timeoutMs, cancelled: signal, timedOut: timeout.aborted });
    }
  }

  async function health(): Promise<BackendHealth> {
    const timeout = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
    try {
      const { models } = await clientWith(url, timeout).list();
      const names = models.map((entry) => entry.name);
      const ok = names.some((name) => sameModel(name, ownModel));
      return {
        ok,
        detail: ok ? `${ownModel} is there.` : `Ollama answers but has no model ${ownModel}: ollama pull ${ownModel}`,
        models: names,
      };
    } catch (error) {
      const told = ollamaError(error, {
        url,
        model: ownModel,
        timeoutMs: HEALTH_TIMEOUT_MS,
        timedOut: timeout.aborted,
      });
      return { ok: false, detail: told.message, models: [] };
    }
  }

  return { name: 'ollama', model: ownModel, generate, health };
}

/** One client a call: the library itself can only end all streams of a client. */
const clientWith = (url: string, signal: AbortSignal) =>
  new Ollama({
    host: url,
    fetch: (input, init) =>
      fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal }),
  });

/** "llama3.2" and "llama3.2:latest" are one. */
const sameModel = (a: string, b: string) => withTag(a) === withTag(b);
const withTag = (name: string) => (name.includes(':') ? name : `${name}:latest`);

function readTraits(description: ShowResponse): ModelTraits {
  const info: unknown = description.model_info;
  const entries = typeof info === 'object' && info !== null ? Object.entries(info) : [];
  const limit: unknown = entries.find(([key]) => key.endsWith('.context_length'))?.[1];
  return {
    contextLimit: typeof limit === 'number' ? limit : null,
    thinks: description.capabilities?.includes('thinking') ?? false,
  };
}
