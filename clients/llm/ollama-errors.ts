import { TapeworksError } from '../../contracts/errors.ts';
import { cancelledError } from '../cancelled.ts';

type Call = { url: string; model: string; timeoutMs: number; cancelled?: AbortSignal | undefined; timedOut: boolean };

/** What a failed call to Ollama means, and what to do about it. */
export function ollamaError(error: unknown, { url, model, timeoutMs, cancelled, timedOut }: Call): TapeworksError {
  if (error instanceof TapeworksError) return error;
  if (cancelled?.aborted) return cancelledError('The language model call', cancelled);
  const details = { backend: 'ollama', model };
  if (timedOut) {
    return new TapeworksError('LLM_TIMEOUT', `${model} did not answer within ${timeoutMs / 1_000} s.`, details, {
      cause: error,
    });
  }
  const status = error instanceof Error && 'status_code' in error ? error.status_code : undefined;
  const said = error instanceof Error ? error.message : String(error);
  if (status === 404) {
    const remedy = `ollama pull ${model}`;
    return new TapeworksError(
      'LLM_UNAVAILABLE',
      `Ollama has no model ${model}; fetch it: ${remedy}`,
      { ...details, command: remedy },
      { cause: error },
    );
  }
  if (status === 400)
    return new TapeworksError('INVALID_INPUT', `Ollama refused the request: ${said}`, details, { cause: error });
  const message =
    status === undefined
      ? `Ollama does not answer at ${new URL(url).host}: ${reason(error)}`
      : `Ollama failed: ${said}`;
  return new TapeworksError('LLM_UNAVAILABLE', message, { ...details, status: status ?? null }, { cause: error });
}

function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error instanceof Error ? error.message : String(error);
}
