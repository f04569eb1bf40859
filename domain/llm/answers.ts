import { z } from 'zod';
import { ratingSchema } from '../../contracts/signals.ts';
import { conditionSchema } from '../../contracts/strategies.ts';

const citation = z.object({ cueId: z.int(), quote: z.string().min(1).max(400) });
const citations = z.array(citation).max(6);
const rule = z.object({ conditions: z.array(conditionSchema).min(1).max(6), citations });
const section = z.string().min(1).max(2_000);

/** What a model answers for a strategy: four section texts and rules whose citations name cues. `draftFromAnswer` reads it. */
export const strategyAnswerSchema = z.object({
  title: z.string().min(1).max(120),
  entrySignals: section,
  exitCriteria: section,
  riskManagement: section,
  expectedOutcomes: section,
  direction: z.enum(['long', 'short']),
  entry: z.array(rule).min(1).max(8),
  exit: z.array(rule).max(8),
  stop: z.object({
    kind: z.enum(['atr', 'percent', 'swing']),
    amount: z.number().positive(),
    period: z.int().min(1).max(500),
    citations,
  }),
  target: z.object({ kind: z.enum(['risk_multiple', 'percent']), amount: z.number().positive(), citations }),
  riskPercent: z.number().positive().max(10),
  riskCitations: citations,
});
export type StrategyAnswer = z.infer<typeof strategyAnswerSchema>;
export type AnswerCitation = z.infer<typeof citation>;

/** What a model answers for a signal: the rating as it is stored. */
export const ratingAnswerSchema = ratingSchema;
