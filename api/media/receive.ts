/** Takes a multipart upload to disk as it comes, hashing it on the way. Nothing of it is held in memory, nothing stays when it breaks off. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import busboy from 'busboy';
import { TapeworksError } from '../../contracts/errors.ts';
import { safeFileName } from './file-name.ts';

const MIB = 1024 * 1024;
const PARTS = { files: 2, fields: 30, parts: 40, fieldSize: 64 * 1024, fieldNameSize: 100 };

export interface ReceivedFile {
  /** As the sender named it, without anything that could lead out of a folder. */
  name: string;
  /** Where it lies now. */
  file: string;
  sizeBytes: number;
  contentHash: string;
}
export interface Received {
  fields: Map<string, string[]>;
  files: Map<string, ReceivedFile>;
  /** Holds the files; the receiver moves them out or removes it. */
  folder: string;
}
export const incomingFolder = (uploads: string) => path.join(uploads, 'incoming');

/**
 * File parts by name, of `names` only, one each. `maxMb` limits each file. Errors: MALFORMED_REQUEST (broken off, no form),
 * PAYLOAD_TOO_LARGE, INVALID_INPUT (unknown or repeated file part).
 */
export async function receiveUpload(
  request: Request,
  { uploads, names, maxMb }: { uploads: string; names: readonly string[]; maxMb: number },
): Promise<Received> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > (maxMb + 1) * PARTS.files * MIB) throw tooLarge(maxMb);
  const parser = openParser(request, maxMb);
  const folder = path.join(incomingFolder(uploads), randomUUID());
  await mkdir(folder, { recursive: true });
  const received: Received = { fields: new Map(), files: new Map(), folder };
  const writing: Promise<void>[] = [];
  const seen = new Set<string>();
  const stop = (error: unknown) => void parser.destroy(error instanceof Error ? error : new Error(String(error)));

  parser.on('field', (name: string | undefined, value, { valueTruncated, nameTruncated }) => {
    if (!name) {
      stop(new TapeworksError('MALFORMED_REQUEST', 'A part of the form has no name.'));
      return;
    }
    if (valueTruncated || nameTruncated)
      stop(new TapeworksError('PAYLOAD_TOO_LARGE', `The field "${name}" is too long.`));
    received.fields.set(name, [...(received.fields.get(name) ?? []), value]);
  });
  parser.on('file', (given: string | undefined, stream, { filename }) => {
    const name = given ?? '';
    const refused = refusal(name, names, seen);
    seen.add(name);
    const work = refused
      ? Promise.reject(refused)
      : write(stream, path.join(folder, name), maxMb).then((written) => {
          received.files.set(name, { ...written, name: safeFileName(filename ?? '') });
        });
    // The parser hands its own end on to the part; that error is known already and must not be nobody's.
    stream.on('error', stop);
    // It does not read on while a refused part is left standing.
    if (refused) stream.resume();
    work.catch(stop);
    writing.push(work);
  });
  for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const)
    parser.on(limit, () => stop(new TapeworksError('INVALID_INPUT', 'The form has too many parts.')));

  try {
    const source = Readable.fromWeb(bodyOf(request));
    await pipeline(source, parser, { signal: request.signal });
    await Promise.all(writing);
    return received;
  } catch (error) {
    const results = await Promise.allSettled(writing);
    await rm(folder, { recursive: true, force: true });
    const first = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    throw [error, ...first].find((item) => item instanceof TapeworksError) ?? asRequestFault(error);
  }
}

function openParser(request: Request, maxMb: number) {
  try {
    return busboy({
      headers: Object.fromEntries(request.headers),
      limits: { ...PARTS, fileSize: maxMb * MIB + 1 },
      defParamCharset: 'utf8',
    });
  } catch (error) {
    throw asRequestFault(error);
  }
}

async function write(stream: Readable & { truncated?: boolean }, file: string, maxMb: number) {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* hashed(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > maxMb * MIB) throw tooLarge(maxMb);
      yield chunk;
    }
  }
  await pipeline(stream, hashed, createWriteStream(file, { flags: 'wx' }));
  return { file, sizeBytes, contentHash: hash.digest('hex') };
}

function refusal(name: string, names: readonly string[], seen: Set<string>): TapeworksError | null {
  if (!names.includes(name))
    return new TapeworksError(
      'INVALID_INPUT',
      `There is no file part "${name.slice(0, 50)}"; send ${names.map((item) => `"${item}"`).join(' and ')}.`,
    );
  if (seen.has(name)) return new TapeworksError('INVALID_INPUT', `Send one "${name}" a request.`);
  return null;
}

function bodyOf(request: Request): ReadableStream {
  if (!request.body) throw new TapeworksError('MALFORMED_REQUEST', 'The upload has no body.');
  return request.body as ReadableStream;
}

const tooLarge = (maxMb: number) =>
  new TapeworksError('PAYLOAD_TOO_LARGE', `A file may have at most ${maxMb} MiB.`, { limitMb: maxMb });

function asRequestFault(error: unknown): Error {
  if (!(error instanceof Error)) return new TapeworksError('MALFORMED_REQUEST', String(error));
  const system =
    'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code) && 'syscall' in error;
  if (system) return error;
  return new TapeworksError(
    'MALFORMED_REQUEST',
    `The upload could not be read: ${error.message}`,
    {},
    { cause: error },
  );
}
