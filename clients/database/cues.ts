import { TapeworksError } from '../../contracts/errors.ts';
import { type StoredCue, wordSchema } from '../../contracts/transcripts.ts';
import type { Database, Transaction } from './client.ts';

/** Cues of an item in order of time; `index` is the position in the returned list. Throws TRANSCRIPT_MISSING when it has none. */
export async function loadCues(database: Database | Transaction, mediaItemId: number): Promise<StoredCue[]> {
  const rows = await database.transcriptCue.findMany({ where: { mediaItemId }, orderBy: { index: 'asc' } });
  if (rows.length === 0)
    throw new TapeworksError('TRANSCRIPT_MISSING', `Media item ${mediaItemId} has no transcript yet.`);
  return rows.map(({ id, startMs, endMs, text, words }, index) => ({
    id,
    index,
    startMs,
    endMs,
    text,
    ...(words ? { words: wordSchema.array().parse(words) } : {}),
  }));
}
