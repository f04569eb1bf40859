/** The lexicon of trading terms, and the hits found with it. */
import { z } from 'zod';

export const CATEGORIES = [
  'technical_indicator',
  'chart_pattern',
  'candlestick',
  'price_action',
  'risk_management',
  'order_type',
  'options',
  'fundamentals',
  'macro',
  'psychology',
  'crypto',
  'market_structure',
] as const;
export const categorySchema = z.enum(CATEGORIES);
export type Category = z.infer<typeof categorySchema>;

/**
 * One term. `keyword` is its canonical spelling and its name in hits; `variants` are further spellings that mean the same.
 * `notBefore` / `notAfter`: words which, next to the match, make it something else ("customer" before "support").
 * `weight` 0–1: how surely the bare text means the trading term; the base of a hit's confidence.
 */
export const termSchema = z.object({
  keyword: z.string().min(1).max(100),
  category: categorySchema,
  variants: z.array(z.string().min(1)).default([]),
  weight: z.number().min(0).max(1).default(0.95),
  notAfter: z.array(z.string()).default([]),
  notBefore: z.array(z.string()).default([]),
});
export type Term = z.infer<typeof termSchema>;
export const lexiconSchema = z.object({ version: z.string(), terms: z.array(termSchema).min(1) });
export type Lexicon = z.infer<typeof lexiconSchema>;

/** A place where a keyword is spoken. `cueIndexes` are the cues that the match touches, in order. */
export const keywordHitSchema = z.object({
  keyword: z.string(),
  category: categorySchema,
  /** The spelling found in the text. */
  variant: z.string(),
  startMs: z.int().min(0),
  endMs: z.int().min(0),
  confidence: z.number().min(0).max(1),
  contextText: z.string(),
  cueIndexes: z.array(z.int()).min(1),
});
export type KeywordHit = z.infer<typeof keywordHitSchema>;

/** A taught term with its parameter, as said in one place: RSI + period 14, RSI + threshold below 30, stop + multiple 2 ATR. */
export const conceptSchema = z.object({
  term: z.string(),
  category: categorySchema,
  /** `null`: the term is taught without a number. */
  parameter: z
    .enum([
      'period',
      'fast_period',
      'slow_period',
      'signal_period',
      'threshold_above',
      'threshold_below',
      'percent',
      'multiple',
      'ratio',
      'deviations',
    ])
    .nullable(),
  value: z.number().nullable(),
  /** The words it was read from; a literal part of the cues' joined text. */
  quote: z.string(),
  startMs: z.int().min(0),
  endMs: z.int().min(0),
  cueIndexes: z.array(z.int()).min(1),
});
export type Concept = z.infer<typeof conceptSchema>;
