/** Text to token ids, with every token kept: what is longer than the model's window becomes several windows. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PreTrainedTokenizer } from '@xenova/transformers';
import { z } from 'zod';
import { modelFileError } from './model-file-error.ts';

/** What the model was trained with, special tokens included. */
export const MAX_TOKENS = 256;

const jsonObject = z.record(z.string(), z.unknown());

export type Tokenizer = {
  padId: number;
  /** One window or more of at most 256 ids, each with its special tokens. A text without words has one with those alone. */
  windows(text: string): number[][];
};

/** Reads `tokenizer.json` (and `tokenizer_config.json` where there is one); nothing is fetched. */
export async function loadTokenizer(modelDir: string): Promise<Tokenizer> {
  const file = path.join(modelDir, 'tokenizer.json');
  try {
    const definition = jsonObject.parse(JSON.parse(await readFile(file, 'utf8')));
    const tokenizer = new PreTrainedTokenizer(definition, await readConfig(modelDir));
    const frame = tokenizer.encode('', { add_special_tokens: true });
    const [first, last] = [frame[0], frame.at(-1)];
    if (frame.length !== 2 || first === undefined || last === undefined)
      throw new Error('expected one special token at each end');
    const room = MAX_TOKENS - 2;
    return {
      padId: tokenizer.pad_token_id ?? 0,
      windows(text) {
        const ids = tokenizer.encode(text, { add_special_tokens: false });
        const windows: number[][] = [];
        for (let from = 0; from === 0 || from < ids.length; from += room)
          windows.push([first, ...ids.slice(from, from + room), last]);
        return windows;
      },
    };
  } catch (cause) {
    throw modelFileError(file, cause);
  }
}

async function readConfig(modelDir: string): Promise<Record<string, unknown>> {
  try {
    return jsonObject.parse(JSON.parse(await readFile(path.join(modelDir, 'tokenizer_config.json'), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { pad_token: '[PAD]' };
    throw error;
  }
}
