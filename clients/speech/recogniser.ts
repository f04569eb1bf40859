/** The loaded model: features, the generation loop and languages, on `@xenova/transformers`. Runs in a process of its own. */
import { AutoFeatureExtractor, AutoTokenizer, env, LogLevel, softmax, Tensor } from '@xenova/transformers';
import { z } from 'zod';
import { modelError, withoutFolder } from './model-files.ts';
import { messageOf, openModel } from './open-model.ts';
import { readTokens } from './read-tokens.ts';
import { type LanguageGuess, type Loaded, SAMPLE_RATE, type SpeechOptions, type SpeechSegment } from './types.ts';

const MS_SAMPLES = SAMPLE_RATE / 1_000;
/** A model that ran out of room is asked again from where it stopped, if that is at least this much further on. */
const PROGRESS_MS = 1_000;

const generationSchema = z.looseObject({
  is_multilingual: z.boolean().default(false),
  no_timestamps_token_id: z.int(),
  decoder_start_token_id: z.int(),
  eos_token_id: z.union([z.int(), z.array(z.int()).min(1)]),
  lang_to_id: z.record(z.string(), z.int()).default({}),
});
const configSchema = z.looseObject({ max_target_positions: z.int().default(448) });

export type Recogniser = Loaded & {
  transcribe(pcm: Float32Array, language: string | null): Promise<SpeechSegment[]>;
  detectLanguage(pcm: Float32Array): Promise<LanguageGuess[]>;
};

/** Errors: `SPEECH_UNAVAILABLE` for a damaged model, a missing device, a language that the model does not know. */
export async function loadRecogniser(options: SpeechOptions): Promise<Recogniser> {
  const { modelDir, language } = options;
  env.allowRemoteModels = false;
  env.useFSCache = false;
  env.logLevel = LogLevel.NONE;
  const local = { local_files_only: true };
  const { model, device } = await openModel(options);
  const [extract, tokenizer] = await Promise.all([
    AutoFeatureExtractor.from_pretrained(modelDir, local),
    AutoTokenizer.from_pretrained(modelDir, local),
  ]).catch((cause: unknown) => {
    throw modelError(withoutFolder(messageOf(cause), modelDir), {}, cause);
  });
  const settings = readGeneration(model.generation_config);
  const { max_target_positions: positions } = configSchema.parse(plain(model.config));
  const endOfText = [settings.eos_token_id].flat()[0] ?? 0;
  const languages = Object.keys(settings.lang_to_id).map((token) => token.slice(2, -2));
  const known = settings.is_multilingual ? languages : ['en'];
  if (language !== undefined && !known.includes(language)) {
    const what = settings.is_multilingual ? 'does not know it' : 'is English only';
    throw modelError(`SPEECH_LANGUAGE is "${language}" and the model ${what}`, { language });
  }
  const features = async (pcm: Float32Array) =>
    z.object({ input_features: z.instanceof(Tensor) }).parse(await extract._call(pcm)).input_features;

  async function detectLanguage(pcm: Float32Array): Promise<LanguageGuess[]> {
    if (!settings.is_multilingual) return [{ language: 'en', probability: 1 }];
    const start = new Tensor('int64', [BigInt(settings.decoder_start_token_id)], [1, 1]);
    const output: unknown = await model.forward({ input_features: await features(pcm), decoder_input_ids: start });
    const { logits } = z.object({ logits: z.instanceof(Tensor) }).parse(output);
    const all = Array.from(logits.to('float32').data, Number);
    const probabilities = softmax(Object.values(settings.lang_to_id).map((id) => all[id] ?? -Infinity));
    const guesses = languages.map((code, index) => ({ language: code, probability: probabilities[index] ?? 0 }));
    return guesses.sort((a, b) => b.probability - a.probability);
  }

  async function generate(pcm: Float32Array, spoken: string): Promise<number[]> {
    const output = await model.generate({
      inputs: await features(pcm),
      return_timestamps: true,
      // Being told, the library makes one pass and leaves going on to us: its own loop does not end on a timestamp that stands still.
      max_new_tokens: Math.floor(positions / 2),
      ...(settings.is_multilingual ? { language: spoken, task: 'transcribe' } : {}),
    });
    const sequence = z.instanceof(Tensor).parse(output).tolist()[0] as bigint[];
    const prompt = settings.is_multilingual ? 3 : 1;
    return sequence.slice(prompt).map(Number);
  }

  return {
    device,
    multilingual: settings.is_multilingual,
    languages: known,
    detectLanguage,
    async transcribe(pcm, chosen) {
      const spoken = chosen ?? language ?? (await detectLanguage(pcm))[0]?.language ?? 'en';
      const found: SpeechSegment[] = [];
      for (let fromMs: number | null = 0; fromMs !== null; ) {
        const beganMs: number = fromMs;
        const sound = pcm.subarray(beganMs * MS_SAMPLES);
        const { segments, resumeMs } = readTokens({
          tokens: await generate(sound, spoken),
          firstTimestamp: settings.no_timestamps_token_id + 1,
          endOfText,
          durationMs: Math.floor(sound.length / MS_SAMPLES),
          decode: (tokens) => tokenizer.decode(tokens, { skip_special_tokens: true }),
        });
        for (const { startMs, endMs, text } of segments) {
          found.push({ startMs: beganMs + startMs, endMs: beganMs + endMs, text });
        }
        fromMs = resumeMs !== null && resumeMs >= PROGRESS_MS ? beganMs + resumeMs : null;
      }
      return found;
    },
  };
}

function readGeneration(config: unknown) {
  const { data, error } = generationSchema.safeParse(plain(config));
  if (data) return data;
  throw modelError(`generation_config.json: ${error.issues[0]?.path.join('.')} is missing or wrong`, {}, error);
}

/** The library's settings are instances of its classes, which the schemas refuse. */
const plain = (settings: unknown) => Object.fromEntries(Object.entries(settings ?? {}));
