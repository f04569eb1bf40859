/** The workflow bundle: prebuilt where WORKFLOW_BUNDLE names one, else built now (about a second). */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';

const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

/** Builds the bundle into `file`. */
export async function writeBundle(file: string, logger: Logger): Promise<void> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger });
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, code);
}
