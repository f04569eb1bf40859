/**
 * Prisma migrations without a download: the schema engine as WebAssembly over the `pg` driver. Same files, same table
 * `_prisma_migrations`, same result as `prisma migrate deploy`. The command line is `npm run migrate`.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils';
import type { DiffTarget, MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import { Client, escapeIdentifier, Pool } from 'pg';

/** Node has it; the types without the browser's do not. */
declare const WebAssembly: {
  instantiate(code: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

/** Folder with `schema.prisma` and `migrations/`. */
const prismaDir = path.dirname(fileURLToPath(import.meta.url));
const FILTERS = { externalTables: [], externalEnums: [] };
/** Content of `migration_lock.toml`, without which the engine does not know what the migrations are for. */
const LOCK_FILE = 'provider = "postgresql"\n';
/** Any number, the same for all who deploy: only one at a time may. */
const DEPLOY_LOCK = 7_233_003;
/** Result type of PostgreSQL's internal "char", and of text. */
const CHAR_OID = 18;
const TEXT_OID = 25;
/** Columns of the engine's describing queries that are "char" and wanted as single characters. */
const CHARACTER_COLUMNS = new Set(['constraint_type', 'confdeltype', 'confupdtype']);

/**
 * Applies all migrations that the database does not have yet, and answers their names. Safe to call from several
 * processes at once: the others wait. Throws when one fails; the failed one is noted in `_prisma_migrations`.
 */
export async function deployMigrations(databaseUrl: string, directory = prismaDir): Promise<string[]> {
  const migrationsList = readMigrations(directory);
  if (migrationsList.migrationDirectories.length === 0) return [];
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [DEPLOY_LOCK]);
    const applied = await withEngine(databaseUrl, (engine) =>
      engine.applyMigrations({ migrationsList, filters: FILTERS }),
    );
    return applied.appliedMigrationNames;
  } finally {
    // Ending the session gives the lock back.
    await client.end();
  }
}

/**
 * Writes `migrations/<time>_<name>/migration.sql` with what brings the history up to the schema; null when nothing does.
 * The database is only borrowed for a short-lived shadow database of its own.
 */
