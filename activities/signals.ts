/** Candles from files into the database, and the bars at which strategies' rules held. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadCandles, storeCandles } from '../clients/database/candles.ts';
import type { Database } from '../clients/database/client.ts';
import { LONG_TRANSACTION } from '../clients/database/transactions.ts';
import type { Prisma } from '../clients/database/generated/client.ts';
import type { Timeframe } from '../contracts/candles.ts';
import type { Config } from '../contracts/config.ts';
import { TapeworksError } from '../contracts/errors.ts';
import type { ProcessMediaInput } from '../contracts/messages.ts';
import { readCandles } from '../domain/candles/read-candles.ts';
import { scanSignals } from '../domain/signals/scan-signals.ts';
import { checkRules } from '../domain/strategies/check-rules.ts';
import { beat } from './heartbeat.ts';

/** Bars behind the last one in which a pipeline run looks for signals; older ones are the backtest's. */
const SCAN_BARS = 120;
/** Bars before those, so that slow indicators are warm. */
const WARM_UP_BARS = 600;

type Product = { product: string; timeframe: Timeframe };
type Dependencies = { config: Pick<Config, 'CANDLES_DIR'>; database: Database };

export const createSignalActivities = ({ config, database }: Dependencies) => ({
  /** Stores every series of CANDLES_DIR, or those asked for. Bars already there stay. Returns the series to scan. */
  async importCandles({
    products,
  }: {
    products: ProcessMediaInput['products'];
  }): Promise<{ products: Product[]; candles: number }> {
    const found = new Map<string, Product>();
    let candles = 0;
    for (const name of await candleFiles(config.CANDLES_DIR)) {
      const series = readCandles(await readFile(path.join(config.CANDLES_DIR, name), 'utf8'), name);
      const key = `${series.product} ${series.timeframe}`;
      if (products && !products.some(({ product, timeframe }) => `${product} ${timeframe}` === key)) continue;
      await storeCandles(database, series);
      found.set(key, { product: series.product, timeframe: series.timeframe });
      candles += series.candles.length;
      beat({ file: name });
    }
    for (const wanted of products ?? []) {
      if (found.has(`${wanted.product} ${wanted.timeframe}`)) continue;
      const stored = await database.candle.count({ where: wanted });
      if (stored === 0)
        throw new TapeworksError('CANDLES_MISSING', `There are no candles of ${wanted.product} ${wanted.timeframe}.`);
      found.set(`${wanted.product} ${wanted.timeframe}`, wanted);
      candles += stored;
    }
    return { products: [...found.values()], candles };
  },

  /** Exactly one signal per strategy, product, timeframe and bar, each with its pending rating task. */
  async scanSignals({
    strategyIds,
    products,
  }: {
    strategyIds: number[];
    products: Product[];
  }): Promise<{ signals: number; fresh: number }> {
    let signals = 0;
    let fresh = 0;
    const strategies = await database.strategy.findMany({ where: { id: { in: strategyIds } }, orderBy: { id: 'asc' } });
    for (const { product, timeframe } of products) {
      const candles = await loadCandles(database, { product, timeframe, last: SCAN_BARS + WARM_UP_BARS });
      const sinceBar = Math.max(0, candles.length - SCAN_BARS);
      for (const strategy of strategies) {
        const found = scanSignals(checkRules(strategy.rules), candles, { symbol: product, timeframe, sinceBar });
        signals += found.length;
        fresh += await storeSignals(database, strategy, found);
        beat({ product, strategyId: strategy.id, signals });
      }
    }
    return { signals, fresh };
  },

  /** Signals whose rating is pending, oldest first; `remaining` counts those beyond `limit`. */
  async pendingSignals({ strategyIds, limit }: { strategyIds: number[] | null; limit: number }) {
    const where = { status: 'pending', ...(strategyIds ? { signal: { strategyId: { in: strategyIds } } } : {}) };
    const [tasks, total] = await Promise.all([
      database.llmEnhancementTask.findMany({ where, orderBy: { id: 'asc' }, take: limit, select: { signalId: true } }),
      database.llmEnhancementTask.count({ where }),
    ]);
    return { signalIds: tasks.map(({ signalId }) => signalId), remaining: Math.max(0, total - tasks.length) };
  },
});

async function storeSignals(
  database: Database,
  strategy: { id: number; status: string },
  found: ReturnType<typeof scanSignals>,
): Promise<number> {
  return database.$transaction(async (transaction) => {
    const { count } = await transaction.signal.createMany({
      skipDuplicates: true,
      data: found.map(({ barTime, indicators, ...signal }) => ({
        ...signal,
        strategyId: strategy.id,
        sessionId: `strategy-${strategy.id}`,
        barTime: new Date(barTime),
        indicators: indicators as Prisma.InputJsonObject,
        draft: strategy.status !== 'promoted',
      })),
    });
    const untasked = await transaction.signal.findMany({
      where: { strategyId: strategy.id, tasks: { none: {} } },
      select: { id: true },
    });
    await transaction.llmEnhancementTask.createMany({
      skipDuplicates: true,
      data: untasked.map(({ id }) => ({ signalId: id })),
    });
    return count;
  }, LONG_TRANSACTION);
}

async function candleFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => /\.(csv|json)$/i.test(name)).sort();
  } catch (error) {
    throw new TapeworksError(
      'CANDLES_MISSING',
      `The folder of candles cannot be read: ${path.basename(folder)}.`,
      {},
      { cause: error },
    );
  }
}
