/** How large a context Ollama is asked for. It silently forgets the prompt's beginning when the context is too small. */
import { TapeworksError } from '../../contracts/errors.ts';

const SMALLEST = 4_096;
const LARGEST = 65_536;
/** No common tokenizer needs more tokens than this for English, figures and JSON; the rest of the text costs a token a byte. */
const ASCII_CHARS_PER_TOKEN = 2.5;
/** Template, role marks and the schema's own tokens. */
const OVERHEAD_TOKENS = 128;

/** Tokens that a text takes at the most. */
export function estimateTokens(text: string): number {
  const bytes = new TextEncoder().encode(text);
  const ascii = bytes.filter((byte) => byte < 128).length;
  return Math.ceil(ascii / ASCII_CHARS_PER_TOKEN) + (bytes.length - ascii);
}

/**
 * A power of two that holds prompt and answer: changing it makes Ollama load the model anew, so few values are used.
 * `modelLimit` is the model's own context. Throws `INVALID_INPUT` when it does not fit.
 */
export function contextSize(promptText: string, maxTokens: number, modelLimit: number | null): number {
  const needed = estimateTokens(promptText) + maxTokens + OVERHEAD_TOKENS;
  const limit = Math.min(modelLimit ?? LARGEST, LARGEST);
  if (needed > limit) {
    throw new TapeworksError(
      'INVALID_INPUT',
      `The prompt may take ${needed} tokens with its answer; the model holds ${limit}.`,
      { needed, limit },
    );
  }
  return Math.min(limit, Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(needed))));
}
