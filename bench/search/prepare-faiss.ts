/** faiss from PyPI. */
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { prepareVenv } from '../python.ts';
import type { BenchContext } from '../result.ts';

/** The Python that has it. */
export const prepareFaiss = (context: BenchContext): Promise<string> =>
  prepareVenv(context, {
    name: 'bench-faiss',
    title: 'faiss (about 150 MB, once)',
    requirements: fromRoot('bench/search/requirements.txt'),
  });
