/** A worker process: environment → clients → activities → one Worker for each task queue of WORKER_QUEUES. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { connectionOptions } from '../clients/temporal/connect.ts';
import { ConfigError, parseConfig } from '../contracts/config.ts';
import { writeBundle } from './bundle.ts';
import { createWorkers } from './create.ts';
import { createDependencies } from './dependencies.ts';
import { createLogger } from './logger.ts';
import { registerSearchAttributes } from './search-attributes.ts';

async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE: namespace, METRICS_ADDRESS: bindAddress } = config;
  if (!TEMPORAL_ADDRESS) {
    throw new ConfigError([
      'TEMPORAL_ADDRESS: a worker by itself needs it; `npm start` starts a local server and a worker.',
    ]);
  }
  const logger = createLogger(config.LOG_LEVEL);
  Runtime.install({
    logger,
    shutdownSignals: [],
    ...(bindAddress ? { telemetryOptions: { metrics: { prometheus: { bindAddress } } } } : {}),
  });
  const connection = await NativeConnection.connect(connectionOptions({ ...config, TEMPORAL_ADDRESS }));
  await registerSearchAttributes(connection, namespace);

  const dependencies = createDependencies(config);
  const scratch = await mkdtemp(path.join(tmpdir(), 'tapeworks-bundle-'));
  const needsBundle = config.WORKER_QUEUES.includes('workflow');
  const bundle = needsBundle ? (config.WORKFLOW_BUNDLE ?? path.join(scratch, 'workflows.js')) : null;
  if (bundle && !config.WORKFLOW_BUNDLE) await writeBundle(bundle, logger);
  // A model that cannot be loaded is known at start, not at the first lesson.
  if (config.WORKER_QUEUES.includes('gpu')) await dependencies.embedder();

  const workers = await createWorkers(connection, dependencies, bundle);
  await rm(scratch, { recursive: true, force: true });

  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Searches are answered, with nothing, before the first lesson. Where Qdrant is away, the first use tries again.
  if (config.WORKER_QUEUES.includes('index'))
    dependencies
      .searchIndex()
      .catch((error: unknown) => logger.warn('the index is not made yet', { error: String(error) }));
  logger.info('worker ready', { queues: config.WORKER_QUEUES.join(','), namespace });

  // One that fails takes the others down in order, so that the process ends and is started anew.
  const ended = await Promise.allSettled(workers.map((worker) => worker.run().finally(stop)));
  await dependencies.close();
  await connection.close();
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
});
