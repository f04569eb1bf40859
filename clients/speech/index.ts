/** Speech recognition with a local Whisper model; nothing is ever fetched. */
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';
import { throwIfCancelled } from '../cancelled.ts';
import { type Child, startChild } from './child.ts';
import { modelError, nameModel } from './model-files.ts';
import {
  type Device,
  type LanguageGuess,
  LONGEST_MS,
  SAMPLE_RATE,
  type SpeechOptions,
  type SpeechSegment,
} from './types.ts';

export type { LanguageGuess, SpeechOptions, SpeechSegment } from './types.ts';

/** The error where there is no text and no model either. */
export const noSpeechModel = () => modelError('SPEECH_MODEL_DIR is not set');

type Cancellable = { signal?: AbortSignal | undefined };

export type Speech = {
  /** Folder name, precision and a hash: what was heard by another model is not mixed with this one's. */
  model: string;
  /** Where it really runs. */
  device: Device;
  /** What is spoken, where configuration or the model decides; `null`: to be found out. */
  language: string | null;
  /** The most probable first. */
  detectLanguage(pcm: Float32Array, options?: Cancellable): Promise<LanguageGuess[]>;
  /**
   * What is said in up to 30 s of sound. Without `language` it is detected in this sound. Aborting stops at once.
   * Errors: `INVALID_INPUT` (longer sound), `CANCELLED`, `SPEECH_FAILED` (the model's process ended; the next call starts it again).
   */
  transcribe(pcm: Float32Array, options?: Cancellable & { language?: string | null }): Promise<SpeechSegment[]>;
  close(): Promise<void>;
};

/**
 * Loads the model in a process of its own. Errors: `SPEECH_UNAVAILABLE` naming the missing or damaged file, the missing device
 * or the language that the model does not know.
 */
export async function createSpeech(given: SpeechOptions): Promise<Speech> {
  // The library takes a relative path for the name of a published model.
  const options = { ...given, modelDir: path.resolve(given.modelDir) };
  const { modelDir, device } = options;
  // Before anything is started: the settings' errors name their file.
  await nameModel(modelDir, device === 'cuda' ? 'cuda' : 'cpu');
  let child: Child = await startChild(options);
  const { device: taken, multilingual } = child.loaded;
  let before: Promise<unknown> = Promise.resolve();
  let closed = false;

  /** One task after another: a hung attempt and its retry share the one device. */
  function inTurn<Answer>(signal: AbortSignal | undefined, work: (ready: Child) => Promise<Answer>): Promise<Answer> {
    const turn = before.then(async () => {
      throwIfCancelled('Speech recognition', signal);
      if (closed) throw new TapeworksError('SPEECH_FAILED', 'Speech recognition was closed.');
      if (!child.alive()) child = await startChild(options, signal);
      return work(child);
    });
    // Its caller hears of the error; who waits only waits.
    before = turn.catch(() => {});
    return turn;
  }

  return {
    model: await nameModel(modelDir, taken),
    device: taken,
    language: options.language ?? (multilingual ? null : 'en'),
    detectLanguage: (pcm, { signal } = {}) =>
      inTurn(signal, (ready) => ready.ask<'detectLanguage'>({ kind: 'detectLanguage', pcm }, signal)),
    transcribe: (pcm, { signal, language = null } = {}) =>
      inTurn(signal, (ready) => {
        refuseLong(pcm);
        return ready.ask<'transcribe'>({ kind: 'transcribe', pcm, language }, signal);
      }),
    async close() {
      closed = true;
      child.end();
      await before;
    },
  };
}

/** The model would leave out the rest without a word. */
function refuseLong(pcm: Float32Array): void {
  const lengthMs = pcm.length / (SAMPLE_RATE / 1_000);
  if (lengthMs <= LONGEST_MS) return;
  throw new TapeworksError('INVALID_INPUT', `Speech recognition hears ${LONGEST_MS} ms at once, not ${lengthMs}.`);
}
