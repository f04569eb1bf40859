import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createUsageLog, type Query } from '../../clients/llm/rate-limit.ts';

const url = process.env.TEST_DATABASE_URL ?? '';

describe.skipIf(url === '')('usage log in PostgreSQL', () => {
  const schema = `rate_${randomUUID().replaceAll('-', '')}`;
  const pool = new pg.Pool({ connectionString: url, max: 12, options: `-c search_path=${schema}` });
  const rows =
    (client: pg.Pool | pg.PoolClient): Query =>
    async (sql, parameters) =>
      (await client.query(sql, parameters)).rows;
  const transaction = async <T>(work: (query: Query) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(rows(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  };
  const log = (requestsPerMinute: number, tokensPerMinute: number) =>
    createUsageLog({ query: rows(pool), transaction, requestsPerMinute, tokensPerMinute });

  beforeAll(async () => {
    await pool.query(`CREATE SCHEMA ${schema}`);
    await pool.query(`CREATE TABLE llm_calls (id bigserial PRIMARY KEY, created_at timestamptz(3) NOT NULL DEFAULT now(),
      tokens int NOT NULL, status varchar(20) NOT NULL DEFAULT 'reserved', prompt text)`);
  });
  beforeEach(() => pool.query('TRUNCATE llm_calls'));
  afterAll(async () => {
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  });

  test('forty workers at once get exactly the limit', async () => {
    const limited = log(14, 1_000_000);
    const answers = await Promise.all(Array.from({ length: 40 }, () => limited.reserve(100)));
    const allowed = answers.filter((answer) => answer.allowed);
    expect(allowed).toHaveLength(14);
    expect(new Set(allowed.map((answer) => answer.id)).size).toBe(14);
    for (const refused of answers.filter((answer) => !answer.allowed)) {
      expect(refused.id).toBeNull();
      expect(refused.retryAfterMs).toBeGreaterThan(0);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000);
    }
    expect((await pool.query('SELECT count(*)::int AS count FROM llm_calls')).rows[0].count).toBe(14);
  });

  test('tokens are limited over all workers, too', async () => {
    const limited = log(100, 1_000);
    const answers = await Promise.all(Array.from({ length: 20 }, () => limited.reserve(300)));
    expect(answers.filter((answer) => answer.allowed)).toHaveLength(3);
  });

  test('what was really used takes the estimate’s place', async () => {
    const limited = log(100, 1_000);
    const { id } = await limited.reserve(900);
    expect((await limited.reserve(200)).allowed).toBe(false);
    await limited.settle(String(id), 100);
    expect((await limited.reserve(200)).allowed).toBe(true);
    expect((await pool.query('SELECT tokens, status FROM llm_calls ORDER BY id')).rows[0]).toEqual({
      tokens: 100,
      status: 'settled',
    });
  });

  test('the window slides: a call counts for a minute', async () => {
    const limited = log(2, 1_000);
    await pool.query(
      "INSERT INTO llm_calls (created_at, tokens) VALUES (now() - interval '61 seconds', 1), (now() - interval '50 seconds', 1), (now(), 1)",
    );
    const refused = await limited.reserve(1);
    expect(refused.allowed).toBe(false);
    expect(refused.retryAfterMs).toBeGreaterThan(1_000);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(10_000);
    await pool.query("UPDATE llm_calls SET created_at = created_at - interval '10 seconds'");
    expect((await limited.reserve(1)).allowed).toBe(true);
  });

  test('refuses what is no number of tokens', async () => {
    await expect(log(1, 1).reserve(Number.NaN)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
