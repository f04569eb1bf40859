/** Registers a file and, unless told otherwise, starts its processing: row and start in one transaction. */
import type { Database } from '../../clients/database/client.ts';
import { type NewMedia, registerMedia, sidecarHash } from '../../clients/database/media.ts';
import type { StartRequest } from '../../clients/temporal/outbox.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import type { MediaStarted, UploadFields } from '../../contracts/http/starts.ts';
import { type ProcessMediaInput, processMediaInputSchema } from '../../contracts/messages.ts';
import { workflowId } from '../../contracts/names.ts';
import type { Stage } from '../../contracts/runs.ts';
import type { ApiDependencies } from '../deps.ts';
import type { Answer } from '../idempotency.ts';
import { statusUrl, temporalUrl } from '../links.ts';
import { joinRunning, refuseRepeat, start, type StartOutcome } from '../runs/start.ts';
import type { InspectedFile } from './inspect.ts';
import { processMediaInput, type ProcessingOptions } from './plan.ts';

type SubmitDependencies = Pick<ApiDependencies, 'config' | 'database' | 'temporal' | 'lexicon' | 'log'>;
type Item = { id: number; videoId: string };
type Place = { path: string; store: string };

/** 202 started, 200 joined a running run or known already, 201 only registered. Throws ALREADY_DONE, CONFLICT. */
export async function submitFile(
  deps: SubmitDependencies,
  file: InspectedFile,
  fields: UploadFields,
  requestUrl: string,
): Promise<Answer<MediaStarted, 200 | 201 | 202>> {
  const { database } = deps;
  const media: NewMedia = {
    ...file,
    ...(fields.video_id === undefined ? {} : { videoId: fields.video_id }),
    ...(fields.title === undefined ? {} : { title: fields.title }),
  };
  const known = await knownItem(database, media);
  if (!fields.process) {
    const item = await registerMedia(database, media);
    return { status: known ? 200 : 201, body: started(deps, item, null, known !== null, requestUrl) };
  }
  if (known) {
    const wish = await request(deps, known, media, fields, null);
    const joined = await joinOrRefuse(deps, wish, { force: fields.force, fromStage: null });
    if (joined) return { status: 200, body: started(deps, known, joined, true, requestUrl) };
  }
  let item: Item | null = null;
  const outcome = await start(deps, async (transaction) => {
    item = await registerMedia(transaction, media);
    return request(deps, item, media, fields, null);
  });
  if (!item) throw new TapeworksError('INTERNAL', 'The item was not registered.');
  return { status: outcome.reused ? 200 : 202, body: started(deps, item, outcome, outcome.reused, requestUrl) };
}

/** Processes an item that is registered. */
export async function submitItem(
  deps: SubmitDependencies,
  item: Item & Place,
  options: ProcessingOptions,
  { force, fromStage }: { force: boolean; fromStage: Stage | null },
  requestUrl: string,
): Promise<Answer<MediaStarted, 200 | 202>> {
  const wish = await request(deps, item, item, options, fromStage);
  const outcome = (await joinOrRefuse(deps, wish, { force, fromStage })) ?? (await start(deps, async () => wish));
  return { status: outcome.reused ? 200 : 202, body: started(deps, item, outcome, outcome.reused, requestUrl) };
}

type Wish = StartRequest & { input: ProcessMediaInput };

const request = async (
  { config, lexicon }: SubmitDependencies,
  item: Item,
  place: Place,
  options: ProcessingOptions,
  fromStage: Stage | null,
): Promise<Wish> => ({
  workflowType: 'processMedia',
  workflowId: workflowId.processMedia(item.videoId),
  input: processMediaInput(await lexicon(), item, options, await sidecarHash(config, place), fromStage),
  mediaItemId: item.id,
});

async function joinOrRefuse(
  deps: SubmitDependencies,
  wish: Wish,
  { force, fromStage }: { force: boolean; fromStage: Stage | null },
): Promise<StartOutcome | null> {
  const joined = await joinRunning(deps, wish, { sameInput: false });
  if (joined) await refuseOtherTranscript(deps, wish, joined);
  else if (!force && fromStage === null) await refuseRepeat(deps, wish);
  return joined;
}

/** Whoever corrects a transcript must not be told that it is being processed, when another is. */
async function refuseOtherTranscript(
  { database }: SubmitDependencies,
  { workflowId, input }: Wish,
  { runId }: StartOutcome,
): Promise<void> {
  if (runId === null) return;
  const row = await database.run.findUnique({ where: { workflowId_runId: { workflowId, runId } } });
  const running = processMediaInputSchema.safeParse(row?.input).data;
  if (running?.transcriptHash === undefined || running.transcriptHash === input.transcriptHash) return;
  throw new TapeworksError(
    'CONFLICT',
    `${workflowId} is under way with another transcript; send it again afterwards.`,
    {
      workflowId,
      runId,
    },
  );
}

/** The item with this content. Throws CONFLICT where the wished id is another item's, or this item has another id. */
async function knownItem(database: Database, media: NewMedia): Promise<Item | null> {
  const found = await database.mediaItem.findMany({
    where: {
      OR: [{ contentHash: media.contentHash }, ...(media.videoId === undefined ? [] : [{ videoId: media.videoId }])],
    },
    select: { id: true, videoId: true, contentHash: true },
  });
  const same = found.find(({ contentHash }) => contentHash === media.contentHash) ?? null;
  if (media.videoId !== undefined && same && same.videoId !== media.videoId) {
    throw new TapeworksError('CONFLICT', `This file is already here as "${same.videoId}".`, { videoId: same.videoId });
  }
  if (!same && found.length > 0) {
    throw new TapeworksError('CONFLICT', `The id "${media.videoId}" belongs to another file.`, {
      videoId: media.videoId,
    });
  }
  return same;
}

const started = (
  { config }: SubmitDependencies,
  item: Item,
  outcome: StartOutcome | null,
  reused: boolean,
  requestUrl: string,
): MediaStarted => ({
  workflowId: outcome?.workflowId ?? null,
  runId: outcome?.runId ?? null,
  statusUrl: outcome && statusUrl(requestUrl, outcome.workflowId),
  temporalUrl: outcome && temporalUrl(config, outcome.workflowId, outcome.runId),
  reused,
  mediaId: item.id,
  videoId: item.videoId,
});
