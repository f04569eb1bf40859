import { z } from 'zod';

/**
 * Bounds that a grammar-constrained decoder unrolls into thousands of rules: each token then takes seconds, or the runner dies.
 * The full schema is checked on the answer all the same.
 */
const UNROLLED = new Set([
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', '$schema'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
]);
/** Integers of so few values are told one by one. */
const FEW = 10;

/** The JSON schema of an answer, as a backend is given it to decode by. */
export function decodingSchema(schema: z.ZodType): Record<string, unknown> {
  return simplifyObject(z.toJSONSchema(schema));
}

function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplify);
  return isObject(value) ? simplifyObject(value) : value;
}

function simplifyObject(value: Record<string, unknown>): Record<string, unknown> {
  const { type, minimum, maximum } = value;
  if (type === 'integer' && typeof minimum === 'number' && typeof maximum === 'number' && maximum - minimum < FEW) {
    return { enum: Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index) };
  }
  const entries = Object.entries(value).filter(([key]) => !UNROLLED.has(key));
  return Object.fromEntries(entries.map(([key, item]) => [key, simplify(item)]));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
