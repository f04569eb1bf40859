/** `npm run doctor [--json]`: every component, found where, which version, healthy or what to do. Changes nothing. */
import path from 'node:path';
import { ConfigError, parseConfig } from '../../contracts/config.ts';
import { examineComponents } from './doctor/components.ts';
import type { Finding } from './doctor/finding.ts';
import { examineRunningStack } from './doctor/running.ts';

const MARKS = { ok: 'ok      ', missing: 'MISSING ', unhealthy: 'BROKEN  ', optional: 'absent  ' };

function show({ component, state, where, version, note, remedy }: Finding): string {
  const found = [version, where && `(${where})`, note].filter(Boolean).join(' ');
  const line = `${MARKS[state]} ${component.padEnd(24)} ${found}`.trimEnd();
  return remedy && state !== 'ok' ? `${line}\n${' '.repeat(34)}what to do: ${remedy}` : line;
}

async function examine(): Promise<Finding[]> {
  try {
    const config = parseConfig(process.env);
    const [components, running] = await Promise.all([
      examineComponents(config),
      examineRunningStack(path.resolve(config.DATA_DIR), config),
    ]);
    return [{ component: 'configuration', state: 'ok', note: 'every setting is valid' }, ...components, ...running];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((note) => ({
      component: 'configuration',
      state: 'unhealthy',
      note,
      remedy: 'correct it in the environment or .env',
    }));
  }
}

const findings = await examine();
const healthy = findings.every(({ state }) => state === 'ok' || state === 'optional');
if (process.argv.includes('--json')) console.log(JSON.stringify({ healthy, components: findings }, null, 2));
else
  console.log(
    [
      ...findings.map(show),
      '',
      healthy ? 'Everything needed is there.' : 'Something needed is missing; see above.',
    ].join('\n'),
  );
process.exitCode = healthy ? 0 : 1;
