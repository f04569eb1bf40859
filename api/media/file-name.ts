/** A file name from outside, fit for a folder of ours. */
import path from 'node:path';

/** Base name without control characters, separators, leading dots; at most 40 characters and its extension. */
export function safeFileName(given: string): string {
  const base = given.normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  const clean = base
    .replaceAll(/[^\p{L}\p{N}\p{M} ._()[\]+-]/gu, '_')
    .replace(/^[.\s-]+/, '')
    .trim();
  const { name, ext } = path.parse(clean);
  // Names are limited in bytes by file systems: 4 a character at most.
  const short = [...name].slice(0, 40).join('').trim();
  return `${short || 'upload'}${ext.slice(0, 16).toLowerCase()}`;
}
