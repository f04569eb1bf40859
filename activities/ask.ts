/** One question to a model from within an activity: the prompt's identity, the workflow and the cancellation go with it. */
import { Context } from '@temporalio/activity';
import type { Answer, Llm } from '../clients/llm/llm.ts';
import type { LlmBackend } from '../clients/llm/types.ts';
import { promptHash } from '../domain/llm/prompt-hash.ts';
import { cancellation } from './heartbeat.ts';

export interface Question {
  template: { id: string; version: number; system: string };
  prompt: string;
  /** JSON schema that the answer is decoded by. */
  schema: Record<string, unknown>;
  temperature: number;
  maxTokens: number;
}

export function ask(llm: Llm, backend: LlmBackend, { template, ...question }: Question): Promise<Answer> {
  const { id, version, system } = template;
  const { prompt, temperature, maxTokens } = question;
  return llm.ask(backend, {
    ...question,
    system,
    task: id,
    promptId: id,
    promptVersion: version,
    promptHash: promptHash(system, prompt, backend.model, { temperature, maxTokens }),
    workflowId: Context.current().info.workflowExecution?.workflowId ?? '',
    signal: cancellation(),
  });
}
