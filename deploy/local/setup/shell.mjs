// @ts-check
/** Runs a preparation's commands, keeps all they print in a log file and the end of it for messages. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { logsDir, rootDir } from './paths.mjs';

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();

/** Ends what is running, so that an interrupted preparation leaves nothing behind. */
export function killChildren() {
  for (const child of children) child.kill('SIGTERM');
}

/** A command that failed: what was tried, the end of its output, where all of it is. */
export class CommandError extends Error {
  /**
   * @param {string} command
   * @param {string} outcome
   * @param {string} tail
   * @param {string} logFile
   */
  constructor(command, outcome, tail, logFile) {
    super(`${command} ${outcome}`);
    this.command = command;
    this.tail = tail;
    this.logFile = logFile;
  }
}

/**
 * @param {string} name of the log file
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, onLine?: (line: string) => void }} [options]
 * @returns {Promise<string>} all of its standard output
 */
export function runLogged(name, command, args, options = {}) {
  mkdirSync(logsDir, { recursive: true });
  const logFile = path.join(logsDir, `${name}.log`);
  const shown = [path.basename(command), ...args].join(' ');
  return new Promise((resolve, reject) => {
    const log = createWriteStream(logFile, { flags: 'a' });
    log.write(`\n$ ${shown}   (${new Date().toISOString()})\n`);
    const child = spawn(command, args, {
      cwd: options.cwd ?? rootDir,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    let output = '';
    let tail = '';
    const take = (/** @type {Buffer} */ chunk) => {
      const text = chunk.toString();
      log.write(text);
      tail = (tail + text).slice(-3000);
      const line = tail.trimEnd().split('\n').at(-1)?.trim();
      if (line) options.onLine?.(line);
    };
    child.stdout.on('data', (chunk) => {
      output += chunk;
      take(chunk);
    });
    child.stderr.on('data', take);
    const finish = (/** @type {string | null} */ problem) => {
      children.delete(child);
      log.end(() => (problem === null ? resolve(output) : reject(new CommandError(shown, problem, tail, logFile))));
    };
    child.once('error', (error) => finish(`could not be started: ${error.message}`));
    child.once('close', (code, signal) =>
      finish(code === 0 ? null : signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
    );
  });
}
