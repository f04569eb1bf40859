/** Text to token ids, with every token kept: what is longer than the model's window becomes several windows. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PreTrainedTokenizer } from '@xenova/transformers';
import { z } from 'zod';
import { modelFileError } from './model-file-error.ts';

/** Characters tokenized in one go: a few milliseconds, in which the process answers nobody. */
const PIECE = 8_192;

const jsonObject = z.record(z.string(), z.unknown());

export type Tokenizer = {
  /** One window or more of at most `maxTokens` ids, each with its special tokens. A text without words has one with those alone. */
  windows(text: string): Promise<number[][]>;
};

/** Reads `tokenizer.json` (and `tokenizer_config.json` where there is one); nothing is fetched. */
export async function loadTokenizer(modelDir: string, maxTokens: number): Promise<Tokenizer> {
  const file = path.join(modelDir, 'tokenizer.json');
  try {
    const definition = jsonObject.parse(JSON.parse(await readFile(file, 'utf8')));
    const tokenizer = new PreTrainedTokenizer(definition, await readConfig(modelDir));
    const frame = tokenizer.encode('', { add_special_tokens: true });
    const [first, last] = [frame[0], frame.at(-1)];
    if (frame.length !== 2 || first === undefined || last === undefined)
      throw new Error('expected one special token at each end');
    const room = maxTokens - 2;
    return {
      async windows(text) {
        const ids: number[] = [];
        for (const piece of piecesOf(text)) {
          for (const id of tokenizer.encode(piece, { add_special_tokens: false })) ids.push(id);
          if (piece.length < text.length) await nextTurn();
        }
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

/** Lets the process answer others. */
export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Cut at white space, where the tokenizer cuts anyway; a single word longer than a piece is left whole. */
function* piecesOf(text: string): Generator<string> {
  let from = 0;
  while (text.length - from > PIECE) {
    const gap = text.slice(from + PIECE).search(/\s/);
    if (gap < 0) break;
    yield text.slice(from, from + PIECE + gap);
    from += PIECE + gap;
  }
  yield text.slice(from);
}

async function readConfig(modelDir: string): Promise<Record<string, unknown>> {
  try {
    return jsonObject.parse(JSON.parse(await readFile(path.join(modelDir, 'tokenizer_config.json'), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { pad_token: '[PAD]' };
    throw error;
  }
}
