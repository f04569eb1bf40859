/** Database errors as codes of the taxonomy. */
import { TapeworksError } from '../../contracts/errors.ts';

const SOCKET = /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND|AI_AGAIN)$/;
/** Prisma: P1xxx is the connection, P2024 and P2028 the pool. PostgreSQL: shutting down, connection exceptions, too many connections. */
const AWAY = /^(P1\d{3}|P2024|P2028|57P0[1-3]|08\d{3}|53300)$/;

/** The taxonomy's error for what Prisma or `pg` threw, the original as its cause; null where it is none of the database's. */
export function fromDatabase(error: unknown): TapeworksError | null {
  if (!isPrisma(error)) return null;
  const codes = [...errorCodes(error)];
  const away =
    codes.some((code) => AWAY.test(code) || SOCKET.test(code)) ||
    /connection (?:terminated|timeout)|timeout exceeded when trying to connect|can't reach database/i.test(
      error.message,
    );
  if (away) return new TapeworksError('DATABASE_UNAVAILABLE', 'PostgreSQL does not answer.', {}, { cause: error });
  if (codes.includes('P2025') || codes.includes('P2003'))
    return new TapeworksError('NOT_FOUND', 'What this refers to is gone.', {}, { cause: error });
  if (codes.includes('P2002'))
    return new TapeworksError('CONFLICT', 'Another request wrote the same at the same time.', {}, { cause: error });
  return null;
}

/** Whether a write lost a race that doing it once more settles: unique key taken meanwhile, transaction aborted or deadlocked. */
export function isWriteRace(error: unknown): boolean {
  return isPrisma(error) && [...errorCodes(error)].some((code) => /^(P2002|P2034|25P02|40001|40P01)$/.test(code));
}

const isPrisma = (error: unknown): error is Error =>
  error instanceof Error && /^(PrismaClient|DriverAdapterError)/.test(error.name);

/** The `code` of an error, of what the driver adapter put into `meta`, and of all its causes. */
function* errorCodes(error: unknown, depth = 0): Generator<string> {
  if (typeof error !== 'object' || error === null || depth > 6) return;
  for (const [key, value] of Object.entries(error)) {
    if ((key === 'code' || key === 'originalCode' || key === 'errorCode') && typeof value === 'string') yield value;
    if (key === 'meta' || key === 'driverAdapterError') yield* errorCodes(value, depth + 1);
  }
  if ('cause' in error) yield* errorCodes(error.cause, depth + 1);
}
