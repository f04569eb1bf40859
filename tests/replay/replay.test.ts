/** The release gate: every committed history replays on today's workflow code, and a workflow changed without care does not. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { WORKFLOW_TYPES } from '../../contracts/names.ts';
import { HISTORIES } from '../setup/histories.ts';

const present = { workflowBundle: { codePath: process.env.TEST_WORKFLOW_BUNDLE ?? '' } };
const names = (await readdir(HISTORIES)).filter((name) => name.endsWith('.json'));
/** As `temporal workflow show --output json` writes it. Child workflows' ids hold their parent's, so replay needs the id. */
const historySchema = z.looseObject({
  events: z.tuple(
    [z.looseObject({ workflowExecutionStartedEventAttributes: z.looseObject({ workflowId: z.string() }) })],
    z.unknown(),
  ),
});
const history = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(path.join(HISTORIES, name), 'utf8'));

describe('committed histories', () => {
  it.each(['happy', 'retried', 'cancelled', 'paused', 'rerun', 'semantic', 'lexical-only', 'speech'])(
    'hold a processMedia run that was %s',
    (kind) => {
      expect(names).toContain(`process-media.${kind}.json`);
    },
  );
  it('hold a run of each workflow', () => {
    const kept = new Set(names.map((name) => name.split('.')[0]));
    const kebab = (type: string) => type.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(kept).toEqual(new Set(WORKFLOW_TYPES.map(kebab)));
  });
  it('hold a run continued as new', () => {
    expect(names.some((name) => name.endsWith('.continue-as-new.json'))).toBe(true);
  });
  it.each(names)('%s replays', async (name) => {
    const kept = historySchema.parse(await history(name));
    const { workflowId } = kept.events[0].workflowExecutionStartedEventAttributes;
    await expect(Worker.runReplayHistory(present, kept, workflowId)).resolves.toBeUndefined();
  });
});

describe('a workflow changed without care', () => {
  it('is caught', async () => {
    const workflowsPath = fileURLToPath(new URL('./broken-workflows.ts', import.meta.url));
    const bundle = await bundleWorkflowCode({ workflowsPath });
    await expect(
      Worker.runReplayHistory({ workflowBundle: bundle }, await history('process-media.happy.json')),
    ).rejects.toThrow(/[Nn]ondeterminism|TMPRL1100/);
  });
});