export async function newMigration(name: string, databaseUrl: string, directory = prismaDir): Promise<string | null> {
  if (!/^[a-z0-9_]{1,80}$/.test(name))
    throw new Error('A migration is named by lower-case letters, digits and underscores.');
  const migrations = path.join(directory, 'migrations');
  const difference = await withEngine(databaseUrl, (engine) =>
    engine.diff({ from: history(directory), to: schema(directory), script: true, exitCode: true, filters: FILTERS }),
  );
  if (difference.exitCode !== 2 || !difference.stdout) return null;
  const time = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = path.join(migrations, `${time}_${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(migrations, 'migration_lock.toml'), LOCK_FILE);
  writeFileSync(path.join(folder, 'migration.sql'), difference.stdout);
  return folder;
}

/**
 * What has drifted apart, in sentences; empty when all agree: schema and migrations, and, when `checkDatabase`, database
 * and schema, applied and present migrations.
 */
export async function findDrift(databaseUrl: string, checkDatabase: boolean, directory = prismaDir): Promise<string[]> {
  const to = schema(directory);
  const options = { to, script: false, exitCode: true, filters: FILTERS };
  return withEngine(
    databaseUrl,
    async (engine) => {
      const problems: string[] = [];
      const unwritten = await engine.diff({ ...options, from: history(directory) });
      if (unwritten.exitCode === 2) problems.push(`The schema has changes without a migration:${unwritten.stdout}`);
      if (!checkDatabase) return problems;
      const from: DiffTarget = { tag: 'schemaDatasource', ...schemaFiles(directory), configDir: directory };
      const foreign = await engine.diff({ ...options, from });
      if (foreign.exitCode === 2) problems.push(`The database differs from the schema:${foreign.stdout}`);
      const applied = await engine.diagnoseMigrationHistory({
        migrationsList: readMigrations(directory),
        optInToShadowDatabase: false,
        filters: FILTERS,
      });
      if (applied.editedMigrationNames.length > 0)
        problems.push(`Edited after they were applied: ${applied.editedMigrationNames.join(', ')}`);
      if (applied.failedMigrationNames.length > 0) problems.push(`Failed: ${applied.failedMigrationNames.join(', ')}`);
      if (applied.history) problems.push(`Applied and present migrations differ: ${JSON.stringify(applied.history)}`);
      return problems;
    },
    schemaFiles(directory).files.map(({ path: file, content }) => [file, content]),
  );
}

function schemaFiles(directory: string) {
  const file = path.join(directory, 'schema.prisma');
  return { files: [{ path: file, content: readFileSync(file, 'utf8') }] };
}

const schema = (directory: string): DiffTarget => ({ tag: 'schemaDatamodel', ...schemaFiles(directory) });
const history = (directory: string): DiffTarget => ({ tag: 'migrations', ...readMigrations(directory) });

function readMigrations(directory: string): MigrationList {
  const baseDir = path.join(directory, 'migrations');
  const entries = existsSync(baseDir) ? readdirSync(baseDir, { withFileTypes: true }) : [];
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const read = (name: string) => readFileSync(path.join(baseDir, name, 'migration.sql'), 'utf8');
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: LOCK_FILE },
    shadowDbInitScript: '',
    migrationDirectories: names.sort().map((name) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: read(name) } },
    })),
  };
}

async function withEngine<T>(
  databaseUrl: string,
  use: (engine: SchemaEngine) => Promise<T>,
  datamodels?: [string, string][],
): Promise<T> {
  const { SchemaEngine: Engine } = await loadEngine();
  const adapter = new MigrationAdapter(databaseUrl);
  try {
    return await use(await Engine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(adapter)));
  } finally {
    await adapter.close();
  }
}

let loading: ReturnType<typeof instantiate> | undefined;
function loadEngine() {
  loading ??= instantiate();
  return loading;
}

async function instantiate() {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const code = readFileSync(path.join(path.dirname(entry), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': bindings });
  const { __wbg_set_wasm: connect } = bindings;
  const { __wbindgen_start: start } = instance.exports;
  connect(instance.exports);
  if (typeof start === 'function') start();
  return bindings;
}

/** The driver adapter with what it lacks for describing a database and for shadow databases (adapter-pg 7.10). */
class MigrationAdapter extends PrismaPg {
  readonly #url: string;
  readonly #open = new Set<Pool>();

  constructor(databaseUrl: string) {
    super(databaseUrl);
    this.#url = databaseUrl;
  }

  override connect() {
    return this.#connectTo(this.#url);
  }

  /** The adapter's own one works on the main database, and drops the shadow while it is still connected to it. */
  override async connectToShadowDb() {
    const name = `shadow_${randomUUID().replaceAll('-', '')}`;
    const main = this.#openPool(this.#url);
    await main.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
    const url = new URL(this.#url);
    url.pathname = `/${name}`;
    const adapter = await this.#connectTo(url.href);
    const disconnect = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await disconnect();
      await main.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
    };
    return adapter;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].filter((pool) => !pool.ended).map((pool) => pool.end()));
  }

  #openPool(url: string): Pool {
    const pool = new Pool({ connectionString: url, max: 4 });
    // An idle connection that the server ends is no failure: a query would open a new one, or report.
    pool.on('error', () => {});
    // PostgreSQL's internal type "char" is unknown to the adapter; as text it reads well.
    pool.on('connect', (client) => {
      if (!(client instanceof Client)) return;
      client.connection.prependListener('rowDescription', (message: { fields: { dataTypeID: number }[] }) => {
        for (const field of message.fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
      });
    });
    this.#open.add(pool);
    return pool;
  }

  async #connectTo(url: string) {
    const adapter = await new PrismaPg(this.#openPool(url), { disposeExternalPool: true }).connect();
    describeAsExpected(adapter);
    return adapter;
  }
}

function describeAsExpected(adapter: SqlDriverAdapter): void {
  const query = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (request) => {
    // PostgreSQL 18 lists NOT NULL as constraints of kind n, which the engine does not know.
    const sql = request.sql.replace("NOT IN ('p', 'u', 'f')", "NOT IN ('p', 'u', 'f', 'n')");
    const result = await query({ ...request, sql });
    const columnTypes = result.columnTypes.map((type, index) =>
      CHARACTER_COLUMNS.has(result.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  };
}
