/** The Temporal client of the API and the dispatcher. Calls have a deadline, so that a server that is away is an error and not a hang. */
import { Client, Connection } from '@temporalio/client';
import type { Config } from '../../contracts/config.ts';

export const CALL_DEADLINE_MS = 5_000;

export type TemporalOptions = Pick<Config, 'TEMPORAL_NAMESPACE' | 'TEMPORAL_TLS' | 'TEMPORAL_API_KEY'> & {
  TEMPORAL_ADDRESS: string;
};

/** Options shared by client and worker connections. */
export const connectionOptions = ({ TEMPORAL_ADDRESS, TEMPORAL_TLS, TEMPORAL_API_KEY }: TemporalOptions) => ({
  address: TEMPORAL_ADDRESS,
  ...(TEMPORAL_TLS || TEMPORAL_API_KEY ? { tls: true as const } : {}),
  ...(TEMPORAL_API_KEY ? { apiKey: TEMPORAL_API_KEY } : {}),
});

/** A client that connects at its first call and reconnects by itself. */
export function createTemporal(options: TemporalOptions): Client {
  const connection = Connection.lazy({ ...connectionOptions(options), connectTimeout: CALL_DEADLINE_MS });
  return new Client({ connection, namespace: options.TEMPORAL_NAMESPACE });
}

/** Runs calls under the usual deadline. */
export const withDeadline = <Result>(
  client: Client,
  call: () => Promise<Result>,
  ms = CALL_DEADLINE_MS,
): Promise<Result> => client.connection.withDeadline(Date.now() + ms, call);
