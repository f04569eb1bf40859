/** The folder of a Whisper model: what must lie in it, in which precision, and a name that changes with its content. */
import { access, open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TapeworksError } from '../../contracts/errors.ts';
import { sha256 } from '../../domain/hash.ts';
import type { Device } from './types.ts';

const SETTINGS = [
  'config.json',
  'generation_config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
];
const GRAPHS = ['encoder_model', 'decoder_model_merged'] as const;
/** How file names tell the precision. */
const SUFFIXES = { fp32: '', fp16: '_fp16', q8: '_quantized', int8: '_int8', uint8: '_uint8', q4: '_q4' } as const;
type Precision = keyof typeof SUFFIXES;
/** The first that is there is taken. */
const PREFERRED: Record<Device, Precision[]> = {
  cpu: ['fp32', 'q8', 'int8', 'uint8', 'q4', 'fp16'],
  cuda: ['fp16', 'fp32', 'q4', 'q8', 'int8', 'uint8'],
};
/** Weights differ at their ends too: two models of one size get two names without reading gigabytes. */
const TAIL_BYTES = 65_536;

export type Precisions = Record<(typeof GRAPHS)[number], Precision>;

/** Which file of each graph a device uses. Errors: `SPEECH_UNAVAILABLE` naming what is missing. */
export async function choosePrecisions(modelDir: string, device: Device): Promise<Precisions> {
  const choose = async (graph: (typeof GRAPHS)[number]) => {
    for (const precision of PREFERRED[device]) {
      if (await exists(graphFile(modelDir, graph, precision))) return precision;
    }
    throw modelError(`its file onnx/${graph}.onnx is missing`);
  };
  return { encoder_model: await choose('encoder_model'), decoder_model_merged: await choose('decoder_model_merged') };
}

/**
 * Folder name, precision and the start of a hash, such as "whisper-tiny-fp32-1a2b3c4d": other settings or weights are another
 * model. Errors: `SPEECH_UNAVAILABLE` naming the missing or damaged file.
 */
export async function nameModel(modelDir: string, device: Device): Promise<string> {
  const settings = await Promise.all(SETTINGS.map((name) => readSettings(modelDir, name)));
  const precisions = await choosePrecisions(modelDir, device);
  const graphs = await Promise.all(GRAPHS.map((graph) => tailOf(graphFile(modelDir, graph, precisions[graph]))));
  const used = [...new Set(Object.values(precisions))].join('-');
  return `${path.basename(path.resolve(modelDir))}-${used}-${sha256([...settings, ...graphs].join('\n')).slice(0, 8)}`;
}

/** An error of the model's folder; no folder of the server is told. */
export const modelError = (why: string, details: Record<string, unknown> = {}, cause?: unknown) =>
  new TapeworksError('SPEECH_UNAVAILABLE', `The speech model cannot be used: ${why}.`, details, { cause });

/** Messages of the runtime without the folder they name. */
export const withoutFolder = (message: string, modelDir: string) =>
  (message.split('\n')[0] ?? '').replaceAll(`${path.resolve(modelDir)}${path.sep}`, '').replace(/\.$/, '');

const graphFile = (modelDir: string, graph: string, precision: Precision) =>
  path.join(modelDir, 'onnx', `${graph}${SUFFIXES[precision]}.onnx`);

async function readSettings(modelDir: string, name: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path.join(modelDir, name), 'utf8');
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw modelError(`its file ${name} ${missing ? 'is missing' : 'cannot be read'}`, { file: name }, cause);
  }
  try {
    z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    return text;
  } catch (cause) {
    throw modelError(`its file ${name} is damaged`, { file: name }, cause);
  }
}

async function tailOf(file: string): Promise<string> {
  const { size } = await stat(file);
  const handle = await open(file, 'r');
  try {
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return `${size} ${sha256(buffer)}`;
  } finally {
    await handle.close();
  }
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
