/** Concepts explained without their name, with the real model. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Activities, createActivities } from '../../activities/index.ts';
import { processMediaResultSchema } from '../../contracts/messages.ts';
import { createLogger } from '../../workers/logger.ts';
import { type Harness, startHarness } from '../setup/harness.ts';

/** Short selling, told by a teacher who never says so; then something else. */
const SENTENCES = [
  'You can borrow the shares from somebody else and sell them today.',
  'Later, when the price has dropped, you buy them back cheaper.',
  'You hand them back to whoever lent them and keep the difference.',
  'Now let us have a look at the weather in the mountains.',
  'It rained for two weeks and the river came over its banks.',
  'Nobody could cross the bridge before the first of May.',
];

let harness: Harness;
let activities: Activities;
let mediaItemId = 0;
const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output> =>
  new MockActivityEnvironment(undefined, { logger: createLogger('silent') }).run(activity, input);
const detect = (keywords: string[] | null = null) =>
  run(activities.semantics.detectSemantic, { mediaItemId, keywords });
const hits = () =>
  harness.dependencies.database.keywordHit.findMany({ where: { mediaItemId }, orderBy: { id: 'asc' } });

beforeAll(async () => {
  harness = await startHarness({ CHUNKING: 'window' });
  activities = createActivities(harness.dependencies);
  const cues = SENTENCES.map((text, at) => {
    const time = (second: number) => `00:00:${String(second).padStart(2, '0')},000`;
    return `${at + 1}\n${time(at * 9)} --> ${time(at * 9 + 8)}\n${text}\n`;
  });
  await writeFile(path.join(harness.mediaRoot, 'borrowed.srt'), cues.join('\n'));
  const { handle, mediaItemId: id } = await harness.process('borrowed.srt', { maxStrategies: 0 });
  processMediaResultSchema.parse(await handle.result());
  mediaItemId = id;
});
afterAll(() => harness.close());

it('finds what is explained, marks it, and keeps it below what examples need', async () => {
  await detect();
  const [hit, ...others] = (await hits()).filter(({ method }) => method === 'semantic');
  expect(others).toEqual([]);
  expect(hit).toMatchObject({ keyword: 'short selling', variant: 'short selling', category: 'order_type', startMs: 0 });
  expect(hit?.confidence).toBeGreaterThanOrEqual(0.5);
  expect(hit?.confidence).toBeLessThan(harness.config.EXAMPLE_MIN_CONFIDENCE);
  expect(hit?.contextText).toContain('borrow the shares');
  expect(hit?.cueIds.length).toBeGreaterThan(1);
});

it('changes nothing when it runs again, and neither does lexical detection to it', async () => {
  await detect();
  const before = await hits();
  expect(await detect()).toEqual({ counts: { explained: 1 } });
  expect(await run(activities.detection.detectKeywords, { mediaItemId, keywords: null })).toMatchObject({
    semantic: true,
  });
  expect(await hits()).toEqual(before);
});

it('keeps to the keywords that are wanted', async () => {
  expect(await detect(['RSI'])).toEqual({ counts: { explained: 0 } });
  expect((await hits()).filter(({ method }) => method === 'semantic')).toEqual([]);
  expect(await detect(['short selling'])).toEqual({ counts: { explained: 1 } });
});

it('gives way where the term is spoken', async () => {
  const { database } = harness.dependencies;
  await detect();
  const spoken = (await hits()).find(({ method }) => method === 'semantic');
  await database.keywordHit.update({ where: { id: spoken?.id ?? 0 }, data: { method: 'lexical' } });
  expect(await detect()).toEqual({ counts: { explained: 0 } });
  expect((await hits()).find(({ id }) => id === spoken?.id)?.method).toBe('lexical');
});
