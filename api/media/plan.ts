/** From the options of a request to the input of `processMedia`. */
import type { UploadFields } from '../../contracts/http/starts.ts';
import type { Lexicon } from '../../contracts/keywords.ts';
import type { ProcessMediaInput } from '../../contracts/messages.ts';
import type { Stage } from '../../contracts/runs.ts';
import { requireKeyword } from '../../domain/keywords/lexicon.ts';

export type ProcessingOptions = Pick<UploadFields, 'keywords' | 'max_strategies' | 'products'>;

/** Canonical spellings, each once and sorted, so that equal wishes are equal inputs. Throws UNKNOWN_KEYWORD. */
export const canonicalKeywords = (lexicon: Lexicon, keywords: string[] | null): string[] | null =>
  keywords && [...new Set(keywords.map((keyword) => requireKeyword(lexicon, keyword)))].sort();

/** The workflow's input for an item. */
export const processMediaInput = (
  lexicon: Lexicon,
  item: { id: number; videoId: string },
  options: ProcessingOptions,
  transcriptHash: string | null,
  fromStage: Stage | null = null,
): ProcessMediaInput => ({
  mediaItemId: item.id,
  videoId: item.videoId,
  keywords: canonicalKeywords(lexicon, options.keywords),
  maxStrategies: options.max_strategies,
  products: options.products,
  fromStage,
  lexiconVersion: lexicon.version,
  transcriptHash,
});
