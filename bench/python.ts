/** Peers from PyPI: each benchmark's Python environment below `.tools/`, made on first use, so that nobody else pays for it. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { waitForLock } from '../deploy/local/setup/lock.mjs';
import { toolsDir } from '../deploy/local/setup/paths.mjs';
import { createProgress } from '../deploy/local/setup/progress.mjs';
import { findPython } from '../deploy/local/setup/python.mjs';
import { killChildren } from '../deploy/local/setup/shell.mjs';
import { hashOf, pending, readOrEmpty, runSteps } from '../deploy/local/setup/steps.mjs';
import type { BenchContext } from './result.ts';

type Step = Parameters<typeof runSteps>[0][number];
const PIP = ['-m', 'pip', 'install', '--disable-pip-version-check', '--only-binary', ':all:'];

export type VenvOptions = {
  /** Folder below `.tools/`. */
  name: string;
  title: string;
  /** requirements.txt; a change makes the environment anew. */
  requirements: string;
  /** Packages of which the files alone are wanted, put into `folder` of the environment. */
  files?: { requirements: string; folder: string };
  remedy?: string;
};

/** Its Python. Throws with what was tried and what to do. */
export async function prepareVenv({ onEnd }: BenchContext, options: VenvOptions): Promise<string> {
  const { name, title, requirements, files } = options;
  const venv = path.join(toolsDir, name);
  const python = path.join(venv, 'bin/python');
  const step: Step = {
    name,
    title,
    key: () => hashOf(readOrEmpty(requirements), ...(files ? [readOrEmpty(files.requirements)] : [])),
    isPresent: () => existsSync(python) && (!files || existsSync(path.join(venv, files.folder))),
    async act({ run }) {
      const base = findPython();
      if (!base) throw new Error('no Python 3.10 or later with the venv module was found');
      rmSync(venv, { recursive: true, force: true });
      await run(base, ['-m', 'venv', venv]);
      await run(python, [...PIP, '-r', requirements]);
      if (files)
        await run(python, [
          ...PIP,
          ...['--no-deps', '--target', path.join(venv, files.folder), '-r', files.requirements],
        ]);
    },
    remedy: options.remedy ?? 'check the network, the pip settings and the free disk space.',
  };
  if (pending([step]).length === 0) return python;
  const progress = createProgress(process.stderr);
  onEnd(progress.close);
  const release = await waitForLock(path.join(toolsDir, `${name}.lock`), () =>
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
  return python;
}
