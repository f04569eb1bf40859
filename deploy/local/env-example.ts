/** Writes `.env.example` from the table of settings; with `--check` only says whether the file is up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { envExample } from '../../contracts/config.ts';

const file = new URL('../../.env.example', import.meta.url);

function current(): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

if (!process.argv.includes('--check')) {
  writeFileSync(file, envExample());
} else if (current() !== envExample()) {
  console.error('.env.example differs from the settings in contracts/config.ts');
  process.exitCode = 1;
}
