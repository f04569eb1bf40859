/** What Qdrant's answers and silences mean in the product's taxonomy. */
import { TapeworksError } from '../../contracts/errors.ts';

/** Runs one request. No answer, a 5xx or 429 becomes `QDRANT_UNAVAILABLE`; any other refusal `QDRANT_REJECTED` with its message. */
export async function ask<T>(what: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof TapeworksError) throw error;
    throw describe(what, error);
  }
}

export const statusOf = (error: unknown): number | null =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : null;

function describe(what: string, error: unknown): TapeworksError {
  const status = statusOf(error);
  if (status === null || status >= 500 || status === 429) {
    const reason = status === null ? networkReason(error) : `status ${status}`;
    return new TapeworksError('QDRANT_UNAVAILABLE', `Qdrant did not ${what}: ${reason}.`, { status }, { cause: error });
  }
  const said = serverMessage(error);
  return new TapeworksError(
    'QDRANT_REJECTED',
    `Qdrant refused to ${what}: ${said}`,
    { status, said },
    { cause: error },
  );
}

/** Qdrant says `{"status": {"error": "…"}}`; proxies in front of it say anything. */
function serverMessage(error: unknown): string {
  const data = error instanceof Error && 'data' in error ? error.data : undefined;
  const status = isRecord(data) ? data.status : undefined;
  if (isRecord(status) && typeof status.error === 'string') return status.error;
  return error instanceof Error ? error.message : String(error);
}

function networkReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = isRecord(cause) && typeof cause.code === 'string' ? cause.code : undefined;
  return code ?? (error instanceof Error ? error.message : String(error));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
