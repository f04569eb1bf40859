/** Runs over HTTP: steering, events, results, and runs that ended without saying so. */
import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../contracts/http/common.ts';
import type { RunDetail, runPageSchema } from '../../contracts/http/workflows.ts';
import type { EmbedSegmentsResult, ProcessMediaResult } from '../../contracts/messages.ts';
import { taskQueue } from '../../contracts/names.ts';
import { reconcileRunning } from '../../api/runs/outcome.ts';
import { writeTranscript } from '../setup/lesson.ts';
import { type ApiHarness, runPath, startApiHarness } from './api-harness.ts';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApiHarness();
});
afterAll(() => api.harness.close());

/** Starts a lesson of its own; pausing it at once keeps it from running through. */
async function startLesson(name: string): Promise<{ id: string; videoId: string }> {
  const extra = `900\n00:01:10,000 --> 00:01:12,000\nThe lesson called ${name}.`;
  await writeTranscript(api.harness.mediaRoot, `${name}.srt`, { extra });
  const { body } = await api.submit({ path: `${name}.srt`, video_id: name, keywords: ['RSI'], max_strategies: 1 });
  return { id: body.workflowId ?? '', videoId: body.videoId };
}

/** A run that stays where it is: on a queue that nobody serves. */
async function startStuck(id: string): Promise<string> {
  const handle = await api.harness.client.workflow.start('generateStrategy', {
    workflowId: id,
    taskQueue: `${taskQueue('workflow')}-nobody`,
    args: [{}],
  });
  await api.deps.database.run.create({
    data: {
      workflowId: id,
      runId: handle.firstExecutionRunId,
      workflowType: 'generateStrategy',
      status: 'running',
      input: {},
      inputHash: id,
      startedAt: new Date(0),
    },
  });
  return handle.firstExecutionRunId;
}

describe('steering', () => {
  it('pauses, resumes, tells its progress live, and gives the result', async () => {
    const { id, videoId } = await startLesson('paused');
    const paused = await api.call<RunDetail & Problem>('POST', runPath(id, '/pause'), { reason: 'lunch' });
    expect(paused.body).toMatchObject({ status: 'running', paused: true, live: true });
    const twice = await api.call('POST', runPath(id, '/pause'), {});
    expect({ status: twice.status, code: twice.body.code }).toEqual({ status: 409, code: 'CONFLICT' });
    const early = await api.call('GET', runPath(id, '/result'));
    expect(early.status).toBe(202);
    expect((await api.call<RunDetail>('POST', runPath(id, '/resume'))).body.paused).toBe(false);

    const run = await api.ended(id);
    expect(run).toMatchObject({ status: 'completed', live: false, videoId });
    expect(run.stages.find(({ stage }) => stage === 'detectKeywords')?.status).toBe('done');
    const result = await api.call<ProcessMediaResult>('GET', runPath(id, '/result'));
    expect(result.body).toMatchObject({ videoId, backend: 'offline' });
    expect((await api.call('POST', runPath(id, '/resume'))).body.code).toBe('RUN_NOT_ACTIVE');

    const rerun = await api.call<{ runId: string }>('POST', runPath(id, '/rerun'), { from: 'scanSignals' });
    expect(rerun.status).toBe(202);
    const again = await api.ended(id);
    expect(again.runId).toBe(rerun.body.runId);
    expect(again.stages.find(({ stage }) => stage === 'embed')?.status).toBe('reused');
    const earlier = await api.call<RunDetail>('GET', runPath(id, `?runId=${run.runId}`));
    expect(earlier.body.runId).toBe(run.runId);

    const listed = await api.call<z.infer<typeof runPageSchema>>(
      'GET',
      `/workflows?type=process-media&media=${videoId}&limit=1`,
    );
    expect(listed.body.items[0]?.runId).toBe(again.runId);
    const next = await api.call<z.infer<typeof runPageSchema>>(
      'GET',
      `/workflows?media=${videoId}&type=processMedia&cursor=${listed.body.next_cursor}`,
    );
    expect(next.body.items.map(({ runId }) => runId)).toEqual([run.runId]);
  });

  it('cancels with a reason, refuses deletion meanwhile, and the result is the cancellation', async () => {
    const { id, videoId } = await startLesson('cancelled');
    await api.call('POST', runPath(id, '/pause'), {});
    const held = await api.call('DELETE', `/media/${videoId}`);
    expect({ status: held.status, code: held.body.code }).toEqual({ status: 409, code: 'CONFLICT' });
    await api.call('POST', runPath(id, '/cancel'), { reason: 'wrong file' });
    expect(await api.ended(id)).toMatchObject({ status: 'cancelled', cancelReason: 'wrong file' });
    const result = await api.call('GET', runPath(id, '/result'));
    expect(result.body).toMatchObject({ code: 'CANCELLED', detail: 'It was cancelled: wrong file' });
  });

  it('deletes an item under way when told to cancel it', async () => {
    const { id, videoId } = await startLesson('deleted');
    await api.call('POST', runPath(id, '/pause'), {});
    expect((await api.call('DELETE', `/media/${videoId}?cancel=true`)).status).toBe(204);
    expect((await api.ended(id)).status).toBe('cancelled');
    expect((await api.call('POST', runPath(id, '/rerun'), { from: 'embed' })).body.code).toBe('NOT_FOUND');
  });

  it('answers 404 for runs nobody knows, whatever is asked', async () => {
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/result'],
      ['GET', '/events'],
      ['POST', '/pause'],
      ['POST', '/cancel'],
      ['POST', '/rerun'],
    ])
      expect((await api.call(method ?? '', runPath('no:such/run', rest))).body.code).toBe('NOT_FOUND');
    expect((await api.call('POST', runPath('x', '/rerun'), { from: 'nowhere' })).body.code).toBe('INVALID_INPUT');
    expect((await api.call('GET', '/workflows?status=unheard')).body.code).toBe('INVALID_INPUT');
  });
});

