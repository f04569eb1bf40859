import type { z } from 'zod';
import type { ParseMethod } from '../../contracts/signals.ts';
import { findObject, jsonCandidates, withoutThoughts } from './json-in-text.ts';

/** Why an answer could not be read; the kinds are counted apart: cut short, no JSON, JSON that breaks the schema. */
export type ParseProblem = { kind: 'truncated' | 'syntax' | 'schema'; method: ParseMethod; message: string };
export type Parsed<T> = { ok: true; value: T; method: ParseMethod } | { ok: false; problems: ParseProblem[] };

export type ParseOptions = {
  /** Maps other spellings (snake_case, numbers as text) to the schema's before it is checked. */
  prepare?: (value: unknown) => unknown;
  /** Reads single fields by pattern from prose; `null` when it finds none. */
  fields?: (text: string) => unknown;
  /** Last resort: what the words suggest; `null` when they suggest nothing. */
  sentiment?: (text: string) => unknown;
};

const readJson = (text: string): { value: unknown } | { message: string } => {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { message: String(error) };
  }
};

/**
 * Reads a model's answer: strict JSON, then JSON in a fenced block or within prose, then (where given) fields by pattern, then
 * sentiment words. The first way whose value satisfies the schema wins and is named in `method`; else all problems are told.
 */
export const parseStructured = <T>(text: string, schema: z.ZodType<T>, options: ParseOptions = {}): Parsed<T> => {
  const answer = withoutThoughts(text);
  const problems: ParseProblem[] = [];
  const check = (value: unknown, method: ParseMethod): Parsed<T> | null => {
    const result = schema.safeParse(options.prepare ? options.prepare(value) : value);
    if (result.success) return { ok: true, value: result.data, method };
    const message = result.error.issues
      .map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`)
      .join('; ');
    problems.push({ kind: 'schema', method, message: message.slice(0, 1_000) });
    return null;
  };
  const tryJson = (json: string, method: ParseMethod): Parsed<T> | null => {
    const read = readJson(json);
    if ('value' in read) return check(read.value, method);
    problems.push({ kind: 'syntax', method, message: read.message.slice(0, 300) });
    return null;
  };

  const strict = tryJson(answer, 'json');
  if (strict) return strict;
  const candidates = jsonCandidates(answer);
  for (const candidate of candidates) {
    if (candidate === answer) continue;
    const found = tryJson(candidate, 'markdown_json');
    if (found) return found;
  }
  if (candidates.length === 0 && findObject(answer)?.open) {
    problems.push({
      kind: 'truncated',
      method: 'json',
      message: 'the JSON object is never closed: the answer was cut short',
    });
  }
  for (const method of ['fields', 'sentiment'] as const) {
    const value = options[method]?.(answer) ?? null;
    const found = value === null ? null : check(value, method);
    if (found) return found;
  }
  return { ok: false, problems };
};
