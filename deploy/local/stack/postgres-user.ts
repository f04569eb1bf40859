/**
 * PostgreSQL refuses to run as root. Root therefore runs it as another user, who must be able to reach the data and the
 * programs: below a folder like /root (0700) that user can reach neither, so they go below /var/lib/tapeworks instead.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TapeworksError } from '../../../contracts/errors.ts';
import { findProgram } from '../setup/locate.mjs';

const SHARED_DIR = '/var/lib/tapeworks';

export type PostgresPlace = {
  /** Folder that holds the cluster's folder; the user below may write it. */
  folder: string;
  /** Folder with bin/postgres and bin/initdb. */
  programs: string;
  user: { uid: number; gid: number } | undefined;
};

/** Where PostgreSQL lives and as whom it runs. Says so when that is not the plain DATA_DIR. */
export function choosePlace(dataDir: string, programs: string, log: (line: string) => void): PostgresPlace {
  const wanted = path.join(dataDir, 'postgres');
  if (process.getuid?.() !== 0) {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    return { folder: wanted, programs, user: undefined };
  }
  const user = systemUser();
  let folder = wanted;
  if (!existsSync(wanted)) prepareFolder(wanted, user);
  if (!can(user, 'test -w "$1" && test -x "$1"', wanted)) {
    folder = folderElsewhere(dataDir);
    log(`PostgreSQL: its user cannot reach ${dataDir}, its data is in ${folder}`);
    prepareFolder(folder, user);
  }
  return { folder, programs: reachablePrograms(programs, user, log), user };
}

/** Noted in DATA_DIR: whoever deletes that gets a new, empty database, as everywhere else. */
function folderElsewhere(dataDir: string): string {
  const note = path.join(dataDir, 'postgres-is-in');
  if (!existsSync(note)) writeFileSync(note, path.join(SHARED_DIR, randomUUID()));
  return readFileSync(note, 'utf8').trim();
}

function prepareFolder(folder: string, user: { uid: number; gid: number }): void {
  mkdirSync(path.dirname(folder), { recursive: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, user.uid, user.gid);
}

function reachablePrograms(programs: string, user: { uid: number; gid: number }, log: (line: string) => void): string {
  if (can(user, 'test -x "$1/bin/postgres" && test -r "$1/share"', programs)) return programs;
  const version = readFileSync(path.join(programs, '../package.json'), 'utf8');
  const copy = path.join(
    SHARED_DIR,
    `programs-${createHash('sha256')
      .update(programs + version)
      .digest('hex')
      .slice(0, 16)}`,
  );
  if (!existsSync(copy)) {
    log(`PostgreSQL: its user cannot reach ${programs}, copying it to ${copy}`);
    mkdirSync(SHARED_DIR, { recursive: true, mode: 0o755 });
    const half = `${copy}.${process.pid}`;
    cpSync(programs, half, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(half, copy);
    } catch (error) {
      // Another start was quicker; its copy is as good.
      if (!existsSync(copy)) throw error;
      rmSync(half, { recursive: true, force: true });
    }
  }
  return copy;
}

/** Answers a shell test as that user. */
function can(user: { uid: number; gid: number }, test: string, file: string): boolean {
  return spawnSync('/bin/sh', ['-c', test, 'sh', file], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** The system user `postgres`, made when missing; `nobody` where users cannot be made. */
function systemUser(): { uid: number; gid: number } {
  const found = lookUp('postgres');
  if (found) return found;
  const useradd = findProgram('useradd', ['/usr/sbin', '/sbin']);
  if (useradd) spawnSync(useradd, ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'ignore' });
  const user = lookUp('postgres') ?? lookUp('nobody');
  if (user) return user;
  throw new TapeworksError(
    'DATABASE_UNAVAILABLE',
    'PostgreSQL does not run as root, and no user "postgres" could be made',
  );
}

function lookUp(name: string): { uid: number; gid: number } | null {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    // id ends with an error when there is no such user.
    return null;
  }
}
