/** A keyword's strategy: by the model where one answers and keeps to the rules, else by the offline backend; always cited. */
import { Context } from '@temporalio/activity';
import type { Database } from '../clients/database/client.ts';
import { loadConcepts, loadExamples, loadRiskExamples } from '../clients/database/examples.ts';
import { findStrategy, storeStrategy } from '../clients/database/strategies.ts';
import type { Llm } from '../clients/llm/llm.ts';
import type { LlmBackend } from '../clients/llm/types.ts';
import type { Config } from '../contracts/config.ts';
import { type ErrorCode, TapeworksError } from '../contracts/errors.ts';
import type { Lexicon } from '../contracts/keywords.ts';
import type { GenerateStrategyInput, GenerateStrategyResult } from '../contracts/messages.ts';
import { type StrategyDraft, type StrategyExample } from '../contracts/strategies.ts';
import { hashJson } from '../domain/hash.ts';
import { requireKeyword } from '../domain/keywords/lexicon.ts';
import { strategyPrompt } from '../domain/llm/prompts/strategy.ts';
import { checkCitations } from '../domain/strategies/check-citations.ts';
import { hasRuleMeaning } from '../domain/strategies/meanings/registry.ts';
import { offlineStrategy } from '../domain/strategies/offline-strategy.ts';
import { askForStrategy } from './ask-for-strategy.ts';

/** Name of the backend that works by rules and quotes; it is no model and never says it is. */
export const OFFLINE = 'offline';

/** How a model is silent. */
const SILENT: ReadonlySet<ErrorCode> = new Set(['LLM_TIMEOUT', 'LLM_UNAVAILABLE']);
/** Times a model that does not answer is tried before LLM_BACKEND=auto lets the rules answer. */
const ATTEMPTS_BY_MODEL = 2;

type Dependencies = {
  config: Pick<Config, 'LLM_BACKEND' | 'LLM_MAX_TOKENS' | 'EXAMPLE_MIN_CONFIDENCE'>;
  database: Database;
  lexicon: () => Promise<Lexicon>;
  llm: Llm;
};
type Written = { draft: StrategyDraft; backend: string; model: string; note: string | null; inputHash: string };

export const createStrategyActivities = ({ config, database, lexicon, llm }: Dependencies) => ({
  /**
   * Business key: hash of keyword, examples, prompt, backend, model and temperature; with `force` also the run, so that a retry
   * within the run is still the same. Errors: UNKNOWN_KEYWORD, NO_EXAMPLES, NO_RULE_MEANING, those of the model.
   */
  async generateStrategy(input: GenerateStrategyInput): Promise<GenerateStrategyResult> {
    const { mediaItemId, topK, temperature, force } = input;
    const minConfidence = config.EXAMPLE_MIN_CONFIDENCE;
    const keyword = requireKeyword(await lexicon(), input.keyword);
    const examples = await loadExamples(database, { keyword, mediaItemId, topK, minConfidence });
    if (examples.length === 0) {
      throw new TapeworksError('NO_EXAMPLES', `No moment that teaches "${keyword}" was found.`, { keyword });
    }
    const risk = await loadRiskExamples(database, examples, minConfidence);
    const backend = await llm.chooseBackend();
    const { workflowExecution, attempt } = Context.current().info;
    const hashFor = (by: LlmBackend | null) =>
      hashJson({
        keyword,
        temperature: by ? temperature : null,
        cues: [...examples, ...risk].flatMap(({ cues }) => cues.map(({ id, text }) => [id, text])),
        prompt: [strategyPrompt.id, strategyPrompt.version],
        backend: by?.name ?? OFFLINE,
        model: by?.model ?? OFFLINE,
        run: force ? (workflowExecution?.runId ?? null) : null,
      });
    const known = await findStrategy(database, hashFor(backend));
    if (known) return { ...known, keyword, reused: true };

    const byRules = async (note: string | null, inputHash: string): Promise<Written> => {
      const all = [...examples, ...risk];
      const draft = offlineStrategy({ keyword, examples: all, concepts: await loadConcepts(database, all) });
      return { draft, backend: OFFLINE, model: OFFLINE, note, inputHash };
    };

    const byModel = async (model: LlmBackend): Promise<Written> => {
      const question = { keyword, examples, temperature, maxTokens: 3 * config.LLM_MAX_TOKENS };
      try {
        const answer = await askForStrategy(llm, model, question);
        const inputHash = hashFor(model);
        if (answer.draft)
          return { draft: answer.draft, backend: model.name, model: answer.model, note: null, inputHash };
        const why = `${model.name} ${model.model} gave no usable rules: ${answer.problem.slice(0, 1_000)}`;
        if (hasRuleMeaning(keyword)) return await byRules(why, inputHash);
        throw new TapeworksError('LLM_ANSWER_INVALID', why, { keyword });
      } catch (error) {
        const silent = error instanceof TapeworksError && SILENT.has(error.code);
        const mayFallBack = config.LLM_BACKEND === 'auto' && attempt >= ATTEMPTS_BY_MODEL && hasRuleMeaning(keyword);
        if (!silent || !mayFallBack) throw error;
        // Kept as the rules' own: once the model answers again, it is asked.
        return byRules(`${model.name} ${model.model} did not answer: ${error.message}`, hashFor(null));
      }
    };

    const written = backend ? await byModel(backend) : await byRules(null, hashFor(null));
    const { draft, ...by } = written;
    const [broken] = checkCitations(draft, [...examples, ...risk]);
    if (broken) throw new TapeworksError('INTERNAL', `${broken.ruleId}: ${broken.message}`, { keyword, ...broken });
    const stored = await storeStrategy(database, {
      draft,
      ...by,
      promptId: strategyPrompt.id,
      promptVersion: strategyPrompt.version,
      examplesUsed: examples.length,
      mediaItemIds: mediaOf(examples),
    });
    return { ...stored, keyword };
  },
});

const mediaOf = (examples: StrategyExample[]) =>
  [...new Set(examples.map(({ mediaItemId }) => mediaItemId))].sort((a, b) => a - b);
