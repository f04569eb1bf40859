/** The limits on calls to a model, kept over all workers by one table. */
import { TapeworksError } from '../../contracts/errors.ts';
import { type Limits, WINDOW_MS, waitFor } from './admission.ts';

export type Reservation = { id: string | null; allowed: boolean; retryAfterMs: number };
export type UsageLog = {
  /** Books a call of about `tokens`; not allowed: nothing is booked, try again after `retryAfterMs`. */
  reserve(tokens: number): Promise<Reservation>;
  /** Puts what was really used in place of the estimate. A failed call counts as a request, too. */
  settle(id: string, tokens: number): Promise<void>;
};

/** Runs SQL with `$1` parameters and gives the rows. */
export type Query = (sql: string, parameters: unknown[]) => Promise<Record<string, unknown>[]>;
export type UsageLogOptions = Limits & {
  query: Query;
  /** Runs `work` in one transaction (READ COMMITTED), which `query` inside it belongs to. */
  transaction: <T>(work: (query: Query) => Promise<T>) => Promise<T>;
};

/** Any number that all workers agree on and no other lock uses. */
const LOCK = 7_239_114;
// A statement of its own: one that waited for the lock sees the table as it was before it waited.
const TAKE_LOCK = 'SELECT pg_advisory_xact_lock($1)::text AS locked';
// The server's clock, since workers' clocks differ; and not now(), which stands still while a transaction waits.
const IN_WINDOW = `SELECT tokens, (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS ago_ms
  FROM llm_calls WHERE created_at > clock_timestamp() - $1 * interval '1 millisecond'`;
const BOOK = `INSERT INTO llm_calls (created_at, tokens, status) VALUES (clock_timestamp(), $1, 'reserved') RETURNING id::text AS id`;
const SETTLE = `UPDATE llm_calls SET tokens = $2, status = 'settled' WHERE id = $1::text::bigint`;

/** A usage log in the table `llm_calls` (id, created_at, tokens, status). */
export function createUsageLog({ query, transaction, ...limits }: UsageLogOptions): UsageLog {
  return {
    async reserve(tokens) {
      if (!(Number.isInteger(tokens) && tokens >= 0))
        throw new TapeworksError('INVALID_INPUT', `${tokens} is no number of tokens.`);
      return transaction(async (locked) => {
        await locked(TAKE_LOCK, [LOCK]);
        const past = await locked(IN_WINDOW, [WINDOW_MS]);
        const calls = past.map((row) => ({ tokens: Number(row.tokens), agoMs: Math.max(0, Number(row.ago_ms)) }));
        const waitMs = waitFor(calls, tokens, limits);
        if (waitMs > 0) return { id: null, allowed: false, retryAfterMs: Math.ceil(waitMs) };
        const [booked] = await locked(BOOK, [tokens]);
        return { id: String(booked?.id), allowed: true, retryAfterMs: 0 };
      });
    },
    async settle(id, tokens) {
      await query(SETTLE, [id, tokens]);
    },
  };
}
