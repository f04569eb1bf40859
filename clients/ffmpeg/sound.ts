/** The sound of a clip: AAC as it is where the source has it, else encoded whole. */
import type { StreamFacts } from './smart-cut/source-index.ts';

export const AAC_ARGUMENTS = ['-c:a', 'aac', '-b:a', '128k', '-ac', '2'];
/** Gaps are filled with silence, so that what follows stays beside its picture. */
const FILL_GAPS = ['-af', 'aresample=async=1:first_pts=0'];

/**
 * Copied sound begins with its first whole packet, at most 24 ms after the picture (1,024 samples), at its true time. Encoded sound
 * begins at the very sample.
 */
export function soundArguments(audio: StreamFacts, formatName: string): string[] {
  return isCopied(audio, formatName) ? ['-c:a', 'copy', '-copypriorss', '0'] : [...AAC_ARGUMENTS, ...FILL_GAPS];
}

const isCopied = ({ codec_name, profile }: StreamFacts, formatName: string) =>
  codec_name === 'aac' && profile === 'LC' && /\b(mov|matroska)\b/.test(formatName);
