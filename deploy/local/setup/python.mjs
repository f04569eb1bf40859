// @ts-check
/** A Python environment of our own, for the Qdrant engine and the model's conversion. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from './locate.mjs';
import { fromRoot, toolsDir, venvPython } from './paths.mjs';
import { hashOf, readOrEmpty } from './steps.mjs';

const requirements = fromRoot('deploy/local/requirements.txt');
const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** Python 3.10 or later that can make environments, or null. */
export function findPython() {
  const candidates = [...NAMES.map((name) => findProgram(name)), '/usr/bin/python3', '/usr/local/bin/python3'];
  return candidates.find((file) => file !== null && existsSync(file) && canMakeEnvironments(file)) ?? null;
}

/** @param {string} python */
function canMakeEnvironments(python) {
  try {
    execFileSync(python, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'], {
      stdio: 'ignore',
      timeout: 20_000,
    });
    return true;
  } catch {
    // Too old, or Debian's Python without python3-venv: the next candidate may do.
    return false;
  }
}

/** @type {import('./steps.mjs').Step} */
export const python = {
  name: 'python',
  title: 'Python environment (Qdrant engine, model tools)',
  // Only when apt has to bring Python: it may take a minute over ffmpeg.
  after: existsSync(venvPython) || findPython() ? [] : ['system-packages'],
  key: () => hashOf(readOrEmpty(requirements)),
  isPresent: () => existsSync(venvPython),
  act: async ({ run }) => {
    const base = findPython();
    if (!base) throw new Error('no Python 3.10 or later with the venv module was found');
    await run(base, ['-m', 'venv', '--clear', path.join(toolsDir, 'venv')]);
    await run(venvPython, [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--only-binary',
      ':all:',
      '-r',
      requirements,
    ]);
  },
  remedy:
    'install Python 3.10 or later with venv (Debian: apt-get install python3-venv), or point QDRANT_URL to a running Qdrant and EMBEDDING_MODEL_DIR to the model.',
};
