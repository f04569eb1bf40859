import { expect, it } from 'vitest';
import { z } from 'zod';
import { ratingAnswerSchema, strategyAnswerSchema } from './answers.ts';
import { decodingSchema } from './decoding-schema.ts';

it('keeps shape, names and enums, and drops bounds that decoders unroll', () => {
  const schema = z.object({
    a: z.string().min(1).max(600),
    b: z.array(z.int().min(1).max(500)).max(8),
    c: z.enum(['x', 'y']),
  });
  expect(decodingSchema(schema)).toEqual({
    type: 'object',
    properties: {
      a: { type: 'string' },
      b: { type: 'array', items: { type: 'integer' } },
      c: { type: 'string', enum: ['x', 'y'] },
    },
    required: ['a', 'b', 'c'],
    additionalProperties: false,
  });
});

it('tells a small range of integers one by one', () => {
  expect(decodingSchema(ratingAnswerSchema)).toMatchObject({ properties: { rating: { enum: [1, 2, 3, 4, 5] } } });
});

it('leaves a property alone that is called like a bound', () => {
  expect(Object.keys(decodingSchema(strategyAnswerSchema).properties as object)).toContain('entry');
});
