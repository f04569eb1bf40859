/** What the demo ends with, as one object: the same for a person's summary and for --json. */
import path from 'node:path';
import { clipPageSchema, hitPageSchema, mediaSchema } from '../../../contracts/http/media.ts';
import {
  exportListSchema,
  signalPageSchema,
  strategyAnswerSchema,
  strategyPageSchema,
} from '../../../contracts/http/results.ts';
import { searchAnswerSchema } from '../../../contracts/http/search.ts';
import type { RunDetail } from '../../../contracts/http/workflows.ts';
import type { Failure } from '../../../contracts/runs.ts';
import { type Api, call } from './api.ts';

/** Asked of whatever was processed, to show that it can be asked. */
const QUESTION = 'Where should I place my stop loss?';

type About = { urls: { temporalUi: string | null; api: string; docs: string }; dataDir: string; seconds: number };
export type Results = Awaited<ReturnType<typeof collectResults>>;

export async function collectResults(api: Api, runs: RunDetail[], about: About) {
  const mediaIds = [...new Set(runs.flatMap(({ mediaId }) => (mediaId === null ? [] : [mediaId])))];
  const media = await Promise.all(
    mediaIds.map(async (id) => mediaSchema.parse(await call(api, 'GET', `/media/${id}`))),
  );
  const hits = (
    await all(
      mediaIds.map((id) => `/media/${id}/hits`),
      api,
      hitPageSchema,
    )
  ).flat();
  const clips = (
    await all(
      mediaIds.map((id) => `/media/${id}/clips`),
      api,
      clipPageSchema,
    )
  )
    .flat()
    // Several are cut at once; their ids tell who was first.
    .sort((a, b) => a.media_item_id - b.media_item_id || a.start_time - b.start_time);
  const summaries = (await all(['/strategies'], api, strategyPageSchema))
    .flat()
    .filter(({ media_item_ids }) => media_item_ids.some((id) => mediaIds.includes(id)));
  const strategies = await Promise.all(
    summaries.map(async ({ id }) => strategyAnswerSchema.parse(await call(api, 'GET', `/strategies/${id}`))),
  );
  const strategyIds = new Set(strategies.map(({ id }) => id));
  const signals = (await all(['/signals'], api, signalPageSchema))
    .flat()
    .filter(({ strategy_id }) => strategy_id !== null && strategyIds.has(strategy_id))
    .sort((a, b) => a.timestamp.localeCompare(b.timestamp));
  const exports = exportListSchema.parse(await call(api, 'GET', '/exports')).items;
  const searchable = media.filter(({ searchable_at }) => searchable_at !== null).map(({ id }) => id);
  const answered =
    searchable.length === 0
      ? []
      : searchAnswerSchema.parse(
          await call(api, 'POST', '/search', {
            query: QUESTION,
            top_k: 3,
            filters: { media_item_id: searchable.slice(0, 200) },
          }),
        ).results;
  const failures: Failure[] = runs.flatMap((run) => run.failures);
  return {
    media,
    hits: hits.map(({ keyword, category, start_time, end_time, confidence, method, clip_id }) => ({
      keyword,
      category,
      start_time,
      end_time,
      confidence,
      method,
      clip_id,
    })),
    clips: clips.map(({ id, start_time, end_time, clip_url, keywords, method }) => ({
      id,
      start_time,
      end_time,
      clip_url,
      keywords,
      method,
    })),
    search: {
      query: QUESTION,
      results: answered.map(({ video_id, text, start_time, end_time, similarity, clip_url }) => ({
        video_id,
        text,
        start_time,
        end_time,
        similarity,
        clip_url,
      })),
    },
    vectors: media.reduce((sum, { counts }) => sum + counts.vectors, 0),
    strategies,
    signals,
    exports: exports.map(({ name, rows, size_bytes, url }) => ({
      name,
      rows,
      size_bytes,
      url,
      path: path.join(about.dataDir, 'exports', name),
    })),
    workflowIds: runs.map(({ workflowId }) => workflowId),
    statuses: Object.fromEntries(runs.map(({ workflowId, status }) => [workflowId, status])),
    failures,
    urls: { ...about.urls, runs: runs.map(({ temporalUrl }) => temporalUrl) },
    backend: [...new Set(strategies.map(({ backend }) => backend))].join(', ') || 'offline',
    secondsPerStage: addUp(runs),
    seconds: Math.round(about.seconds * 10) / 10,
  };
}

type Page<Item> = { items: Item[]; next_cursor: string | null };

/** All items of pages, for each path. */
const all = <Item>(paths: string[], api: Api, schema: { parse(value: unknown): Page<Item> }): Promise<Item[][]> =>
  Promise.all(
    paths.map(async (start) => {
      const items: Item[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page = schema.parse(
          await call(api, 'GET', `${start}?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`),
        );
        items.push(...page.items);
        cursor = page.next_cursor;
      }
      return items;
    }),
  );

function addUp(runs: RunDetail[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { stage, seconds } of runs.flatMap((run) => run.stages)) {
    if (seconds !== null) sums[stage] = Math.round(((sums[stage] ?? 0) + seconds) * 1000) / 1000;
  }
  return sums;
}
