import type { Citation, StrategyDraft } from '../../contracts/strategies.ts';
import type { Database } from './client.ts';
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

/** Stores a strategy with its citations, once per input hash. Returns its id and how many citations it has. */
export async function storeStrategy(
  database: Database,
  { draft, inputHash, ...by }: NewStrategy,
): Promise<{ id: number; citations: number }> {
  const { keyword, title, text, rules } = draft;
  const row = { ...by, keyword, title, text, rules: rules as Prisma.InputJsonObject, rulesVersion: rules.version };
  return database.$transaction(async (transaction) => {
    const { id } = await transaction.strategy.upsert({
      where: { inputHash },
      create: { ...row, inputHash },
      update: {},
    });
    const cited = [...rules.entry, ...rules.exit, ...rules.risk.basis].flatMap((rule) =>
      rule.citations.map((citation) => toRow(id, rule.id, citation)),
    );
    await transaction.strategyCitation.createMany({ data: cited, skipDuplicates: true });
    return { id, citations: await transaction.strategyCitation.count({ where: { strategyId: id } }) };
  }, LONG_TRANSACTION);
}

const toRow = (strategyId: number, ruleId: string, { cueId, clipId, startMs, endMs, quote }: Citation) => ({
  strategyId,
  ruleId,
  cueId,
  clipId,
  startMs,
  endMs,
  quote,
});
