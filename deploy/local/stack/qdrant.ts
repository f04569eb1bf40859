/** The Qdrant engine behind its REST paths (`deploy/local/qdrant`), as a child of ours. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { TapeworksError } from '../../../contracts/errors.ts';
import { fromRoot, venvPython } from '../setup/paths.mjs';
import type { Child } from './child.ts';
import { startComponent } from './component.ts';
import { checkQdrant } from './health.ts';

export type QdrantOptions = {
  dataDir: string;
  port: number;
  log: (line: string) => void;
  onStarted: (child: Child, port: number) => void;
};

export async function startQdrant(options: QdrantOptions): Promise<{ child: Child; url: string }> {
  if (!existsSync(venvPython)) {
    throw new TapeworksError('QDRANT_UNAVAILABLE', 'The Qdrant engine is not prepared; run npm run setup.');
  }
  const { child, port } = await startComponent({
    name: 'Qdrant',
    code: 'QDRANT_UNAVAILABLE',
    wantedPort: options.port,
    process: (chosen) => ({
      command: venvPython,
      args: [fromRoot('deploy/local/qdrant/server.py'), path.join(options.dataDir, 'qdrant'), String(chosen)],
      env: { ...process.env, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' },
      logFile: path.join(options.dataDir, 'logs/qdrant.log'),
    }),
    isReady: async (chosen) => (await checkQdrant(`http://127.0.0.1:${chosen}`)) !== '',
    onStarted: options.onStarted,
    log: options.log,
  });
  return { child, url: `http://127.0.0.1:${port}` };
}
