/** The user's own terms: JSON and YAML files of one folder (LEXICON_DIR). */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { ConfigError } from '../contracts/config.ts';
import { type Lexicon, type LexiconTerm, termSchema } from '../contracts/keywords.ts';
import { extendLexicon } from '../domain/keywords/extend.ts';
import { LEXICON } from '../domain/keywords/lexicon.ts';

const READERS: Record<string, (text: string) => unknown> = {
  '.json': (text) => JSON.parse(text),
  // Aliases are counted out: a file of a few lines must not grow to gigabytes.
  '.yaml': (text) => parseYaml(text, { maxAliasCount: 0 }),
  '.yml': (text) => parseYaml(text, { maxAliasCount: 0 }),
};
const LARGEST_FILE = 8 * 1024 * 1024;

/**
 * The product's lexicon with the terms of a folder's files, read once at start. Throws `ConfigError` naming the file and the term
 * of all that is wrong: unreadable, unknown fields, a spelling that another term has, an everyday word without conditions.
 */
export function loadLexicon(folder: string | undefined, base: Lexicon = LEXICON): Lexicon {
  if (folder === undefined) return base;
  const problems: string[] = [];
  const terms = fileNames(folder).flatMap((name) => readTerms(folder, name, problems));
  const { lexicon, leftOut } = extendLexicon(base, terms);
  for (const { term, problems: found } of leftOut)
    problems.push(
      `LEXICON_DIR, ${term.file}, term “${term.keyword}”: ${found.map(({ message }) => message).join(' ')}`,
    );
  if (problems.length > 0) throw new ConfigError(problems);
  return lexicon;
}

function fileNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => Object.hasOwn(READERS, path.extname(name).toLowerCase()))
      .sort();
  } catch (error) {
    throw new ConfigError([`LEXICON_DIR: “${folder}” cannot be read (${reason(error)}).`]);
  }
}

function readTerms(folder: string, name: string, problems: string[]): LexiconTerm[] {
  const file = path.join(folder, name);
  let content: unknown;
  try {
    if (statSync(file).size > LARGEST_FILE) throw new Error('it is larger than 8 MiB');
    content = READERS[path.extname(name).toLowerCase()]?.(readFileSync(file, 'utf8'));
  } catch (error) {
    problems.push(`LEXICON_DIR, ${name}: it cannot be read: ${reason(error)}`);
    return [];
  }
  if (!Array.isArray(content)) {
    problems.push(`LEXICON_DIR, ${name}: a list of terms is expected.`);
    return [];
  }
  return content.flatMap((entry: unknown, index): LexiconTerm[] => {
    const parsed = termSchema.safeParse(entry);
    if (parsed.success) return [{ ...parsed.data, source: 'file', file: name }];
    for (const issue of parsed.error.issues)
      problems.push(
        `LEXICON_DIR, ${name}, ${nameOf(entry, index)}: ${issue.path.join('.') || 'entry'}: ${issue.message}`,
      );
    return [];
  });
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

function nameOf(entry: unknown, index: number): string {
  const keyword = typeof entry === 'object' && entry !== null && 'keyword' in entry ? entry.keyword : undefined;
  return typeof keyword === 'string' ? `term “${keyword.slice(0, 100)}”` : `entry ${index + 1}`;
}
