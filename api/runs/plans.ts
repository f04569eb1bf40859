/** From the body of a start to the workflow's id and input. Schedules use the same plans. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { resolveInside } from '../../clients/files/index.ts';
import type { StartRequest } from '../../clients/temporal/outbox.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import type {
  BatchGenerateBody,
  enhanceSignalsBody,
  generateStrategyBody,
  ProcessLibraryBody,
  reindexBody,
} from '../../contracts/http/starts.ts';
import type {
  BatchGenerateInput,
  EnhanceSignalsInput,
  GenerateStrategyInput,
  ProcessLibraryInput,
  ReindexInput,
} from '../../contracts/messages.ts';
import { workflowId } from '../../contracts/names.ts';
import { hashJson } from '../../domain/hash.ts';
import { requireKeyword } from '../../domain/keywords/lexicon.ts';
import type { ApiDependencies } from '../deps.ts';
import { canonicalKeywords } from '../media/plan.ts';

/** Throws PATH_NOT_ALLOWED, MEDIA_MISSING, INVALID_INPUT (no folder), UNKNOWN_KEYWORD. */
export async function planLibrary(
  { config, lexicon }: Pick<ApiDependencies, 'config' | 'lexicon'>,
  body: ProcessLibraryBody,
): Promise<StartRequest> {
  const folder = await resolveInside(config.MEDIA_ROOT, body.folder);
  if (!(await stat(folder)).isDirectory())
    throw new TapeworksError('INVALID_INPUT', `folder: "${body.folder}" is a file; use POST /media for it.`);
  const relative = path.relative(await realpath(config.MEDIA_ROOT), folder) || '.';
  const input: ProcessLibraryInput = {
    folder: relative,
    keywords: canonicalKeywords(await lexicon(), body.keywords),
    maxStrategies: body.max_strategies,
    products: body.products,
    concurrency: body.concurrency,
    after: null,
    soFar: { done: 0, skipped: 0, failed: 0 },
    failures: [],
    force: body.force,
    filesPerRun: body.files_per_run,
  };
  return { workflowType: 'processLibrary', workflowId: workflowId.processLibrary(relative), input };
}

/** Throws UNKNOWN_KEYWORD, NOT_FOUND (no such item), NO_EXAMPLES. */
export async function planStrategy(
  { database, lexicon }: Pick<ApiDependencies, 'database' | 'lexicon'>,
  body: z.output<typeof generateStrategyBody>,
): Promise<StartRequest> {
  const keyword = requireKeyword(await lexicon(), body.keyword);
  const mediaItemId = body.media_id;
  if (mediaItemId !== null && (await database.mediaItem.count({ where: { id: mediaItemId } })) === 0)
    throw new TapeworksError('NOT_FOUND', `There is no media item ${mediaItemId}.`);
  const hits = await database.keywordHit.count({
    where: { keyword, ...(mediaItemId === null ? {} : { mediaItemId }) },
  });
  if (hits === 0)
    throw new TapeworksError('NO_EXAMPLES', `Nothing processed so far teaches "${keyword}".`, { keyword });
  const input: GenerateStrategyInput = {
    keyword,
    mediaItemId,
    topK: body.top_k,
    temperature: body.temperature,
    force: body.force,
  };
  return {
    workflowType: 'generateStrategy',
    workflowId: workflowId.generateStrategy(mediaItemId === null ? keyword : `${keyword} media ${mediaItemId}`),
    input,
    keyword,
    ...(mediaItemId === null ? {} : { mediaItemId }),
  };
}

/** Throws NOT_FOUND naming strategies that do not exist. */
export async function planEnhancement(
  { database }: Pick<ApiDependencies, 'database'>,
  body: z.output<typeof enhanceSignalsBody>,
): Promise<StartRequest> {
  const strategyIds = body.strategy_ids && [...new Set(body.strategy_ids)].sort((a, b) => a - b);
  if (strategyIds) {
    const known = new Set(
      (await database.strategy.findMany({ where: { id: { in: strategyIds } }, select: { id: true } })).map(
        ({ id }) => id,
      ),
    );
    const missing = strategyIds.filter((id) => !known.has(id));
    if (missing.length > 0)
      throw new TapeworksError('NOT_FOUND', `There is no strategy ${missing.join(', ')}.`, { missing });
  }
  const scope = strategyIds === null ? 'pending' : `strategies-${hashJson(strategyIds).slice(0, 12)}`;
  const input: EnhanceSignalsInput = {
    strategyIds,
    limit: body.limit,
    soFar: { rated: 0, offline: 0, backend: 'offline' },
  };
  return { workflowType: 'enhanceSignals', workflowId: workflowId.enhanceSignals(scope), input };
}

/** Throws UNKNOWN_KEYWORD. */
export async function planBatch(
  { lexicon }: Pick<ApiDependencies, 'lexicon'>,
  body: BatchGenerateBody,
): Promise<StartRequest> {
  const input: BatchGenerateInput = {
    keywords: canonicalKeywords(await lexicon(), body.keywords),
    minHits: body.min_hits,
    topK: body.top_k,
    temperature: body.temperature,
    concurrency: body.concurrency,
    force: body.force,
    after: null,
    soFar: { made: 0, reused: 0, failed: 0 },
    keywordsPerRun: body.keywords_per_run,
  };
  return { workflowType: 'batchGenerate', workflowId: workflowId.batchGenerate(body.name), input };
}

export function planReindex(body: z.output<typeof reindexBody>): StartRequest {
  const input: ReindexInput = {
    action: body.action,
    minRecall: body.min_recall,
    tolerance: body.tolerance,
    queries: body.queries,
    itemsPerRun: body.items_per_run,
    buildId: null,
    after: null,
    soFar: { items: 0, points: 0 },
  };
  return { workflowType: 'reindex', workflowId: workflowId.reindex(), input };
}
