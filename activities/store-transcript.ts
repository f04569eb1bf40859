/** A transcript with its cues, into the database. */
import type { Transaction } from '../clients/database/client.ts';
import type { Transcript, TranscriptQuality } from '../contracts/transcripts.ts';

export type TranscriptToStore = {
  mediaItemId: number;
  transcript: Transcript;
  /** Of what it was made from: with the same, cues keep their ids. */
  contentHash: string;
  origin: 'file' | 'sidecar' | 'subtitle_stream' | 'speech';
  quality: TranscriptQuality;
};

/**
 * Stores the transcript of an item. Business key: item and content hash. Of a known one only the report is renewed; another one
 * takes the place of what was there, with all that rests on its cues.
 */
export async function storeTranscript(
  transaction: Transaction,
  { mediaItemId, transcript, contentHash, origin, quality }: TranscriptToStore,
): Promise<void> {
  const known = await transaction.transcript.findUnique({ where: { mediaItemId }, select: { contentHash: true } });
  if (known?.contentHash === contentHash) {
    await transaction.transcript.update({ where: { mediaItemId }, data: { origin, quality } });
    return;
  }
  // A strategy rests on the words it cites: with other words it is no longer shown to be taught.
  await transaction.strategy.deleteMany({ where: { citations: { some: { cue: { mediaItemId } } } } });
  await transaction.transcript.deleteMany({ where: { mediaItemId } });
  const { format, repairs } = transcript;
  const { id: transcriptId } = await transaction.transcript.create({
    data: { mediaItemId, contentHash, format, language: quality.language, origin, quality, repairs },
  });
  await transaction.transcriptCue.createMany({
    data: transcript.cues.map(({ words, ...cue }) => ({
      ...cue,
      transcriptId,
      mediaItemId,
      ...(words ? { words } : {}),
    })),
  });
}
