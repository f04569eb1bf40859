import type { Rating } from '../../contracts/signals.ts';
import { ratingAnswerSchema } from './answers.ts';
import { type Parsed, parseStructured } from './parse-structured.ts';

const REASON_LENGTH = 600;
const ADVICE_LENGTH = 1_000;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asText = (value: unknown, length: number): string | undefined => {
  const text = Array.isArray(value) ? value.filter((item) => typeof item === 'string').join(' ') : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, length) : undefined;
};

const asRating = (value: unknown): unknown => {
  const text = typeof value === 'string' ? value.trim().match(/^([1-5])(\s*(\/|out of)\s*5)?$/i) : null;
  return text ? Number(text[1]) : value;
};

const asChoppiness = (value: unknown): unknown => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value.trim().toLowerCase() : value;
};

const NOT_GIVEN = 'The model gave no reason.';

/** Other spellings of the fields, as models choose them. A rating outside 1–5 is left as it is, for the schema to refuse. */
export const prepareRating = (value: unknown): unknown => {
  if (!isRecord(value)) return value;
  const pick = (...names: string[]): unknown => names.map((name) => value[name]).find((item) => item !== undefined);
  const analysis = asText(pick('analysis', 'explanation', 'reason'), REASON_LENGTH);
  return {
    rating: asRating(pick('rating', 'llm_rating', 'score')),
    choppiness: asChoppiness(pick('choppiness', 'llm_choppiness', 'choppy')),
    ratingReason: asText(pick('ratingReason', 'rating_reason'), REASON_LENGTH) ?? analysis ?? NOT_GIVEN,
    choppinessReason: asText(pick('choppinessReason', 'choppiness_reason'), REASON_LENGTH) ?? analysis ?? NOT_GIVEN,
    recommendations: asText(pick('recommendations', 'recommendation'), ADVICE_LENGTH) ?? '',
  };
};

/** "Rating: 4/5 … Choppiness: no" in prose; both must be said. */
export const ratingFields = (text: string): unknown => {
  const rating = text.match(/\brating\b["'*\s]*(?:is|of|[:=-])?["'*\s]*([1-5])(?![\d.])/i)?.[1];
  const choppiness = text.match(/\bchopp(?:iness|y)\b["'*\s]*(?:is|[:=-])?["'*\s]*(yes|no)\b/i)?.[1];
  if (!rating || !choppiness) return null;
  return { rating: Number(rating), choppiness, analysis: text };
};

const GOOD = /\b(strong|favou?rable|excellent|good|solid|bullish setup|high[- ]quality|attractive|confirms?)\b/gi;
const BAD = /\b(weak|unfavou?rable|poor|bad|risky|avoid|low[- ]quality|unattractive|against|skip)\b/gi;
const CHOPPY = /\b(choppy|sideways|range[- ]?bound|whipsaw\w*|directionless|consolidat\w+)\b/i;
const NEGATED = /\b(?:not|no|never|isn't|is not|hardly|without)\s+(?:\w+\s+){0,2}$/i;

/** Words counted with their negation turned round: "not a strong signal" speaks against it. */
const votes = (text: string, pattern: RegExp): number =>
  [...text.matchAll(pattern)].reduce(
    (sum, match) => sum + (NEGATED.test(text.slice(Math.max(0, match.index - 30), match.index)) ? -1 : 1),
    0,
  );

/** A careful guess from the words: 4 where they speak for the signal, 2 against, 3 both; `null` when none is said. */
export const ratingSentiment = (text: string): unknown => {
  const [good, bad] = [votes(text, GOOD), votes(text, BAD)];
  const choppy = text.match(CHOPPY);
  if (good === 0 && bad === 0) return null;
  const balance = Math.sign(good - bad);
  const isChoppy = choppy !== null && !NEGATED.test(text.slice(Math.max(0, (choppy.index ?? 0) - 30), choppy.index));
  return { rating: 3 + balance, choppiness: isChoppy ? 'yes' : 'no', analysis: text };
};

/** A model's rating of a signal, by JSON, fenced JSON, fields or sentiment words, whichever first gives a valid one. */
export const parseRating = (text: string): Parsed<Rating> =>
  parseStructured(text, ratingAnswerSchema, {
    prepare: prepareRating,
    fields: ratingFields,
    sentiment: ratingSentiment,
  });
