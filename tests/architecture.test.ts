/** The house rules that a linter does not see: direction of imports over the whole graph, JSON-safe contracts, small files. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { envExample } from '../contracts/config.ts';

const root = path.resolve(import.meta.dirname, '..');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !file.includes('.test.'));

/** Room → rooms it may import. */
const MAY_IMPORT: Record<string, string[]> = {
  contracts: [],
  domain: ['contracts'],
  clients: ['contracts', 'domain'],
  activities: ['contracts', 'domain', 'clients'],
  workflows: ['contracts'],
  workers: ['contracts', 'domain', 'clients', 'activities'],
  api: ['contracts', 'domain', 'clients'],
};

const importsOf = (file: string) => {
  const source = readFileSync(path.join(root, file), 'utf8');
  return [...source.matchAll(/^(?:import|export)\s(type\s)?[^;]*?from\s'(\.[^']+)'/gms)].map(([, isType, target]) => ({
    typeOnly: isType !== undefined,
    target: path.relative(root, path.resolve(root, path.dirname(file), target ?? '')),
  }));
};

describe('direction of imports', () => {
  for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
    it(`${room} imports only ${['itself', ...allowed].join(', ')}`, () => {
      const wrong = files
        .filter((file) => file.startsWith(`${room}/`))
        .flatMap((file) =>
          importsOf(file)
            .filter(({ target, typeOnly }) => {
              const to = target.split(path.sep)[0] ?? '';
              const byType = room === 'workflows' && to === 'activities' && typeOnly;
              return to !== room && !allowed.includes(to) && !byType;
            })
            .map(({ target }) => `${file} → ${target}`),
        );
      expect(wrong).toEqual([]);
    });
  }
});

describe('contracts', () => {
  it.each(files.filter((file) => file.startsWith('contracts/') && file !== 'contracts/config.ts'))(
    '%s is JSON-safe',
    async (file) => {
      const module: Record<string, unknown> = await import(path.join(root, file));
      for (const exported of Object.values(module)) {
        if (exported instanceof z.ZodType) expect(() => z.toJSONSchema(exported, { io: 'input' })).not.toThrow();
      }
    },
  );
});

describe('size', () => {
  it('most files are under 150 lines and none over 300', () => {
    const lengths = files
      .filter((file) => !file.includes('generated/'))
      .map((file) => ({ file, lines: readFileSync(path.join(root, file), 'utf8').split('\n').length }));
    expect(lengths.filter(({ lines }) => lines > 300)).toEqual([]);
    expect(lengths.filter(({ lines }) => lines > 150).length).toBeLessThan(lengths.length / 10);
  });
});

describe('README', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const settings = [...envExample().matchAll(/^(?:# )?([A-Z_]+)=(.*)$/gm)];

  it.each(settings.map(([, name, value]) => [name, value]))('has %s with its default', (name, value) => {
    expect(readme).toContain(`| \`${name}\` | ${value ? `\`${value}\`` : '–'} |`);
  });
});
