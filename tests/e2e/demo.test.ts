/** The README's first command, run as a user runs it: another process, its own data folder, a path with spaces. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeTranscript } from '../setup/lesson.ts';

const root = path.resolve(import.meta.dirname, '../..');
const FOUR_MINUTES = 240_000;

/** What `--json` promises. */
const resultSchema = z.object({
  media: z.array(z.object({ video_id: z.string(), searchable_at: z.string().nullable() })),
  hits: z.array(z.object({ keyword: z.string(), start_time: z.number(), method: z.enum(['lexical', 'semantic']) })),
  clips: z.array(z.object({ id: z.int(), clip_url: z.string(), method: z.string() })),
  search: z.object({
    query: z.string(),
    results: z.array(
      z.object({ text: z.string(), start_time: z.number(), similarity: z.number(), clip_url: z.string().nullable() }),
    ),
  }),
  vectors: z.int(),
  strategies: z.array(
    z.object({
      keyword: z.string(),
      strategy: z.string(),
      backend: z.string(),
      citations: z.array(z.object({ rule_id: z.string(), quote: z.string() })),
    }),
  ),
  signals: z.array(
    z.object({ id: z.int(), enhancement: z.object({ rating: z.int().nullable(), llm_status: z.string().nullable() }) }),
  ),
  exports: z.array(z.object({ name: z.string(), path: z.string(), rows: z.int() })),
  workflowIds: z.array(z.string()),
  failures: z.array(z.object({ code: z.string(), message: z.string(), remedy: z.string() })),
  urls: z.object({ temporalUi: z.string(), api: z.string(), docs: z.string(), runs: z.array(z.string()) }),
  backend: z.string(),
  secondsPerStage: z.record(z.string(), z.number()),
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tapeworks e2e '));
  // PostgreSQL runs as a user of its own when we are root, and has to pass through.
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function demo(args: string[], dataDir: string): Promise<{ code: number | null; out: string; err: string }> {
  const { TEST_DATABASE_URL: _database, ...environment } = process.env;
  const child = spawn(process.execPath, [path.join(root, 'deploy/local/run.mjs'), 'demo', ...args], {
    cwd: root,
    env: {
      ...environment,
      INIT_CWD: folder,
      DATA_DIR: path.join(folder, dataDir),
      PORT: '0',
      TEMPORAL_UI_PORT: '0',
      LLM_BACKEND: 'offline',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

describe('npm run demo', () => {
  it('takes the sample lesson through the whole chain', { timeout: FOUR_MINUTES }, async () => {
    const { code, out, err } = await demo(['--json'], 'data one');
    expect(code, err).toBe(0);
    const result = resultSchema.parse(JSON.parse(out));
    expect(result.failures).toEqual([]);
    expect(result.media[0]?.searchable_at).not.toBeNull();
    for (const list of [result.hits, result.clips, result.strategies, result.signals, result.workflowIds])
      expect(list.length).toBeGreaterThan(0);
    expect(result.vectors).toBeGreaterThan(result.clips.length);
    // A vector for each hit and clip, and fewer for the transcript than it has cues.
    expect(result.vectors).toBeGreaterThan(result.hits.length + result.clips.length);
    expect(result.clips.some(({ method }) => method === 'smart')).toBe(true);
    const [answer] = result.search.results;
    expect(answer?.text).toMatch(/stop/i);
    expect(answer?.similarity).toBeGreaterThan(0.4);
    const rsi = result.strategies.find(({ keyword }) => keyword === 'RSI');
    expect(rsi).toMatchObject({ backend: 'offline' });
    expect(rsi?.strategy).toContain('Entry signals');
    expect(new Set(rsi?.citations.map(({ rule_id }) => rule_id))).toEqual(
      new Set(['entry-1', 'exit-1', 'stop-1', 'target-1', 'risk-1']),
    );
    for (const { enhancement } of result.signals)
      expect(enhancement).toMatchObject({ rating: expect.any(Number), llm_status: 'offline' });
    const csv = result.exports.find(({ name }) => name === 'llm_signals.csv');
    expect((await readFile(csv?.path ?? '', 'utf8')).split('\n')[0]).toMatch(
      /^timestamp,signal_id,symbol,signal_type,entry_price/,
    );
    expect(err).toContain('generateClips');
    expect(Object.keys(result.secondsPerStage)).toContain('embed');
  });

  it("does the user's own folder, names the bad file, and goes on", { timeout: FOUR_MINUTES }, async () => {
    const lessons = path.join(folder, 'my lessons');
    await mkdir(lessons);
    await writeTranscript(lessons, 'part one.srt');
    await writeFile(path.join(lessons, 'part two.srt'), 'this is not a transcript');
    const { code, out } = await demo(['my lessons', '--json'], 'data two');
    const result = resultSchema.parse(JSON.parse(out));
    expect(result.media.filter(({ searchable_at }) => searchable_at !== null)).toHaveLength(1);
    expect(result.failures).toContainEqual(
      expect.objectContaining({ code: 'TRANSCRIPT_BROKEN', message: expect.stringContaining('part two.srt') }),
    );
    expect(code).toBe(1);
  });

  it('says what is wrong with a path that is not there, and leaves nothing running', {
    timeout: FOUR_MINUTES,
  }, async () => {
    const { code, err } = await demo(['no such lesson.mp4'], 'data three');
    expect(code).toBe(1);
    expect(err).toContain('no such lesson.mp4');
    await expect(stat(path.join(folder, 'data three', 'stack.json'))).rejects.toThrow();
  });

  it('shows its help', async () => {
    const { code, out } = await demo(['--help'], 'data four');
    expect(code).toBe(0);
    expect(out).toContain('npm run demo -- ~/lessons');
  });
});
