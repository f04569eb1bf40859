/**
 * `npm run migrate`: deploy (default), new NAME, drift. On DATABASE_URL, else on the stack that runs on DATA_DIR; `new` and
 * `drift` start a database for themselves when there is neither.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseConfig } from '../../contracts/config.ts';
import { deployMigrations, findDrift, newMigration } from '../../prisma/migrate.ts';
import { startPostgres } from './stack/postgres.ts';
import { runningState } from './stack/state.ts';

const USAGE = 'Usage: npm run migrate [deploy | new NAME | drift]';

async function main(verb: string, name: string | undefined): Promise<number> {
  const config = parseConfig(process.env);
  const known = config.DATABASE_URL ?? runningState(path.resolve(config.DATA_DIR))?.urls?.databaseUrl;
  if (verb === 'deploy') {
    if (!known) {
      console.log('DATABASE_URL is not set and no stack runs: a local database gets its migrations at each start.');
      return 0;
    }
    const applied = await deployMigrations(known);
    console.log(
      applied.length === 0 ? 'Nothing to apply.' : `Applied:\n${applied.map((one) => `  ${one}`).join('\n')}`,
    );
    return 0;
  }
  if (verb === 'new' && name) {
    const folder = await withDatabase(known, (url) => newMigration(name, url));
    console.log(
      folder
        ? `Wrote ${path.relative(process.cwd(), folder)}/migration.sql; read it before use.`
        : 'The migrations are up to date with the schema.',
    );
    return 0;
  }
  if (verb === 'drift') {
    const problems = await withDatabase(known, (url) => findDrift(url, known !== undefined));
    console.log(
      problems.length === 0
        ? `No drift${known ? '' : ' between schema and migrations (no database was given to look at)'}.`
        : problems.join('\n'),
    );
    return problems.length === 0 ? 0 : 1;
  }
  console.error(USAGE);
  return 2;
}

async function withDatabase<T>(known: string | undefined, use: (databaseUrl: string) => Promise<T>): Promise<T> {
  if (known) return use(known);
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'tapeworks-migrate-'));
  chmodSync(dataDir, 0o711);
  try {
    const log = (line: string) => console.error(line);
    const { child, databaseUrl } = await startPostgres({ dataDir, ephemeral: true, port: 0, log, onStarted: () => {} });
    try {
      return await use(databaseUrl);
    } finally {
      await child.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const [verb = 'deploy', name] = process.argv.slice(2);
process.exitCode = await main(verb, name);
