/** The lexicon over HTTP. A term is posted in the shape that lexicon files have. */
import { z } from 'zod';
import { lexiconTermSchema, termSchema } from '../keywords.ts';

export const newKeywordSchema = termSchema.meta({ id: 'NewKeyword' });

export const keywordAnswerSchema = lexiconTermSchema
  .extend({
    rules: z.boolean().meta({ description: 'Trading rules can express it.' }),
    hits: z.int().meta({ description: 'Hits in all media, as last processed.' }),
  })
  .meta({ id: 'Keyword' });

export const keywordListSchema = z
  .object({
    version: z
      .string()
      .meta({ description: 'Changes with any term; media processed under another version can be processed again.' }),
    total: z.int(),
    items: z.array(keywordAnswerSchema),
    left_out: z.array(z.object({ keyword: z.string(), reason: z.string() })).meta({
      description:
        'Added terms that are not looked for: a term of the product or of a file has their spelling, or the rules refuse them by now.',
    }),
  })
  .meta({ id: 'KeywordList' });

export const addedKeywordSchema = z
  .object({ version: z.string(), term: keywordAnswerSchema })
  .meta({ id: 'AddedKeyword' });
