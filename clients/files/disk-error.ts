import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';

/** What a failed write becomes: `DISK_FULL` when there is no room (or no quota), else the error itself. */
export function diskError(error: unknown, target: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new TapeworksError('DISK_FULL', `No room left to write ${path.basename(target)}.`, {}, { cause: error });
}
