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
import { enhancedBarsCsv } from '../domain/exports/enhanced-bars-csv.ts';
import { signalsCsv } from '../domain/exports/signals-csv.ts';

/** A half-written export this old was left by a killed worker. */
const ABANDONED_MS = 3_600_000;

type Dependencies = { config: Pick<Config, 'DATA_DIR'>; database: Database };

export const createExportActivities = ({ config, database }: Dependencies) => ({
  async exportResults(_: Record<string, never>) {
    await removeLeftovers(path.resolve(config.DATA_DIR, 'exports'), '.partial-', ABANDONED_MS);
    const signals = await ratedSignals(database);
    const files: Array<{ name: string; text: string; rows: number }> = [];
    const series = await enhancedBars(database, signals);
    const strategies = await strategyExport(database);
    files.push({ name: 'llm_signals.csv', text: signalsCsv(signals), rows: signals.length });
    files.push({
      name: 'llm_strategy_results.csv',
      text: enhancedBarsCsv(series),
      rows: series.reduce((sum, { candles }) => sum + candles.length, 0),
    });
    files.push({ name: 'strategies.json', text: `${JSON.stringify(strategies, null, 2)}\n`, rows: strategies.length });
    files.push({
      name: 'llm_processing_summary.json',
      text: `${JSON.stringify(await processingSummary(database), null, 2)}\n`,
      rows: 1,
    });

    const exportIds: number[] = [];
    for (const { name, text, rows } of files) {
      const relative = path.join('exports', name);
      const target = path.resolve(config.DATA_DIR, relative);
      await writeAtomic(target, text);
      const row = { path: relative, rows, sizeBytes: (await stat(target)).size };
      const key = { scope: 'all', name };
      const { id } = await database.export.upsert({
        where: { scope_name: key },
        create: { ...key, ...row },
        update: row,
      });
      exportIds.push(id);
    }
    return { exportIds };
  },
});
