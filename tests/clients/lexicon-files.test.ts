import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLexicon } from '../../clients/lexicon-files.ts';
import { ConfigError } from '../../contracts/config.ts';
import { canonicalKeyword, LEXICON } from '../../domain/keywords/lexicon.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tapeworks-lexicon-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(files: Record<string, string>) {
  const at = await mkdtemp(path.join(folder, 'case-'));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(at, name), text);
  return loadLexicon(at);
}
const problemsOf = (files: Record<string, string>) =>
  load(files).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    },
  );
const entry = (keyword: string, more: object = {}) => ({
  keyword,
  category: 'price_action',
  definition: 'A made-up pattern for tests.',
  ...more,
});
const json = (...entries: object[]) => JSON.stringify(entries);

describe('a folder of lexicon files', () => {
  it('adds its terms, of JSON and of YAML; other files are passed over', async () => {
    const lexicon = await load({
      'a.json': json(entry('Zorblax squeeze')),
      'b.yaml':
        '- keyword: Wibble gap\n  category: chart_pattern\n  definition: Another pattern that is made up.\n  needs: { words: ["@trading"] }\n',
      'notes.txt': 'not a lexicon',
    });
    expect(lexicon.terms.slice(-2)).toMatchObject([
      { keyword: 'Zorblax squeeze', source: 'file', file: 'a.json' },
      { keyword: 'Wibble gap', source: 'file', file: 'b.yaml' },
    ]);
    expect(canonicalKeyword(lexicon, 'wibble-gap')).toBe('Wibble gap');
    expect(lexicon.version).not.toBe(LEXICON.version);
  });

  it('is not needed, and may be empty', async () => {
    expect(loadLexicon(undefined)).toBe(LEXICON);
    expect(await load({})).toBe(LEXICON);
  });

  it.each([
    [
      'a term of the product',
      { 'a.json': json(entry('RSI')) },
      [/a\.json, term “RSI”: “rsi” is a spelling of “RSI” already/],
    ],
    [
      'a term of another file',
      { 'a.json': json(entry('Zorblax')), 'b.json': json(entry('Other zorblax', { variants: ['zorblax'] })) },
      [/b\.json, term “Other zorblax”: “zorblax” is a spelling of “Zorblax” already/],
    ],
    ['an unknown field', { 'a.json': json(entry('Zorblax', { colour: 1 })) }, [/a\.json, term “Zorblax”: .*colour/]],
    [
      'an everyday word',
      { 'a.yml': '- {keyword: Market, category: macro, definition: Where things are sold.}' },
      [/everyday/],
    ],
    ['no list', { 'a.json': '{}' }, [/a\.json: a list of terms/]],
    ['no JSON', { 'a.json': '[{' }, [/a\.json: it cannot be read/]],
    ['a bomb of aliases', { 'a.yaml': 'a: &a [x, x]\nb: [*a, *a]\n' }, [/a\.yaml: it cannot be read/]],
    [
      'several faults, all named',
      { 'a.json': json(entry('RSI'), entry('Market'), {}) },
      [/entry 3: keyword/, /entry 3: category/, /entry 3: definition/, /“RSI”/, /“Market”/],
    ],
  ])('names file and term of %s', async (_, files, expected) => {
    const problems = await problemsOf(files as Record<string, string>);
    expect(problems).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(problems[index]).toMatch(pattern);
  });

  it('that is not there is named', () => {
    expect(() => loadLexicon(path.join(folder, 'nowhere'))).toThrow(/LEXICON_DIR.*nowhere/);
  });
});
