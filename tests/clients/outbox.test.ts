/** A start that is handed to Temporal while the run already writes about itself. */
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { workflowId } from '../../contracts/names.ts';
import { dispatch, requestStart } from '../../clients/temporal/outbox.ts';
import { type Harness, startHarness } from '../setup/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

it('is noted although the run was quicker to write its own row', async () => {
  const database = new pg.Client({ connectionString: harness.config.DATABASE_URL });
  await database.connect();
  // Whoever writes a row of runs finds that another has just written it.
  await database.query(`
    CREATE FUNCTION be_quicker() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF pg_trigger_depth() = 1 AND NEW.ended_at IS NULL AND NEW.progress IS NULL THEN
        INSERT INTO runs (workflow_id, run_id, workflow_type, status, input, input_hash, started_at)
        VALUES (NEW.workflow_id, NEW.run_id, NEW.workflow_type, 'running', NEW.input, 'its own', now())
        ON CONFLICT DO NOTHING;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER quicker BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION be_quicker();`);
  await database.end();

  const { dependencies, client } = harness;
  const outboxId = await requestStart(dependencies.database, {
    workflowType: 'enhanceSignals',
    workflowId: workflowId.enhanceSignals('raced'),
    input: { strategyIds: null, limit: 1, soFar: { rated: 0, offline: 0, backend: 'offline' } },
  });
  const started = await dispatch(dependencies.database, client, outboxId);
  expect(started.reused).toBe(false);
  const row = await dependencies.database.outbox.findUniqueOrThrow({ where: { id: outboxId } });
  expect(row.dispatchedAt).not.toBeNull();
  await client.workflow.getHandle(started.workflowId, started.runId).result();
  expect(await dependencies.database.run.count({ where: { workflowId: started.workflowId } })).toBe(1);
});
