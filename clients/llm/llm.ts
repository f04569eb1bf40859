/**
 * Every request to a model goes through here: booked against the limits before, written down with what came back after. What is
 * asked and how the answer is read is the domain's; whether a retry helps is the classifier's.
 */
import type { Config } from '../../contracts/config.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import type { Database } from '../database/client.ts';
import { type BackendChoice, createBackendChoice } from './choose.ts';
import { createUsageLog } from './rate-limit.ts';
import type { GenerateRequest, GenerateResult, LlmBackend } from './types.ts';

/** Characters of a token in English text, cautiously; only for booking before the real count is known. */
const CHARACTERS_PER_TOKEN = 3;

export interface Question extends GenerateRequest {
  /** What the call is for: "strategy", "rating". */
  task: string;
  promptId: string;
  promptVersion: number;
  promptHash: string;
  workflowId: string;
}
/** An answer with the id of its row in llm_calls. */
export type Answer = GenerateResult & { callId: string };

export interface Llm extends BackendChoice {
  /** Errors: those of the backend, and `LLM_RATE_LIMITED` with `retryAfterMs` before anything is sent. */
  ask(backend: LlmBackend, question: Question): Promise<Answer>;
  /** Notes how the answer was judged: "stored", "schema", "truncated", … */
  judge(callId: string, outcome: string): Promise<void>;
}

export function createLlm(config: Config, database: Database): Llm {
  const usage = createUsageLog({
    requestsPerMinute: config.LLM_REQUESTS_PER_MINUTE,
    tokensPerMinute: config.LLM_TOKENS_PER_MINUTE,
    query: (sql, parameters) => database.$queryRawUnsafe(sql, ...parameters),
    transaction: (work) =>
      database.$transaction((transaction) =>
        work((sql, parameters) => transaction.$queryRawUnsafe(sql, ...parameters)),
      ),
  });

  return {
    ...createBackendChoice(config),
    async ask(backend, question) {
      const { system, prompt, maxTokens, task, promptId, promptVersion, promptHash, workflowId } = question;
      const estimate = Math.ceil((system.length + prompt.length) / CHARACTERS_PER_TOKEN) + maxTokens;
      const { id, allowed, retryAfterMs } = await usage.reserve(estimate);
      if (!allowed || id === null) {
        throw new TapeworksError('LLM_RATE_LIMITED', 'The limit of requests or tokens a minute is reached.', {
          retryAfterMs,
        });
      }
      const where = { id: BigInt(id) };
      await database.llmCall.update({
        where,
        data: {
          backend: backend.name,
          model: question.model ?? backend.model,
          task,
          promptId,
          promptVersion,
          promptHash,
          workflowId,
          prompt: `${system}\n\n${prompt}`,
        },
      });
      const startedAt = performance.now();
      try {
        const answer = await backend.generate(question);
        const { text, promptTokens, answerTokens, finishReason, durationMs, model } = answer;
        await database.llmCall.update({
          where,
          data: {
            status: 'answered',
            answer: text,
            promptTokens,
            answerTokens,
            tokens: promptTokens + answerTokens,
            finishReason,
            model,
            durationMs: Math.round(durationMs),
          },
        });
        return { ...answer, callId: id };
      } catch (error) {
        // The request counts; the estimate stands, since what it used is not known.
        const said = error instanceof TapeworksError ? `${error.code}: ${error.message}` : String(error);
        await database.llmCall.update({
          where,
          data: { status: 'failed', error: said, durationMs: Math.round(performance.now() - startedAt) },
        });
        throw error;
      }
    },
    async judge(callId, outcome) {
      await database.llmCall.update({ where: { id: BigInt(callId) }, data: { outcome } });
    },
  };
}
