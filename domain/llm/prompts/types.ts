/**
 * A versioned prompt. The version rises with every change of wording: stored answers name `id` and `version`, and caches keyed
 * by the prompt's hash then miss.
 */
export type PromptTemplate<Input> = {
  id: string;
  version: number;
  system: string;
  build: (input: Input) => string;
};
