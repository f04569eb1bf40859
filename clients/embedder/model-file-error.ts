import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';

/** A file of the embedding model that is missing or damaged; the message names it. */
export function modelFileError(file: string, cause: unknown): TapeworksError {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const name = path.join(path.basename(path.dirname(file)), path.basename(file));
  const reason =
    cause instanceof Error ? cause.message.split('\n')[0]?.replaceAll(path.dirname(file), '') : String(cause);
  return new TapeworksError(
    'EMBEDDER_UNAVAILABLE',
    missing
      ? `The embedding model's file ${name} is missing.`
      : `The embedding model's file ${name} cannot be read: ${reason}`,
    { file: name },
    { cause },
  );
}
