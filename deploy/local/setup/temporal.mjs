// @ts-check
/** The Temporal command line program, which holds the server and its Web UI. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findProgram, isExecutable } from './locate.mjs';
import { temporalBinary, toolsDir } from './paths.mjs';

/** The last one that `go install` accepts: later ones replace a module in go.mod. Server 1.29.1, UI 2.42.1. */
const CLI_VERSION = 'v1.5.1';
/** Fair task dispatch, which the queues rely on, came with this server. */
const OLDEST_SERVER = [1, 29];

/** Path of a usable `temporal`, or null: the one on PATH when it is new enough, else the prepared one. */
export function findTemporal() {
  const onPath = findProgram('temporal');
  if (onPath && isNewEnough(serverVersion(onPath))) return onPath;
  return isExecutable(temporalBinary) ? temporalBinary : null;
}

/**
 * "1.29.1", or null when the program does not answer.
 * @param {string} program
 */
export function serverVersion(program) {
  try {
    const answer = execFileSync(program, ['--version'], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /Server (\d+\.\d+\.\d+)/.exec(answer)?.[1] ?? null;
  } catch {
    // Something else of the same name, or broken: not usable, which is all that is asked.
    return null;
  }
}

/** @param {string | null} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = (version ?? '0').split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = OLDEST_SERVER;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** @type {import('./steps.mjs').Step} */
export const temporal = {
  name: 'temporal',
  title: 'Temporal server',
  key: () => CLI_VERSION,
  isPresent: () => findTemporal() !== null,
  isAlreadyRight: () => true,
  act: async ({ run }) => {
    const go = findProgram('go', ['/usr/local/go/bin', '/usr/lib/go/bin']);
    if (!go) throw new Error('no "temporal" of server 1.29 or later is on PATH, and there is no "go" to build it with');
    await run(go, ['install', '-trimpath', '-ldflags=-s -w', `github.com/temporalio/cli/cmd/temporal@${CLI_VERSION}`], {
      env: { GOBIN: path.dirname(temporalBinary), CGO_ENABLED: '0', GOFLAGS: '', ...goFolders() },
    });
  },
  remedy:
    'install the Temporal CLI (docs.temporal.io/cli) or Go 1.24 or later, or point TEMPORAL_ADDRESS to a running server, or use docker compose.',
};

/** Go wants a home to write to; service users often have none. @returns {Record<string, string>} */
function goFolders() {
  try {
    const home = process.env.HOME ?? '';
    if (existsSync(home)) {
      accessSync(home, constants.W_OK);
      return {};
    }
  } catch {
    // Not writable: the folders below are used instead.
  }
  return { HOME: os.tmpdir(), GOPATH: path.join(toolsDir, 'go'), GOCACHE: path.join(toolsDir, 'go-cache') };
}
