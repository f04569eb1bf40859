import { hashJson } from '../hash.ts';

/** Same hash, same question: system, prompt, model and parameters (temperature, seed, token limit), key order aside. */
export const promptHash = (
  system: string,
  prompt: string,
  model: string,
  parameters: Readonly<Record<string, unknown>>,
): string => hashJson({ system, prompt, model, parameters });
