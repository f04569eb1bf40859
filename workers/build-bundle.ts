/** `npm run bundle -- FILE`: builds the workflow bundle that WORKFLOW_BUNDLE names, for images and quick starts. */
import path from 'node:path';
import { writeBundle } from './bundle.ts';
import { createLogger } from './logger.ts';

const file = path.resolve(process.env.INIT_CWD ?? process.cwd(), process.argv[2] ?? 'dist/workflows.js');
await writeBundle(file, createLogger('warn'));
process.stdout.write(`${file}\n`);
