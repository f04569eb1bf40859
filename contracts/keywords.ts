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

const spelling = z.string().trim().min(1).max(100);
const phrases = z.array(spelling).max(500).default([]);

/**
 * Words of which one stands within so many words of the match, on either side, whatever punctuation lies between. A single word
 * also counts with an "s". "@name" stands for a context: a list of words that several terms share.
 */
export const nearSchema = z.strictObject({
  words: z.array(spelling).min(1).max(500),
  within: z.int().min(1).max(50).default(12),
});
export type Near = z.infer<typeof nearSchema>;

const conditions = {
  /** Words directly before the match that make it something else ("customer" before "support"). */
  notAfter: phrases,
  /** Words directly after the match that make it something else ("team" after "support"). */
  notBefore: phrases,
  /** Counts only with one of these words near it. */
  needs: nearSchema.optional(),
  /** Does not count with one of these words near it. */
  notNear: nearSchema.optional(),
};

/** Everyday spellings of a term that count only under conditions of their own, on top of the term's. */
export const looseSchema = z.strictObject({
  variants: z.array(spelling).min(1).max(100),
  weight: z.number().min(0).max(1).optional(),
  ...conditions,
});
export type Loose = z.infer<typeof looseSchema>;

/**
 * One term, as it is written in a lexicon file or posted. `keyword` is its canonical spelling and its name in hits; `variants` are
 * further spellings that mean the same, `misheard` what speech recognition makes of it ("mac d"). `weight` 0–1: how surely the bare
 * text means the trading term; the base of a hit's confidence. `definition` explains it in one sentence.
 */
export const termSchema = z.strictObject({
  keyword: spelling,
  category: categorySchema,
  definition: z.string().trim().min(10).max(400),
  variants: z.array(spelling).max(200).default([]),
  misheard: z.array(spelling).max(100).default([]),
  weight: z.number().min(0).max(1).default(0.95),
  ...conditions,
  loose: z.array(looseSchema).max(20).default([]),
});
export type Term = z.infer<typeof termSchema>;

/** Where a term comes from: the product, a file of LEXICON_DIR (`file` is its name), or the API. */
export const lexiconTermSchema = termSchema.extend({
  source: z.enum(['built-in', 'file', 'added']).default('built-in'),
  file: z.string().optional(),
});
export type LexiconTerm = z.infer<typeof lexiconTermSchema>;

/** `version` changes with any term. `contexts`: the lists that "@name" stands for. */
export const lexiconSchema = z.object({
  version: z.string(),
  contexts: z.record(z.string(), z.array(spelling)).default({}),
  terms: z.array(lexiconTermSchema).min(1),
});
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
  /** `semantic`: explained without its name; `variant` is then the keyword itself. */
  method: z.enum(['lexical', 'semantic']),
  contextText: z.string(),
  cueIndexes: z.array(z.int()).min(1),
});
export type KeywordHit = z.infer<typeof keywordHitSchema>;

export const RELATIONS = [
  'above',
  'below',
  'crosses_above',
  'crosses_below',
  'breaks_above',
  'breaks_below',
  'touches',
  'bounces_off',
  'rejected_at',
] as const;
export type Relation = (typeof RELATIONS)[number];

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
      'relation',
    ])
    .nullable(),
  value: z.number().nullable(),
  /** Of parameter `relation`: where the price, or another line, stands to the term. `null` with the others. */
  relation: z.enum(RELATIONS).nullable(),
  /** What is compared with the term, in lower case: "price", "sma 50", "signal line". `null` without a relation. */
  reference: z.string().max(100).nullable(),
  /** The words it was read from; a literal part of the cues' joined text. */
  quote: z.string(),
  startMs: z.int().min(0),
  endMs: z.int().min(0),
  cueIndexes: z.array(z.int()).min(1),
});
export type Concept = z.infer<typeof conceptSchema>;
