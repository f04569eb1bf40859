/** The identity of a file: the SHA-256 of its bytes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';
import { cancelledError } from '../cancelled.ts';

export type HashOptions = { signal?: AbortSignal | undefined; onProgress?: ((bytes: number) => void) | undefined };

/** Lower-case hex, read in pieces whatever the size. Errors: `MEDIA_MISSING`, `CANCELLED`, `MEDIA_UNREADABLE`. */
export async function hashFile(file: string, { signal, onProgress }: HashOptions = {}): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) })) {
      hash.update(chunk);
      bytes += chunk.length;
      onProgress?.(bytes);
    }
  } catch (cause) {
    if (signal?.aborted) throw cancelledError('Hashing', signal);
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const name = path.basename(file);
    if (missing) throw new TapeworksError('MEDIA_MISSING', `There is no ${name}.`, {}, { cause });
    throw new TapeworksError('MEDIA_UNREADABLE', `${name} cannot be read.`, {}, { cause });
  }
  return hash.digest('hex');
}
