/** Which backend answers now. */
import type { Config } from '../../contracts/config.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { createOllama } from './ollama.ts';
import type { BackendHealth, LlmBackend } from './types.ts';

/** So long a health answer is believed. */
const HEALTH_FOR_MS = 15_000;

type BackendName = Exclude<Config['LLM_BACKEND'], 'auto' | 'offline'>;

/** Backends that can be had, by the name in LLM_BACKEND. A new one is one file and one line here (and its name in contracts/config.ts). */
const BACKENDS: Record<BackendName, (config: Config) => LlmBackend> = {
  ollama: (config) =>
    createOllama({ url: config.OLLAMA_URL, model: config.OLLAMA_MODEL, timeoutMs: config.LLM_TIMEOUT_S * 1_000 }),
};

/** What `auto` tries. */
const FIRST_CHOICE: BackendName = 'ollama';
const nameOf = ({ LLM_BACKEND }: Config): BackendName =>
  LLM_BACKEND === 'auto' || LLM_BACKEND === 'offline' ? FIRST_CHOICE : LLM_BACKEND;

export type BackendChoice = {
  /** The backend to ask, or `null`: answer by rules. With LLM_BACKEND=ollama it throws `LLM_UNAVAILABLE` instead. */
  chooseBackend(): Promise<LlmBackend | null>;
  /** Health of the configured backend, at most 15 s old; `null` when LLM_BACKEND=offline. */
  health(): Promise<BackendHealth | null>;
};

export function createBackendChoice(
  config: Config,
  {
    backend = BACKENDS[nameOf(config)](config),
    now = () => performance.now(),
  }: { backend?: LlmBackend; now?: () => number } = {},
): BackendChoice {
  let known: { at: number; health: Promise<BackendHealth> } | null = null;
  const health = () => {
    if (known === null || now() - known.at > HEALTH_FOR_MS) known = { at: now(), health: backend.health() };
    return known.health;
  };
  return {
    health: async () => (config.LLM_BACKEND === 'offline' ? null : health()),
    async chooseBackend() {
      if (config.LLM_BACKEND === 'offline') return null;
      const { ok, detail } = await health();
      if (ok) return backend;
      if (config.LLM_BACKEND === 'auto') return null;
      throw new TapeworksError('LLM_UNAVAILABLE', detail, { backend: backend.name, model: backend.model });
    },
  };
}
