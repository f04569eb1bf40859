/** A keyword's strategy: by the model where one answers and keeps to the rules, else by the offline backend; always cited. */
import { Context } from '@temporalio/activity';
import type { Database } from '../clients/database/client.ts';
import { loadConcepts, loadExamples, loadRiskExamples } from '../clients/database/examples.ts';
import { storeStrategy } from '../clients/database/strategies.ts';
import type { Llm } from '../clients/llm/llm.ts';
import type { Config } from '../contracts/config.ts';
import { TapeworksError } from '../contracts/errors.ts';
import type { Lexicon } from '../contracts/keywords.ts';
import type { GenerateStrategyInput, GenerateStrategyResult } from '../contracts/messages.ts';
import {
  type StrategyDraft,
  type StrategyExample,
  type StrategyRules,
  strategyRulesSchema,
} from '../contracts/strategies.ts';
import { hashJson } from '../domain/hash.ts';
import { requireKeyword } from '../domain/keywords/lexicon.ts';
import { strategyPrompt } from '../domain/llm/prompts/strategy.ts';
import { checkCitations } from '../domain/strategies/check-citations.ts';
import { hasRuleMeaning } from '../domain/strategies/meanings/registry.ts';
import { offlineStrategy } from '../domain/strategies/offline-strategy.ts';
import { askForStrategy } from './ask-for-strategy.ts';

/** Name of the backend that works by rules and quotes; it is no model and never says it is. */
export const OFFLINE = 'offline';

/** Times a model that does not answer is tried before LLM_BACKEND=auto lets the rules answer. */
const ATTEMPTS_BY_MODEL = 2;

type Dependencies = {
  config: Pick<Config, 'LLM_BACKEND' | 'LLM_MAX_TOKENS'>;
  database: Database;
  lexicon: Lexicon;
  llm: Llm;
};
type Written = { draft: StrategyDraft; backend: string; model: string; note: string | null };

export const createStrategyActivities = ({ config, database, lexicon, llm }: Dependencies) => ({
  /**
   * Business key: hash of keyword, examples, prompt, backend, model and temperature; with `force` also the run, so that a retry
   * within the run is still the same. Errors: UNKNOWN_KEYWORD, NO_EXAMPLES, NO_RULE_MEANING, those of the model.
   */
  async generateStrategy(input: GenerateStrategyInput): Promise<GenerateStrategyResult> {
    const { mediaItemId, topK, temperature, force } = input;
    const keyword = requireKeyword(lexicon, input.keyword);
    const examples = await loadExamples(database, { keyword, mediaItemId, topK });
    if (examples.length === 0) {
      throw new TapeworksError('NO_EXAMPLES', `No moment that teaches "${keyword}" was found.`, { keyword });
    }
    const risk = await loadRiskExamples(database, examples);
    const backend = await llm.chooseBackend();
    const { workflowExecution } = Context.current().info;
    const inputHash = hashJson({
      keyword,
      temperature: backend ? temperature : null,
      cues: [...examples, ...risk].flatMap(({ cues }) => cues.map(({ id, text }) => [id, text])),
      prompt: [strategyPrompt.id, strategyPrompt.version],
      backend: backend?.name ?? OFFLINE,
      model: backend?.model ?? OFFLINE,
      run: force ? (workflowExecution?.runId ?? null) : null,
    });
    const known = await database.strategy.findUnique({
      where: { inputHash },
      include: { _count: { select: { citations: true } } },
    });
    if (known) {
      const rules = countRules(strategyRulesSchema.parse(known.rules));
      return {
        strategyId: known.id,
        keyword,
        reused: true,
        backend: known.backend,
        citations: known._count.citations,
        rules,
      };
    }

    const byRules = async (note: string | null): Promise<Written> => {
      const all = [...examples, ...risk];
      const draft = offlineStrategy({ keyword, examples: all, concepts: await loadConcepts(database, all) });
      return { draft, backend: OFFLINE, model: OFFLINE, note };
    };
    const written = backend ? await byModel() : await byRules(null);

    async function byModel(): Promise<Written> {
      if (!backend) return byRules(null);
      const answer = await askForStrategy(llm, backend, {
        keyword,
        examples,
        temperature,
        maxTokens: 3 * config.LLM_MAX_TOKENS,
      }).catch((error: unknown) => {
        const waits =
          error instanceof TapeworksError && (error.code === 'LLM_TIMEOUT' || error.code === 'LLM_UNAVAILABLE');
        const mayFallBack = config.LLM_BACKEND === 'auto' && Context.current().info.attempt >= ATTEMPTS_BY_MODEL;
        if (waits && mayFallBack) return { draft: null, problem: error.message };
        throw error;
      });
      if (answer.draft) return { draft: answer.draft, backend: backend.name, model: answer.model, note: null };
      const why = `${backend.name} ${backend.model} gave no usable rules: ${answer.problem.slice(0, 1_000)}`;
      if (hasRuleMeaning(keyword)) return byRules(why);
      throw new TapeworksError('LLM_ANSWER_INVALID', why, { keyword });
    }

    const { draft, ...by } = written;
    const [broken] = checkCitations(draft, [...examples, ...risk]);
    if (broken) throw new TapeworksError('INTERNAL', `${broken.ruleId}: ${broken.message}`, { keyword, ...broken });
    const stored = await storeStrategy(database, {
      draft,
      ...by,
      inputHash,
      promptId: strategyPrompt.id,
      promptVersion: strategyPrompt.version,
      examplesUsed: examples.length,
      mediaItemIds: mediaOf(examples),
    });
    return {
      strategyId: stored.id,
      keyword,
      reused: false,
      backend: by.backend,
      citations: stored.citations,
      rules: countRules(draft.rules),
    };
  },
});

const countRules = ({ entry, exit, risk }: StrategyRules) => entry.length + exit.length + risk.basis.length;
const mediaOf = (examples: StrategyExample[]) =>
  [...new Set(examples.map(({ mediaItemId }) => mediaItemId))].sort((a, b) => a - b);
