/** Two workers killed by −9 in the middle of each stage: the run finishes, and nothing is lost or doubled. */
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processMediaResultSchema } from '../../contracts/messages.ts';
import { type Stage, STAGES } from '../../contracts/runs.ts';
import { explainedFrom } from '../setup/lesson.ts';
import { until } from '../setup/until.ts';
import type { GatePlace } from './gates.ts';
import { writeSlideLesson } from './lesson.ts';
import { type Rig, startRig } from './rig.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { allEnded, ffmpegRuns, freezeFfmpeg, inferenceProcesses } from './worker-process.ts';

const rows = (table: string) => `(SELECT count(*) FROM ${table})`;

/** What goes on between these is one stage: spoken keywords, then vectors for the semantic pass, then what it finds. */
const SEMANTIC_PASS: Record<string, GatePlace> = {
  semanticVectors: {
    table: 'embeddings',
    event: 'INSERT',
    when: `given.embedding_type = 'transcript' AND ${rows('embeddings')} >= 2`,
  },
  semanticHits: { table: 'keyword_hits', event: 'INSERT', when: "given.method = 'semantic'" },
};

/** Where each stage has stored some of what it stores, and is about to store more. */
const MIDDLE: Record<Stage, GatePlace> = {
  ingest: { table: 'transcript_cues', event: 'INSERT', when: `${rows('transcript_cues')} >= 5` },
  detectKeywords: { table: 'keyword_hits', event: 'INSERT', when: `${rows('keyword_hits')} >= 3` },
  generateClips: { table: 'clips', event: 'INSERT', when: `${rows('clips')} >= 1` },
  extractConcepts: { table: 'concepts', event: 'INSERT', when: `${rows('concepts')} >= 3` },
  sampleFrames: { table: 'frames', event: 'INSERT', when: `${rows('frames')} >= 2` },
  readFrames: { table: 'frames', event: 'UPDATE OF text', when: `${rows('frames WHERE text IS NOT NULL')} >= 1` },
  embed: { table: 'embeddings', event: 'INSERT', when: "given.embedding_type = 'clip'" },
  index: { table: 'media_items', event: 'UPDATE OF searchable_at', when: 'given.searchable_at IS NOT NULL' },
  generateStrategies: { table: 'strategy_citations', event: 'INSERT', when: `${rows('strategy_citations')} >= 2` },
  scanSignals: { table: 'signals', event: 'INSERT', when: `${rows('signals')} >= 2` },
  enhanceSignals: { table: 'llm_analysis_results', event: 'INSERT', when: `${rows('llm_analysis_results')} >= 1` },
  export: { table: 'exports', event: 'INSERT', when: `${rows('exports')} >= 1` },
};

let undisturbed: Snapshot;
let rig: Rig;

/** With a concept that only the semantic pass finds at its end. */
const writeLesson = (folder: string) =>
  writeSlideLesson(folder, 'killed lesson', { seconds: 80, extra: explainedFrom(89) });

const snapshotOf = ({ databaseUrl, dataDir }: Rig, mediaItemId: number) =>
  takeSnapshot({ databaseUrl, dataDir, mediaItemId, qdrantUrl: process.env.TEST_QDRANT_URL ?? '' });

beforeAll(async () => {
  const calm = await startRig();
  try {
    const file = await writeLesson(calm.mediaRoot);
    calm.worker();
    const { handle, mediaItemId } = await calm.process(file);
    await handle.result();
    undisturbed = await snapshotOf(calm, mediaItemId);
  } finally {
    await calm.close();
  }
  rig = await startRig();
});
afterAll(() => rig.close());

