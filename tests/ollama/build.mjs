/**
 * A real Ollama and a tiny model for tests, made once under `.tools/ollama`. A build that failed is remembered with its reason, so
 * that a machine that cannot build it loses the time once.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { waitForLock } from '../../deploy/local/setup/lock.mjs';
import { run } from './run.mjs';

const OLLAMA = 'github.com/ollama/ollama@v0.17.4';
const MINIAUDIO = 'miniaudio==1.71';
const GGUF_PACKAGES = ['gguf==0.19.0', 'numpy>=1.26,<3'];
const BUILD_LIMIT_MS = 6 * 60_000;
const STEP_LIMIT_MS = 2 * 60_000;
/** Headers that the build includes from the system. */
const HEADERS = { 'nlohmann/json.hpp': 'nlohmann-json3-dev', 'stb/stb_image.h': 'libstb-dev' };

export const toolsFolder = path.resolve(import.meta.dirname, '../../.tools/ollama');
const inTools = (/** @type {string[]} */ ...parts) => path.join(toolsFolder, ...parts);
const failureFile = inTools('failed.txt');

/** Why it cannot be had here; the message is shown as the reason of skipped tests. */
export class Unavailable extends Error {}

/**
 * Paths of the program and of the model file; makes what is missing.
 * @returns {Promise<{ program: string, modelFile: string }>}
 */
export async function buildAll() {
  mkdirSync(toolsFolder, { recursive: true });
  // Test files run side by side; the second waits for the first one's build.
  const release = await waitForLock(inTools('build.lock'), () => {});
  try {
    return await buildMissing();
  } finally {
    release();
  }
}

async function buildMissing() {
  if (existsSync(failureFile)) {
    throw new Unavailable(`${readFileSync(failureFile, 'utf8').trim()} (delete .tools/ollama/failed.txt to try again)`);
  }
  try {
    return { program: (await find('ollama')) ?? (await buildProgram()), modelFile: await buildModel() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    writeFileSync(failureFile, `${reason}\n`);
    throw new Unavailable(reason);
  }
}

async function buildProgram() {
  const program = inTools('bin', 'ollama');
  if (existsSync(program)) return program;
  if ((await find('go')) === null) throw new Unavailable('building Ollama needs Go');
  const missingHeaders = () =>
    Object.entries(HEADERS).filter(([header]) => !existsSync(path.join('/usr/include', header)));
  if (missingHeaders().length > 0 && process.getuid?.() === 0 && (await find('apt-get')) !== null) {
    await run('apt-get', ['update', '-qq'], { limitMs: STEP_LIMIT_MS });
    await run('apt-get', ['install', '-y', '-qq', ...missingHeaders().map(([, name]) => name)], {
      limitMs: STEP_LIMIT_MS,
    });
  }
  const missing = missingHeaders();
  if (missing.length > 0)
    throw new Unavailable(`building Ollama needs the Debian packages ${missing.map(([, name]) => name).join(', ')}`);
  // Quoted: the folder may have spaces in its name.
  const flags = `-O2 "-I${await miniaudioFolder()}"`;
  const unfinished = inTools('bin.unfinished');
  await run('nice', ['go', 'install', '-trimpath', '-ldflags=-s -w', OLLAMA], {
    limitMs: BUILD_LIMIT_MS,
    env: { GOBIN: unfinished, CGO_ENABLED: '1', CGO_CFLAGS: flags, CGO_CXXFLAGS: flags },
  });
  mkdirSync(path.dirname(program), { recursive: true });
  renameSync(path.join(unfinished, 'ollama'), program);
  rmSync(unfinished, { recursive: true, force: true });
  return program;
}

/** The folder that holds `miniaudio/miniaudio.h`; no Debian package has it, the Python package's source does. */
async function miniaudioFolder() {
  const folder = inTools('miniaudio');
  const unpacked = () =>
    (existsSync(folder) ? readdirSync(folder) : []).find((name) =>
      existsSync(path.join(folder, name, 'miniaudio/miniaudio.h')),
    );
  if (unpacked() === undefined) {
    mkdirSync(folder, { recursive: true });
    await run(
      'python3',
      ['-m', 'pip', 'download', '-q', '--no-deps', '--no-binary', 'miniaudio', '-d', folder, MINIAUDIO],
      { limitMs: STEP_LIMIT_MS },
    );
    const archive = readdirSync(folder).find((name) => name.endsWith('.tar.gz'));
    if (archive === undefined) throw new Unavailable('the source package of miniaudio did not come');
    await run('tar', ['-xzf', archive], { limitMs: STEP_LIMIT_MS, cwd: folder });
  }
  return path.join(folder, unpacked() ?? '');
}

async function buildModel() {
  const script = path.join(import.meta.dirname, 'tiny_gguf.py');
  const version = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 8);
  const modelFile = inTools(`tiny-${version}.gguf`);
  if (existsSync(modelFile)) return modelFile;
  const python = inTools('venv', 'bin', 'python');
  if (!existsSync(python)) {
    await run('python3', ['-m', 'venv', inTools('venv')], { limitMs: STEP_LIMIT_MS });
    await run(python, ['-m', 'pip', 'install', '-q', ...GGUF_PACKAGES], { limitMs: STEP_LIMIT_MS });
  }
  const unfinished = `${modelFile}.unfinished`;
  await run(python, [script, unfinished], { limitMs: STEP_LIMIT_MS });
  renameSync(unfinished, modelFile);
  return modelFile;
}

/** Path of a program on PATH, or `null`. */
async function find(/** @type {string} */ name) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file)) ?? null;
}
