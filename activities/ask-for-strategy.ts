/** Asks a model for a strategy: parse, one repair round that names the problems, then a verdict. Every answer is kept and judged. */
import type { Llm } from '../clients/llm/llm.ts';
import type { LlmBackend } from '../clients/llm/types.ts';
import { TapeworksError } from '../contracts/errors.ts';
import type { StrategyDraft, StrategyExample } from '../contracts/strategies.ts';
import { type StrategyAnswer, strategyAnswerSchema } from '../domain/llm/answers.ts';
import { decodingSchema } from '../domain/llm/decoding-schema.ts';
import { foreignNumbers } from '../domain/llm/foreign-numbers.ts';
import { parseStructured } from '../domain/llm/parse-structured.ts';
import { strategyPrompt } from '../domain/llm/prompts/strategy.ts';
import { draftFromAnswer } from '../domain/strategies/draft-from-answer.ts';
import { ask } from './ask.ts';

const ROUNDS = 2;

const answerJsonSchema = decodingSchema(strategyAnswerSchema);

type Question = { keyword: string; examples: StrategyExample[]; temperature: number; maxTokens: number };
export type ModelStrategy = { draft: StrategyDraft; model: string } | { draft: null; problem: string };

export async function askForStrategy(
  llm: Llm,
  backend: LlmBackend,
  { keyword, examples, temperature, maxTokens }: Question,
): Promise<ModelStrategy> {
  const first = strategyPrompt.build({ keyword, examples });
  let problem = '';
  for (let round = 0; round < ROUNDS; round += 1) {
    const prompt =
      problem === '' ? first : `${first}\n\nYour last answer was refused: ${problem}\nAnswer again, mended.`;
    const answer = await ask(llm, backend, {
      template: strategyPrompt,
      prompt,
      schema: answerJsonSchema,
      temperature,
      maxTokens,
    });
    const read = readAnswer(answer.text, answer.finishReason === 'length', { keyword, examples, prompt: first });
    await llm.judge(answer.callId, read.draft ? 'stored' : read.kind);
    if (read.draft) return { draft: read.draft, model: answer.model };
    problem = read.problem;
  }
  return { draft: null, problem };
}

type Read = { draft: StrategyDraft } | { draft: null; kind: string; problem: string };

function readAnswer(
  text: string,
  cut: boolean,
  { keyword, examples, prompt }: { keyword: string; examples: StrategyExample[]; prompt: string },
): Read {
  const parsed = parseStructured<StrategyAnswer>(text, strategyAnswerSchema);
  if (!parsed.ok) {
    const kind = cut ? 'truncated' : (parsed.problems[0]?.kind ?? 'schema');
    return {
      draft: null,
      kind,
      problem: cut ? 'the answer was cut short; be briefer' : parsed.problems.map(({ message }) => message).join('; '),
    };
  }
  const { value } = parsed;
  const figures = foreignNumbers(
    [value.entrySignals, value.exitCriteria, value.riskManagement, value.expectedOutcomes].join('\n'),
    [prompt],
  );
  if (figures.length > 0)
    return {
      draft: null,
      kind: 'foreign_number',
      problem: `these figures are not in the transcript: ${figures.join(', ')}`,
    };
  try {
    const { draft, problems } = draftFromAnswer(keyword, value, examples);
    if (problems.length === 0) return { draft };
    return {
      draft: null,
      kind: 'citation',
      problem: problems.map(({ ruleId, message }) => `${ruleId}: ${message}`).join('; '),
    };
  } catch (error) {
    if (error instanceof TapeworksError && error.code === 'RULES_INVALID')
      return { draft: null, kind: 'meaning', problem: error.message };
    throw error;
  }
}
