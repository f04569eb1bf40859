/** Whether a component answers; used for those we start and those the environment names. */
import { Connection } from '@temporalio/client';
import { Client } from 'pg';

export type TemporalTarget = { address: string; namespace: string; tls?: boolean; apiKey?: string | undefined };

const TIMEOUT_MS = 5_000;

/** Opens a connection, hands it on, closes it. */
export async function withTemporal<T>(target: TemporalTarget, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({
    address: target.address,
    connectTimeout: TIMEOUT_MS,
    ...(target.tls ? { tls: true } : {}),
    ...(target.apiKey ? { apiKey: target.apiKey } : {}),
  });
  try {
    return await connection.withDeadline(Date.now() + TIMEOUT_MS, () => use(connection));
  } finally {
    await connection.close();
  }
}

/** True when the server answers and knows the namespace; else throws. */
export async function checkTemporal(target: TemporalTarget): Promise<boolean> {
  await withTemporal(target, (connection) =>
    connection.workflowService.describeNamespace({ namespace: target.namespace }),
  );
  return true;
}

/** The server's version, such as "18.4"; throws when it does not answer. */
export async function checkPostgres(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: TIMEOUT_MS });
  // The query below reports what goes wrong.
  client.on('error', () => {});
  try {
    await client.connect();
    const answer = await client.query<{ server_version: string }>('SHOW server_version');
    return answer.rows[0]?.server_version ?? 'unknown';
  } finally {
    await client.end();
  }
}

/** Qdrant's version; throws when it does not answer or refuses the key. */
export async function checkQdrant(url: string, apiKey?: string): Promise<string> {
  const headers = apiKey ? { 'api-key': apiKey } : {};
  const at = (path: string) => new URL(path, url.endsWith('/') ? url : `${url}/`);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const list = await fetch(at('collections'), { headers, signal });
  await list.arrayBuffer();
  if (!list.ok) throw new Error(`Qdrant answered ${list.status}`);
  const about: unknown = await (await fetch(at('.'), { headers, signal })).json();
  return typeof about === 'object' && about !== null && 'version' in about ? String(about.version) : 'unknown';
}
