/** Registers a file and, unless told otherwise, starts its processing: row and start in one transaction. */
import type { Database } from '../../clients/database/client.ts';
import { type NewMedia, registerMedia } from '../../clients/database/media.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import type { MediaStarted, UploadFields } from '../../contracts/http/starts.ts';
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
    const joined = await joinOrRefuse(deps, known, fields, { force: fields.force, fromStage: null });
    if (joined) return { status: 200, body: started(deps, known, joined, true, requestUrl) };
  }
  let item: Item | null = null;
  const outcome = await start(deps, async (transaction) => {
    item = await registerMedia(transaction, media);
    return request(deps, item, fields, null);
  });
  if (!item) throw new TapeworksError('INTERNAL', 'The item was not registered.');
  return { status: outcome.reused ? 200 : 202, body: started(deps, item, outcome, outcome.reused, requestUrl) };
}

/** Processes an item that is registered. */
export async function submitItem(
  deps: SubmitDependencies,
  item: Item,
  options: ProcessingOptions,
  { force, fromStage }: { force: boolean; fromStage: Stage | null },
  requestUrl: string,
): Promise<Answer<MediaStarted, 200 | 202>> {
  const joined = await joinOrRefuse(deps, item, options, { force, fromStage });
  const outcome = joined ?? (await start(deps, async () => request(deps, item, options, fromStage)));
  return { status: outcome.reused ? 200 : 202, body: started(deps, item, outcome, outcome.reused, requestUrl) };
}

const request = async (
  { lexicon }: SubmitDependencies,
  item: Item,
  options: ProcessingOptions,
  fromStage: Stage | null,
) => ({
  workflowType: 'processMedia' as const,
  workflowId: workflowId.processMedia(item.videoId),
  input: processMediaInput(await lexicon(), item, options, fromStage),
  mediaItemId: item.id,
});

async function joinOrRefuse(
  deps: SubmitDependencies,
  item: Item,
  options: ProcessingOptions,
  { force, fromStage }: { force: boolean; fromStage: Stage | null },
): Promise<StartOutcome | null> {
  const wish = await request(deps, item, options, fromStage);
  const joined = await joinRunning(deps, wish, { sameInput: false });
  if (!joined && !force && fromStage === null) await refuseRepeat(deps, wish);
  return joined;
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
