/** Components that the environment names: used as they are, after a look whether they answer. */
import type { Config } from '../../../contracts/config.ts';
import { type ErrorCode, TapeworksError } from '../../../contracts/errors.ts';
import { SEARCH_ATTRIBUTES } from '../../../contracts/names.ts';
import { checkPostgres, checkQdrant, checkTemporal, type TemporalTarget, withTemporal } from './health.ts';

/** Temporal's number for the search attribute type Keyword. */
const KEYWORD = 2;

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function orExplain<T>(code: ErrorCode, what: string, look: Promise<T>): Promise<T> {
  try {
    return await look;
  } catch (error) {
    throw new TapeworksError(code, `${what} does not answer: ${reason(error)}`, {}, { cause: error });
  }
}

/** Throws DATABASE_UNAVAILABLE. The URL is not shown: it holds a password. */
export const useDatabase = (url: string) =>
  orExplain('DATABASE_UNAVAILABLE', `PostgreSQL at ${new URL(url).host} (DATABASE_URL)`, checkPostgres(url));

/** Throws QDRANT_UNAVAILABLE. */
export const useQdrant = (url: string, apiKey: string | undefined) =>
  orExplain('QDRANT_UNAVAILABLE', `Qdrant at ${new URL(url).host} (QDRANT_URL)`, checkQdrant(url, apiKey));

/** Checks the server and registers our search attributes there. Throws TEMPORAL_UNAVAILABLE. */
export async function useTemporal(address: string, config: Config, log: (line: string) => void): Promise<void> {
  const target = {
    address,
    namespace: config.TEMPORAL_NAMESPACE,
    tls: config.TEMPORAL_TLS || config.TEMPORAL_API_KEY !== undefined,
    apiKey: config.TEMPORAL_API_KEY,
  };
  const what = `Temporal at ${address} (TEMPORAL_ADDRESS, namespace ${target.namespace})`;
  await orExplain('TEMPORAL_UNAVAILABLE', what, checkTemporal(target));
  await registerSearchAttributes(target, log);
}

async function registerSearchAttributes(target: TemporalTarget, log: (line: string) => void): Promise<void> {
  const { namespace } = target;
  try {
    await withTemporal(target, async ({ operatorService }) => {
      const known = await operatorService.listSearchAttributes({ namespace });
      const missing = SEARCH_ATTRIBUTES.filter((name) => !Object.hasOwn(known.customAttributes, name));
      if (missing.length === 0) return;
      const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
      await operatorService.addSearchAttributes({ namespace, searchAttributes });
    });
  } catch (error) {
    // Temporal Cloud lets only its own tools do this; the user must know, and can do it there.
    log(
      `Temporal: search attributes ${SEARCH_ATTRIBUTES.join(', ')} (Keyword) could not be registered: ${reason(error)}`,
    );
  }
}
