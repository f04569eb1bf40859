/** An upload from the wire to its place under DATA_DIR/uploads, the transcript beside it under the same stem. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { mediaFile, type MediaStore } from '../../clients/database/media.ts';
import { TRANSCRIPT_EXTENSIONS } from '../../clients/files/index.ts';
import { errorEntry, TapeworksError } from '../../contracts/errors.ts';
import { type UploadFields, uploadFieldsSchema } from '../../contracts/http/starts.ts';
import type { ApiDependencies } from '../deps.ts';
import { invalidInput } from '../problem.ts';
import { unfit } from '../middleware/bodies.ts';
import { type InspectedFile, kindOfFile } from './inspect.ts';
import { incomingFolder, type Received, type ReceivedFile, receiveUpload } from './receive.ts';

type UploadDependencies = Pick<ApiDependencies, 'config' | 'database' | 'ffmpeg'>;
const LEFT_OVER_MS = 24 * 3_600_000;

export interface Upload {
  fields: UploadFields;
  /** What the request is, for its Idempotency-Key. */
  payload: object;
  /** Checks the file and moves it to its place. */
  place(signal: AbortSignal): Promise<InspectedFile>;
  /** Removes what no item came of. */
  discard(): Promise<void>;
}

export const uploadsFolder = (config: { DATA_DIR: string }) => path.join(path.resolve(config.DATA_DIR), 'uploads');

/** Receives the parts `file` and, if sent, `transcript`. Errors: see `receiveUpload`, and INVALID_INPUT for fields. */
export async function openUpload(deps: UploadDependencies, request: Request): Promise<Upload> {
  const uploads = uploadsFolder(deps.config);
  const received = await receiveUpload(request, {
    uploads,
    names: ['file', 'transcript'],
    maxMb: deps.config.MAX_UPLOAD_MB,
  });
  const discard = async () => {
    await rm(received.folder, { recursive: true, force: true });
    const contentHash = received.files.get('file')?.contentHash;
    if (contentHash !== undefined) await removeUnlessKnown(deps, contentHash);
  };
  try {
    const fields = readFields(received.fields);
    const media = received.files.get('file');
    if (!media) throw new TapeworksError('INVALID_INPUT', 'file: send the media as the part "file".');
    const transcript = received.files.get('transcript');
    if (transcript && !TRANSCRIPT_EXTENSIONS.includes(path.extname(transcript.name)))
      throw new TapeworksError(
        'INVALID_INPUT',
        `transcript: its name must end with ${TRANSCRIPT_EXTENSIONS.join(', ')}.`,
      );
    return {
      fields,
      payload: { fields, file: media.contentHash, transcript: transcript?.contentHash ?? null },
      place: (signal) => place(deps, { media, transcript, received }, signal),
      discard,
    };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** Form fields are text: lists repeated or comma separated, products as PRODUCT:TIMEFRAME. */
export function readFields(given: Map<string, string[]>): UploadFields {
  for (const [name, values] of given)
    if ([name, ...values].some(unfit))
      throw new TapeworksError('INVALID_INPUT', `${name.replaceAll('\0', '')}: holds a NUL.`);
  const raw = Object.fromEntries([...given].map(([name, values]) => [name, readField(name, values)]));
  const parsed = uploadFieldsSchema.safeParse(raw);
  if (!parsed.success) throw invalidInput(parsed.error, 'form');
  return parsed.data;
}

function readField(name: string, values: string[]): unknown {
  const list = values
    .flatMap((value) => value.split(','))
    .map((item) => item.trim())
    .filter(Boolean);
  if (name === 'keywords') return list;
  if (name === 'products') {
    return list.map((item) => {
      const [product, timeframe] = item.split(':');
      return { product, timeframe };
    });
  }
  const [value = ''] = values;
  if (values.length > 1) throw new TapeworksError('INVALID_INPUT', `${name}: send it once.`);
  if (name === 'max_strategies') return value.trim() === '' ? Number.NaN : Number(value);
  if (name === 'force' || name === 'process') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}

async function place(
  deps: UploadDependencies,
  { media, transcript, received }: { media: ReceivedFile; transcript: ReceivedFile | undefined; received: Received },
  signal: AbortSignal,
): Promise<InspectedFile> {
  // Under its own name, which errors tell.
  const named = path.join(received.folder, 'named', media.name);
  await mkdir(path.dirname(named));
  await rename(media.file, named);
  const kind = await kindOfFile(deps, named, media.sizeBytes, signal);
  if (kind === 'transcript' && transcript)
    throw new TapeworksError('INVALID_INPUT', 'transcript: the file is a transcript itself.');
  const found = { contentHash: media.contentHash, sizeBytes: media.sizeBytes, kind };
  const known = await presentItem(deps, media.contentHash);
  // The same content is here: its own transcript may lie beside it.
  if (known && !transcript) return { ...found, path: known.path, store: known.store };

  const uploads = uploadsFolder(deps.config);
  const name = known?.store === 'uploads' ? path.basename(known.path) : media.name;
  const folder = path.join(uploads, media.contentHash);
  await mkdir(folder, { recursive: true });
  await rename(named, path.join(folder, name));
  if (transcript) await placeTranscript(folder, path.parse(name).name, transcript);
  return { ...found, path: path.join(media.contentHash, name), store: 'uploads' };
}

/** One transcript a file: an earlier one of another format goes. */
async function placeTranscript(folder: string, stem: string, transcript: ReceivedFile): Promise<void> {
  for (const extension of TRANSCRIPT_EXTENSIONS) await rm(path.join(folder, `${stem}${extension}`), { force: true });
  await rename(transcript.file, path.join(folder, `${stem}${path.extname(transcript.name)}`));
}

/** The item with this content, if its file is still there. */
async function presentItem({ config, database }: UploadDependencies, contentHash: string) {
  const item = await database.mediaItem.findUnique({ where: { contentHash }, select: { path: true, store: true } });
  if (!item) return null;
  const there = await mediaFile(config, item).then(
    () => true,
    (error: unknown) => {
      if (error instanceof TapeworksError && errorEntry(error.code).retryable === false) return false;
      throw error;
    },
  );
  return there ? { path: item.path, store: item.store as MediaStore } : null;
}

/** Removes what crashed processes left of uploads, a day after; returns how many. */
export async function removeLeftOvers(deps: Pick<ApiDependencies, 'config' | 'database'>): Promise<number> {
  const uploads = uploadsFolder(deps.config);
  const incoming = incomingFolder(uploads);
  await mkdir(incoming, { recursive: true });
  const oldOnes = async (folder: string) => {
    const names = await readdir(folder);
    const ages = await Promise.all(
      names.map(async (name) => Date.now() - (await stat(path.join(folder, name))).mtimeMs),
    );
    return names.filter((_, index) => (ages[index] ?? 0) > LEFT_OVER_MS);
  };
  const broken = await oldOnes(incoming);
  for (const name of broken) await rm(path.join(incoming, name), { recursive: true, force: true });
  const placed = (await oldOnes(uploads)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  for (const contentHash of placed) await removeUnlessKnown(deps, contentHash);
  return broken.length;
}

async function removeUnlessKnown(
  { config, database }: Pick<ApiDependencies, 'config' | 'database'>,
  contentHash: string,
): Promise<void> {
  if ((await database.mediaItem.count({ where: { contentHash } })) > 0) return;
  await rm(path.join(uploadsFolder(config), contentHash), { recursive: true, force: true });
}