it('is compared with a run that has something in every table', () => {
  const { tables, points, probed } = undisturbed;
  for (const [table, stored] of Object.entries(tables)) expect(stored.length, table).toBeGreaterThan(0);
  for (const table of ['clips', 'frames', 'strategies', 'ratings'] as const)
    expect(tables[table].length, table).toBeGreaterThan(1);
  expect(tables.hits.filter((hit) => hit.includes('"method":"semantic"'))).toHaveLength(1);
  expect(tables.clips.filter((clip) => clip.includes('"method":"smart"')).length).toBeGreaterThan(0);
  expect(tables.frames.some((frame) => /"text":"\w/.test(frame))).toBe(true);
  expect(Object.keys(probed)).toHaveLength(tables.clips.length);
  const vectors = (type: string) => tables.embeddings.filter((row) => row.includes(`"embedding_type":"${type}"`));
  for (const [type, count] of Object.entries(points)) expect(count, type).toBe(vectors(type).length);
});

it('finishes, with nothing lost or doubled', { timeout: 600_000 }, async () => {
  const file = await writeLesson(rig.mediaRoot);
  const gates = Object.fromEntries(
    await Promise.all(
      Object.entries({ ...MIDDLE, ...SEMANTIC_PASS }).map(
        async ([name, place]) => [name, await rig.gate(place)] as const,
      ),
    ),
  );
  let crew = [rig.worker(), rig.worker()];
  const { handle, mediaItemId, before } = await rig.process(file);
  const hit = new Set<string>();
  let orphans = 0;

  const killBoth = async (...stages: string[]) => {
    const inference = await inferenceProcesses(crew);
    for (const worker of crew) worker.kill('SIGKILL');
    await Promise.all(crew.map(({ ended }) => ended));
    await allEnded(inference);
    orphans += inference.length;
    for (const stage of stages) hit.add(stage);
    crew = [rig.worker(), rig.worker()];
  };
  const reach = (stage: string) => before(gates[stage]?.reached() ?? Promise.reject(new Error(`no gate in ${stage}`)));
  const killAtGate = async (stage: string) => {
    await reach(stage);
    await killBoth(stage);
    await gates[stage]?.open();
  };
  /** Stops ffmpeg in its middle; `gate` lies behind its work, so reaching that first would be having missed it. */
  const freezeBefore = (gate: string, ...marks: string[]) =>
    before(
      Promise.race([freezeFfmpeg(...marks), reach(gate).then(() => Promise.reject(new Error('ffmpeg was missed')))]),
    );

  await killAtGate('ingest');
  await killAtGate('detectKeywords');
  for (const place of Object.keys(SEMANTIC_PASS)) await killAtGate(place);
  const cut = await freezeBefore('generateClips', rig.dataDir, '.mp4.partial-');
  await killBoth('generateClips');
  // Nobody is left to end the killed worker's ffmpeg: it must end by itself.
  cut.thaw();
  await reach('generateClips');
  const freezingSampling = freezeBefore('sampleFrames', rig.mediaRoot, 'frame-%06d.png');
  await killAtGate('generateClips');
  const [sampling] = await Promise.all([freezingSampling, reach('extractConcepts')]);
  await killBoth('extractConcepts', 'sampleFrames');
  sampling.thaw();
  await gates.extractConcepts?.open();
  for (const stage of STAGES.slice(STAGES.indexOf('sampleFrames'))) await killAtGate(stage);

  const result = processMediaResultSchema.parse(await handle.result());
  expect([...hit].sort()).toEqual([...STAGES, ...Object.keys(SEMANTIC_PASS)].sort());
  expect(orphans, 'inference processes whose worker was killed').toBeGreaterThan(0);
  expect(result.strategyIds).toHaveLength(undisturbed.tables.strategies.length);
  expect(await snapshotOf(rig, mediaItemId)).toEqual(undisturbed);
  expect(await rig.leftovers()).toEqual([]);
  await until(async () => ((await ffmpegRuns(rig.mediaRoot)).length === 0 ? true : null));
  expect(await repeatedActivities(handle)).toEqual(
    expect.arrayContaining([
      'ingest',
      'detectKeywords',
      'detectSemantic',
      'generateClips',
      'extractConcepts',
      'sampleFrames',
      'readFrames',
      'embed',
      'index',
      'scanSignals',
      'exportResults',
    ]),
  );
});

/** Activities of the run whose completed attempt was not the first. */
async function repeatedActivities(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const names = new Map(
    events?.map(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => [
      String(eventId),
      scheduled?.activityType?.name ?? '',
    ]),
  );
  return (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) =>
    started && (started.attempt ?? 1) > 1 ? [names.get(String(started.scheduledEventId)) ?? ''] : [],
  );
}
