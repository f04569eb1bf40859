// @ts-check
/** Where things lie. Everything prepared goes below `.tools/`, so a clone leaves no trace outside itself. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const rootDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const toolsDir = path.join(rootDir, '.tools');
export const logsDir = path.join(toolsDir, 'logs');
export const venvPython = path.join(toolsDir, 'venv/bin/python');
export const modelDir = path.join(toolsDir, 'model/all-MiniLM-L6-v2');
export const temporalBinary = path.join(toolsDir, 'bin/temporal');
/** Programs that came from a package registry because neither PATH nor apt had them. */
export const mediaBinDir = path.join(toolsDir, 'media/bin');

/** @param {...string} parts */
export const fromRoot = (...parts) => path.join(rootDir, ...parts);
