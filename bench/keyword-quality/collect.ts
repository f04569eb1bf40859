/** `node --import tsx bench/keyword-quality/collect.ts --clones DIR --out DIR`: the labelled transcripts, from clones of their repositories. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sha256 } from '../../domain/hash.ts';
import { readSources, type Source } from './labels.ts';
import { wordSpansToJson } from './word-spans.ts';

const MAX_BYTES = 64 * 1024 * 1024;

const HELP = `node --import tsx bench/keyword-quality/collect.ts --clones DIR --out DIR

  --clones DIR  holds a bare clone of each repository of sources.json, as DIR/OWNER/NAME.git
  --out DIR     where the transcripts go; keep it out of the repository`;

/** The source as it was labelled. Throws with git's own words when the clone has no such content. */
function contentOf({ repository, blob, form }: Source, clones: string): Buffer {
  const clone = path.join(clones, `${repository}.git`);
  if (!existsSync(clone)) throw new Error(`no clone at ${clone}`);
  const content = execFileSync('git', [`--git-dir=${clone}`, 'cat-file', 'blob', blob], {
    maxBuffer: MAX_BYTES,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return form === 'as-is' ? content : Buffer.from(wordSpansToJson(content.toString('utf8')));
}

function collect(clones: string, out: string): string[] {
  mkdirSync(out, { recursive: true });
  return readSources().flatMap((source) => {
    try {
      const content = contentOf(source, clones);
      if (sha256(content) !== source.sha256) return [`${source.file}: another content than was labelled`];
      writeFileSync(path.join(out, source.file), content);
      return [];
    } catch (error) {
      return [`${source.file} (${source.repository}): ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}

const { values } = parseArgs({
  options: { clones: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean' } },
});
if (values.help || values.clones === undefined || values.out === undefined) {
  console.log(HELP);
  process.exitCode = values.help ? 0 : 1;
} else {
  const missing = collect(values.clones, values.out);
  for (const one of missing) console.error(`NOT COLLECTED ${one}`);
  console.log(`${readSources().length - missing.length} of ${readSources().length} transcripts are in ${values.out}.`);
  if (missing.length > 0) process.exitCode = 1;
}
