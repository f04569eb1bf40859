/** smartcut from PyPI. */
import path from 'node:path';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { readOrEmpty } from '../../deploy/local/setup/steps.mjs';
import { prepareVenv } from '../python.ts';
import type { BenchContext } from '../result.ts';

const requirements = fromRoot('bench/clips/requirements.txt');

/** Makes sure that it can run; its program and version. */
export async function prepareSmartcut(context: BenchContext): Promise<{ smartcut: string; version: string }> {
  const python = await prepareVenv(context, {
    name: 'bench-clips-venv',
    title: 'smartcut with PyAV (about 250 MB, once)',
    requirements,
  });
  const version = /^smartcut==(\S+)/m.exec(readOrEmpty(requirements).toString())?.[1] ?? 'unknown';
  return { smartcut: path.join(path.dirname(python), 'smartcut'), version };
}
