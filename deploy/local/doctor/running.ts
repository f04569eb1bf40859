/** The stack that runs on DATA_DIR right now, part by part. */
import type { Config } from '../../../contracts/config.ts';
import { checkPostgres, checkQdrant, checkTemporal } from '../stack/health.ts';
import { runningState } from '../stack/state.ts';
import { examineService, type Finding } from './finding.ts';

const REMEDY = 'look into the logs below DATA_DIR, then stop and start it again';

/** Findings of its services; one that says that nothing runs, when nothing does. */
export async function examineRunningStack(dataDir: string, config: Config): Promise<Finding[]> {
  const state = runningState(dataDir);
  if (!state?.urls) {
    return [
      {
        component: 'running stack',
        state: 'optional',
        where: dataDir,
        note: state ? 'is starting' : 'none; npm start brings one up',
      },
    ];
  }
  const { databaseUrl, temporalAddress, qdrantUrl, apiUrl } = state.urls;
  const target = {
    address: temporalAddress,
    namespace: config.TEMPORAL_NAMESPACE,
    tls: config.TEMPORAL_TLS || config.TEMPORAL_API_KEY !== undefined,
    apiKey: config.TEMPORAL_API_KEY,
  };
  const services = [
    examineService('running PostgreSQL', new URL(databaseUrl).host, REMEDY, checkPostgres(databaseUrl)),
    examineService(
      'running Temporal',
      temporalAddress,
      REMEDY,
      checkTemporal(target).then(() => 'answers'),
    ),
    examineService('running Qdrant', new URL(qdrantUrl).host, REMEDY, checkQdrant(qdrantUrl, config.QDRANT_API_KEY)),
  ];
  if (apiUrl) services.push(examineService('running API', apiUrl, REMEDY, checkApi(apiUrl)));
  return Promise.all(services);
}

async function checkApi(apiUrl: string): Promise<string> {
  const answer = await fetch(`${apiUrl}/health/ready`, { signal: AbortSignal.timeout(5_000) });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${body.slice(0, 300)}`);
  return 'ready';
}
