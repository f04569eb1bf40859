/** What every language-model backend offers. */
export type GenerateRequest = {
  system: string;
  prompt: string;
  /** JSON schema that the answer is constrained to; without it the answer is free text. */
  schema?: Record<string, unknown> | undefined;
  temperature: number;
  /** Longest answer, in tokens. */
  maxTokens: number;
  signal?: AbortSignal | undefined;
  /** After each piece of the answer: pieces so far, about one a token. */
  onProgress?: ((pieces: number) => void) | undefined;
  /** Another model than the backend's own. */
  model?: string | undefined;
};
export type GenerateResult = {
  text: string;
  model: string;
  promptTokens: number;
  answerTokens: number;
  /** `length`: the answer was cut at `maxTokens`, which is not the model's bad JSON. */
  finishReason: 'stop' | 'length' | 'other';
  durationMs: number;
};
export type BackendHealth = { ok: boolean; detail: string; models: string[] };

export type LlmBackend = {
  name: string;
  /** The model asked unless a request names another. */
  model: string;
  /** Errors: `LLM_UNAVAILABLE`, `LLM_TIMEOUT`, `INVALID_INPUT` (the prompt exceeds the model's context), `CANCELLED`. */
  generate(request: GenerateRequest): Promise<GenerateResult>;
  /** Never throws. */
  health(): Promise<BackendHealth>;
};
