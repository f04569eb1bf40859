/** faiss in a Python environment of its own below `.tools/`, made on first use. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { waitForLock } from '../../deploy/local/setup/lock.mjs';
import { fromRoot, toolsDir } from '../../deploy/local/setup/paths.mjs';
import { createProgress } from '../../deploy/local/setup/progress.mjs';
import { findPython } from '../../deploy/local/setup/python.mjs';
import { killChildren } from '../../deploy/local/setup/shell.mjs';
import { hashOf, pending, readOrEmpty, runSteps } from '../../deploy/local/setup/steps.mjs';
import type { BenchContext } from '../result.ts';

const venv = path.join(toolsDir, 'bench-faiss');
const python = path.join(venv, 'bin/python');
const requirements = fromRoot('bench/search/requirements.txt');

const step: Parameters<typeof runSteps>[0][number] = {
  name: 'bench-faiss',
  title: 'faiss (about 150 MB, once)',
  key: () => hashOf(readOrEmpty(requirements)),
  isPresent: () => existsSync(python),
  async act({ run }) {
    const base = findPython();
    if (!base) throw new Error('no Python 3.10 or later with the venv module was found');
    rmSync(venv, { recursive: true, force: true });
    await run(base, ['-m', 'venv', venv]);
    await run(python, [
      ...['-m', 'pip', 'install', '--disable-pip-version-check', '--only-binary', ':all:'],
      ...['-r', requirements],
    ]);
  },
  remedy: 'check the network, the pip settings and the free disk space.',
};

/** The Python that has faiss. Throws with what was tried and what to do. */
export async function prepareFaiss({ onEnd }: BenchContext): Promise<string> {
  if (pending([step]).length > 0) {
    const progress = createProgress(process.stderr);
    onEnd(progress.close);
    const release = await waitForLock(path.join(toolsDir, 'bench-faiss.lock'), () =>
      progress.say('Another benchmark prepares it; waiting for it.'),
    );
    onEnd(release);
    onEnd(killChildren);
    try {
      await runSteps([step], progress);
    } finally {
      progress.close();
      release();
    }
  }
  return python;
}
