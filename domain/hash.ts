/** Content hashes. The one place of the domain that uses a node built-in: hashing is pure, and its implementation is native. */
import { createHash } from 'node:crypto';

/** SHA-256 in hex. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** SHA-256 of a JSON value with its keys sorted, so that equal values hash alike. */
export const hashJson = (value: unknown): string => sha256(canonicalJson(value));

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

const TAPEWORKS_NAMESPACE = Buffer.from('6f0d7a3e5c1b4a9f8e2d4c6b8a0f1e3d', 'hex');

/** UUIDv5 of a name in the product's namespace: the same name is the same id everywhere (RFC 9562, 5.5). */
export function uuidFor(name: string): string {
  const digest = createHash('sha1').update(TAPEWORKS_NAMESPACE).update(name).digest().subarray(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
