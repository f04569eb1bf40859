/** Asks a model about one signal. The answer's figures must come from the question; a rating outside its bounds is refused. */
import type { Llm } from '../clients/llm/llm.ts';
import type { LlmBackend } from '../clients/llm/types.ts';
import type { Candle } from '../contracts/candles.ts';
import type { Config } from '../contracts/config.ts';
import { TapeworksError } from '../contracts/errors.ts';
import type { ParseMethod, Rating, Signal } from '../contracts/signals.ts';
import { ratingAnswerSchema } from '../domain/llm/answers.ts';
import { decodingSchema } from '../domain/llm/decoding-schema.ts';
import { foreignNumbers } from '../domain/llm/foreign-numbers.ts';
import { ratingPrompt } from '../domain/llm/prompts/rating.ts';
import { parseRating } from '../domain/llm/rating-answer.ts';
import { ask } from './ask.ts';

const answerJsonSchema = decodingSchema(ratingAnswerSchema);

export type ModelRating = { rating: Rating; parseMethod: ParseMethod; model: string; processingTimeMs: number };

export type RatingSettings = Pick<Config, 'LLM_TEMPERATURE' | 'LLM_MAX_TOKENS'>;

/** Errors: those of `Llm.ask`; LLM_ANSWER_INVALID when no way of reading gives a valid rating or a figure is made up. */
export async function askForRating(
  llm: Llm,
  backend: LlmBackend,
  signal: Signal,
  lookback: Candle[],
  { LLM_TEMPERATURE: temperature, LLM_MAX_TOKENS: maxTokens }: RatingSettings,
): Promise<ModelRating> {
  const prompt = ratingPrompt.build({ signal, lookback });
  const answer = await ask(llm, backend, {
    template: ratingPrompt,
    prompt,
    schema: answerJsonSchema,
    temperature,
    maxTokens,
  });
  const parsed = parseRating(answer.text);
  if (!parsed.ok) {
    const kind = answer.finishReason === 'length' ? 'truncated' : (parsed.problems[0]?.kind ?? 'schema');
    await llm.judge(answer.callId, kind);
    throw new TapeworksError('LLM_ANSWER_INVALID', `${backend.model} gave no valid rating (${kind}).`, {
      callId: answer.callId,
    });
  }
  const { value: rating, method } = parsed;
  const figures = foreignNumbers(`${rating.ratingReason}\n${rating.choppinessReason}\n${rating.recommendations}`, [
    prompt,
    '1 2 3 4 5',
  ]);
  if (figures.length > 0) {
    await llm.judge(answer.callId, 'foreign_number');
    throw new TapeworksError(
      'LLM_ANSWER_INVALID',
      `${backend.model} stated figures that it was not given: ${figures.slice(0, 5).join(', ')}.`,
      {
        callId: answer.callId,
      },
    );
  }
  await llm.judge(answer.callId, 'stored');
  return { rating, parseMethod: method, model: answer.model, processingTimeMs: Math.round(answer.durationMs) };
}
