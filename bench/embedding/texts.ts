/** What is embedded: real cues, of the sample lesson and of a lecture. */
import { readFile } from 'node:fs/promises';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { readTranscript } from '../../domain/transcripts/read-transcript.ts';

const FILES = ['samples/lesson/trading-basics.srt', 'tests/fixtures/transcripts/mit_ocw/mit18s096_L01_intro_terms.srt'];

/** Each text once: ours would embed a repeated one only once, which is no merit of its speed. */
export async function cueTexts(): Promise<string[]> {
  const transcripts = await Promise.all(
    FILES.map(async (file) => readTranscript(await readFile(fromRoot(file)), file)),
  );
  return [...new Set(transcripts.flatMap(({ cues }) => cues.map(({ text }) => text)))];
}
