/** What is embedded: real cues, and the chunks that the product indexes, of what transcripts there are. */
import { readFile } from 'node:fs/promises';
import { chunkSettingsSchema } from '../../contracts/transcripts.ts';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { chunkCues } from '../../domain/transcripts/chunk-cues.ts';
import { readTranscript } from '../../domain/transcripts/read-transcript.ts';

const FILES = ['samples/lesson/trading-basics.srt', 'tests/fixtures/transcripts/mit_ocw/mit18s096_L01_intro_terms.srt'];
/** As the product indexes them. */
export const POLICY = chunkSettingsSchema.parse({ policy: 'window' });

/** Each text once: ours would embed a repeated one only once, which is no merit of its speed. */
export async function benchTexts(): Promise<{ cues: string[]; chunks: string[] }> {
  const transcripts = await Promise.all(
    FILES.map(async (file) => readTranscript(await readFile(fromRoot(file)), file)),
  );
  const different = (texts: string[]) => [...new Set(texts)];
  return {
    cues: different(transcripts.flatMap(({ cues }) => cues.map(({ text }) => text))),
    chunks: different(transcripts.flatMap(({ cues }) => chunkCues(cues, POLICY).map(({ text }) => text))),
  };
}
