/**
 * Export files, written whole from Postgres to a temporary file and renamed: several writers at once, a crash in between or a
 * second run all end with the same rows.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '../clients/database/client.ts';
import { enhancedBars, processingSummary, ratedSignals, strategyExport } from '../clients/database/exports.ts';
import { removeLeftovers, writeAtomic } from '../clients/files/index.ts';
import type { Config } from '../contracts/config.ts';
import { enhancedBarsHeader, enhancedBarsLines } from '../domain/exports/enhanced-bars-csv.ts';
import { signalsCsv } from '../domain/exports/signals-csv.ts';
import { beat } from './heartbeat.ts';

/** A half-written export this old was left by a killed worker. */
const ABANDONED_MS = 3_600_000;

type Dependencies = { config: Pick<Config, 'DATA_DIR'>; database: Database };

/** Any number that all workers agree on and no other lock uses. */
const LOCK = 7_239_115;
const LOCKED = { timeout: 3_600_000, maxWait: 600_000 };

export const createExportActivities = ({ config, database }: Dependencies) => {
  const folder = 'exports';
  const absolute = (name: string) => path.resolve(config.DATA_DIR, folder, name);

  async function keep(name: string, content: string | AsyncIterable<string>, rows: number): Promise<number> {
    await writeAtomic(absolute(name), content);
    const row = { path: path.join(folder, name), rows, sizeBytes: (await stat(absolute(name))).size };
    const key = { scope: 'all', name };
    const where = { scope_name: key };
    return (await database.export.upsert({ where, create: { ...key, ...row }, update: row })).id;
  }

  async function writeAll(): Promise<number[]> {
    const signals = await ratedSignals(database);
    const strategies = await strategyExport(database);
    let rows = 0;
    async function* barLines() {
      yield enhancedBarsHeader();
      for await (const part of enhancedBars(database, signals)) {
        const lines = enhancedBarsLines(part);
        rows += lines.rows;
        yield lines.text;
        beat({ rows });
      }
    }
    const exportIds = [
      await keep('llm_signals.csv', signalsCsv(signals), signals.length),
      await keep('llm_strategy_results.csv', barLines(), 0),
      await keep('strategies.json', `${JSON.stringify(strategies, null, 2)}\n`, strategies.length),
      await keep('llm_processing_summary.json', `${JSON.stringify(await processingSummary(database), null, 2)}\n`, 1),
    ];
    await database.export.updateMany({
      where: { name: 'llm_strategy_results.csv', scope: 'all' },
      data: { rows },
    });
    return exportIds;
  }

  return {
    /** One export at a time over all workers: what is read under the lock is not older than what it replaces. */
    async exportResults(_: Record<string, never>) {
      await removeLeftovers(path.resolve(config.DATA_DIR, folder), '.partial-', ABANDONED_MS);
      const exportIds = await database.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT pg_advisory_xact_lock(${LOCK})::text AS locked`;
        return writeAll();
      }, LOCKED);
      return { exportIds };
    },
  };
};
