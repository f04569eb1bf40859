/**
 * Gates hold a stage in its middle without a hook in the product: a trigger of the test's database lets a write wait for an
 * advisory lock that the test holds. A worker killed there leaves its statement behind on the server, to commit or to roll back.
 */
import pg from 'pg';
import { until } from '../setup/until.ts';

/** Marks the test's own connections, so that faults meant for workers spare them. */
export const APPLICATION = 'tapeworks-fault-test';

export interface Gate {
  /** Resolves when a write waits at the gate. */
  reached(): Promise<void>;
  open(): Promise<void>;
}

export interface GatePlace {
  table: string;
  event: `INSERT` | `UPDATE OF ${string}`;
  /** SQL condition over `given`, the row to be written, and the tables. */
  when: string;
}

export async function installGates(databaseUrl: string): Promise<void> {
  const client = await connect(databaseUrl);
  await client.query(`
    CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $body$
    DECLARE here boolean;
    BEGIN
      EXECUTE 'SELECT ' || TG_ARGV[1] || ' FROM (SELECT ($1).*) AS given' INTO here USING NEW;
      IF here THEN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); END IF;
      RETURN NEW;
    END $body$`);
  await client.end();
}

let keys = 0;

/** Closes a gate; several may be closed at once. Once open, it stays open. */
export async function closeGate(databaseUrl: string, { table, event, when }: GatePlace): Promise<Gate> {
  const client = await connect(databaseUrl);
  const key = (keys += 1);
  await client.query('SELECT pg_advisory_lock($1)', [key]);
  await client.query(
    `CREATE TRIGGER gate_${key} BEFORE ${event} ON "${table}" FOR EACH ROW EXECUTE FUNCTION wait_at_gate(${key}, ${client.escapeLiteral(when)})`,
  );
  const waiting = 'SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))';
  let closed = true;
  return {
    reached: async () => {
      await until(async () => (!closed || (await client.query(waiting)).rowCount ? true : null));
    },
    open: async () => {
      if (!closed) return;
      closed = false;
      await client.end();
    },
  };
}

/** Ends every connection that workers have to this database. Returns how many there were. */
export async function endWorkerConnections(databaseUrl: string): Promise<number> {
  const client = await connect(databaseUrl);
  const { rowCount } = await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name <> $1 AND backend_type = 'client backend'`,
    [APPLICATION],
  );
  await client.end();
  return rowCount ?? 0;
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: APPLICATION });
  await client.connect();
  return client;
}