describe('a run that embeds segments', () => {
  it('is told, done again, and refused once its item is deleted', async () => {
    const { id: lesson, videoId } = await startLesson('embedded');
    expect((await api.ended(lesson)).status).toBe('completed');
    const item = await api.deps.database.mediaItem.findUniqueOrThrow({ where: { videoId } });
    const segments = [{ id: 1, text: 'A wedge under the trend line', start_time: 1, end_time: 2.5 }];
    const wish = { media_item_id: item.id, embedding_type: 'transcript', segments };
    expect(await api.call('POST', '/embed', wish)).toMatchObject({ status: 200, body: { embedded: 1, reused: 0 } });

    const path = `/workflows?type=embed-segments&media=${videoId}`;
    const listed = await api.call<z.infer<typeof runPageSchema>>('GET', path);
    const id = listed.body.items[0]?.workflowId ?? '';
    expect(id).toMatch(/^embed-segments:embedded:/);
    expect(await api.ended(id)).toMatchObject({ status: 'completed', videoId });
    const stage = await api.call('POST', runPath(id, '/rerun'), { from: 'embed' });
    expect({ status: stage.status, code: stage.body.code }).toEqual({ status: 422, code: 'INVALID_INPUT' });
    expect((await api.call('POST', runPath(id, '/rerun'), {})).status).toBe(202);
    await api.ended(id);
    const again = await api.call<EmbedSegmentsResult>('GET', runPath(id, '/result'));
    expect(again).toMatchObject({ status: 200, body: { embedded: 0, reused: 1 } });

    expect((await api.call('DELETE', `/media/${videoId}`)).status).toBe(204);
    const gone = await api.call('POST', runPath(id, '/rerun'), {});
    expect({ status: gone.status, code: gone.body.code }).toEqual({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('events', () => {
  const read = async (id: string, headers: Record<string, string> = {}) => {
    const response = await api.request(runPath(id, '/events'), { headers });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    return (await response.text()).split('\n\n').filter(Boolean);
  };

  it('sends the state, the changes and the end; and nothing twice to who has seen it', async () => {
    const { id } = await startLesson('streamed');
    const events = await read(id);
    const last = events.at(-1) ?? '';
    expect(events.slice(0, -1).every((event) => event.startsWith('event: progress'))).toBe(true);
    expect(last).toContain('event: end\ndata: {"status":"completed"}');
    const seen = /^id: (.+)$/m.exec(last)?.[1] ?? '';
    expect(await read(id, { 'last-event-id': seen })).toEqual([last]);
  });
});

describe('runs that ended in silence', () => {
  it('is told and written down', async () => {
    const id = 'generate-strategy:terminated';
    await startStuck(id);
    expect((await api.call<RunDetail>('GET', runPath(id))).body).toMatchObject({ status: 'running', live: false });
    await api.harness.client.workflow.getHandle(id).terminate('by hand');
    const run = await api.ended(id);
    expect(run.status).toBe('terminated');
    expect(run.failures[0]?.remedy).not.toBe('');
    expect((await api.call('GET', runPath(id, '/result'))).body.code).toBe('CANCELLED');
  });

  it('is settled in the background too, and a run that Temporal forgot as well', async () => {
    await startStuck('generate-strategy:background');
    await api.harness.client.workflow.getHandle('generate-strategy:background').terminate();
    const gone = { workflowId: 'generate-strategy:forgotten', runId: '00000000-0000-4000-8000-000000000000' };
    await api.deps.database.run.create({
      data: {
        ...gone,
        workflowType: 'generateStrategy',
        status: 'running',
        input: {},
        inputHash: '',
        startedAt: new Date(0),
      },
    });
    expect(await reconcileRunning(api.deps.database, api.deps.temporal, 60_000)).toBeGreaterThanOrEqual(2);
    const rows = await api.deps.database.run.findMany({
      where: { workflowId: { in: ['generate-strategy:background', gone.workflowId] } },
    });
    expect(rows.map(({ status }) => status)).toEqual(['terminated', 'terminated']);
  });

  it('cancels a run that no worker serves, and says that pausing it needs one', async () => {
    const id = 'generate-strategy:stuck';
    await startStuck(id);
    const paused = await api.call('POST', runPath(id, '/pause'), {});
    expect({ status: paused.status, code: paused.body.code }).toEqual({ status: 503, code: 'NO_WORKER' });
    expect((await api.call('POST', runPath(id, '/cancel'), { reason: 'no use' })).status).toBe(200);
    const { events } = await api.harness.client.workflow.getHandle(id).fetchHistory();
    expect(events?.some(({ workflowExecutionCancelRequestedEventAttributes: asked }) => asked)).toBe(true);
    await api.harness.client.workflow.getHandle(id).terminate();
  });
});
