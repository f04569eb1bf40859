import {
  type Citation,
  type StrategyDraft,
  type StrategyRules,
  strategyRulesSchema,
} from '../../contracts/strategies.ts';
import type { Database, Transaction } from './client.ts';
import { LONG_TRANSACTION } from './transactions.ts';
import type { Prisma } from './generated/client.ts';

export interface NewStrategy {
  draft: StrategyDraft;
  backend: string;
  model: string;
  note: string | null;
  inputHash: string;
  promptId: string;
  promptVersion: number;
  examplesUsed: number;
  mediaItemIds: number[];
}

export interface StoredStrategy {
  strategyId: number;
  backend: string;
  citations: number;
  rules: number;
}

/** The strategy made from these inputs before, or null. */
export async function findStrategy(
  database: Database | Transaction,
  inputHash: string,
): Promise<StoredStrategy | null> {
  const known = await database.strategy.findUnique({
    where: { inputHash },
    include: { _count: { select: { citations: true } } },
  });
  if (!known) return null;
  const rules = rulesIn(strategyRulesSchema.parse(known.rules)).length;
  return { strategyId: known.id, backend: known.backend, citations: known._count.citations, rules };
}

/** Stores a strategy with its citations, once per input hash: of two drafts from the same inputs the first stays, whole. */
export async function storeStrategy(
  database: Database,
  { draft, inputHash, ...by }: NewStrategy,
): Promise<StoredStrategy & { reused: boolean }> {
  const { keyword, title, text, rules } = draft;
  const row = { ...by, keyword, title, text, rules: rules as Prisma.InputJsonObject, rulesVersion: rules.version };
  return database.$transaction(async (transaction) => {
    const known = await findStrategy(transaction, inputHash);
    if (known) return { ...known, reused: true };
    const { id } = await transaction.strategy.create({ data: { ...row, inputHash } });
    const cited = rulesIn(rules).flatMap((rule) => rule.citations.map((citation) => toRow(id, rule.id, citation)));
    await transaction.strategyCitation.createMany({ data: cited, skipDuplicates: true });
    const citations = await transaction.strategyCitation.count({ where: { strategyId: id } });
    return { strategyId: id, backend: by.backend, citations, rules: rulesIn(rules).length, reused: false };
  }, LONG_TRANSACTION);
}

/** Everything of a strategy that cites: entry and exit rules, stop, target, risk. */
const rulesIn = ({ entry, exit, risk }: StrategyRules) => [...entry, ...exit, ...risk.basis];

const toRow = (strategyId: number, ruleId: string, { cueId, clipId, startMs, endMs, quote }: Citation) => ({
  strategyId,
  ruleId,
  cueId,
  clipId,
  startMs,
  endMs,
  quote,
});
