/** pyahocorasick as a process. */
import { z } from 'zod';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { startLineProcess } from '../line-process.ts';
import { prepareVenv } from '../python.ts';
import type { BenchContext } from '../result.ts';
import type { Place } from './places.ts';

const readySchema = z.object({ version: z.string() });
const answerSchema = z.object({
  seconds: z.number().positive(),
  found: z.int(),
  places: z.array(z.tuple([z.int(), z.int()])).optional(),
});

export type Peer = {
  version: string;
  /** Seconds of the search alone, by the peer's own clock. */
  time(textFile: string): Promise<number>;
  places(textFile: string): Promise<Place[]>;
};

/** Starts it with a file of terms, a term a line. */
export async function startPeer(termsFile: string, context: BenchContext): Promise<Peer> {
  const python = await prepareVenv(context, {
    name: 'bench-keywords-venv',
    title: 'pyahocorasick',
    requirements: fromRoot('bench/keywords/requirements.txt'),
  });
  const { ready, ask, close } = await startLineProcess({
    name: 'pyahocorasick',
    command: python,
    args: ['-B', fromRoot('bench/keywords/peer.py'), termsFile],
  });
  context.onEnd(close);
  const search = async (text: string, places: boolean) => answerSchema.parse(await ask({ text, places }));
  return {
    version: readySchema.parse(ready).version,
    time: async (text) => (await search(text, false)).seconds,
    places: async (text) => (await search(text, true)).places ?? [],
  };
}
