/**
 * Every setting, read from the environment once (`parseConfig`) and handed on; nothing else reads `process.env`.
 * `.env.example` is generated from the same table, so the two cannot differ.
 */
import { z } from 'zod';
import { clipModeSchema } from './clips.ts';
import { DEVICES, EMBEDDING_MODEL_NAMES, PRECISIONS } from './embeddings.ts';
import { QUEUE_NAMES } from './names.ts';
import { CHUNKING_POLICIES } from './transcripts.ts';

const whole = (least: number, most: number, said: string) =>
  z.coerce.number({ error: said }).int(said).min(least, said).max(most, said);
const port = whole(0, 65_535, 'expected a whole number from 0 to 65535');
const count = whole(1, 2_147_483_647, 'expected a whole number, 1 or more');
const fraction = z.coerce.number().min(0).max(1);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const url = (protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `expected a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

/** Environment variable → schema. The `.meta` description becomes its comment in `.env.example`. */
const variables = {
  PORT: port.default(8003).meta({ description: 'Port of the API; 0 takes any free one.' }),
  HOST: z.string().default('127.0.0.1').meta({ description: 'Address the API listens on.' }),
  API_KEY: z.string().min(16).optional().meta({
    description:
      'When set, every request but /health/* and /docs needs it as "Authorization: Bearer KEY" (16 characters or more).',
  }),
  CORS_ORIGINS: list
    .pipe(z.array(z.string().refine(isOrigin, 'expected origins like https://example.org, comma separated')))
    .default([])
    .meta({ description: 'Origins, comma separated, whose pages may call the API.' }),
  MAX_UPLOAD_MB: count.default(4096).meta({ description: 'Largest accepted upload, in MiB.' }),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i, 'expected host:port, such as 127.0.0.1:7233')
    .optional()
    .meta({ description: 'host:port of a Temporal server; unset: a local one is started.' }),
  TEMPORAL_NAMESPACE: z.string().default('default').meta({ description: 'Temporal namespace.' }),
  TEMPORAL_TLS: flag.default(false).meta({ description: 'Connect to Temporal by TLS.' }),
  TEMPORAL_API_KEY: z.string().optional().meta({ description: 'API key for Temporal Cloud.' }),
  TEMPORAL_UI_URL: url(['http:', 'https:'])
    .optional()
    .meta({ description: 'Temporal Web UI to link to; unset: the local one.' }),
  TEMPORAL_UI_PORT: port.default(8233).meta({ description: 'Port of the local Temporal Web UI.' }),
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional().meta({
    description: 'PostgreSQL 14 or later; unset: a local one is started.',
  }),
  QDRANT_URL: url(['http:', 'https:'])
    .optional()
    .meta({ description: 'Qdrant 1.16 or later; unset: the local engine is started.' }),
  QDRANT_API_KEY: z.string().optional().meta({ description: 'API key of that Qdrant.' }),
  LLM_BACKEND: z.enum(['auto', 'ollama', 'offline']).default('auto').meta({
    description:
      'auto: Ollama when it answers, else the offline backend; ollama: fail when it does not answer; offline: rules only.',
  }),
  OLLAMA_URL: url(['http:', 'https:']).default('http://127.0.0.1:11434').meta({ description: 'Ollama server.' }),
  OLLAMA_MODEL: z.string().default('llama3.2').meta({ description: 'Model that Ollama runs.' }),
  LLM_TEMPERATURE: z.coerce
    .number()
    .min(0)
    .max(2)
    .default(0.2)
    .meta({ description: "Sampling temperature of ratings; a strategy's comes with its request." }),
  LLM_MAX_TOKENS: count.default(512).meta({
    description: 'Longest answer in tokens; a strategy, whose rules come with it, may take three times that.',
  }),
  LLM_TIMEOUT_S: count.default(30).meta({ description: 'Seconds one LLM call may take.' }),
  LLM_REQUESTS_PER_MINUTE: count.default(14).meta({ description: 'Requests a minute to a model, over all workers.' }),
  LLM_TOKENS_PER_MINUTE: count.default(950_000).meta({ description: 'Tokens a minute to a model, over all workers.' }),
  LLM_ACTIVITIES_PER_SECOND: z.coerce
    .number()
    .positive()
    .default(50)
    .meta({ description: 'Back-pressure on the llm queue, over all workers.' }),
  MEDIA_ROOT: z.string().default('./samples').meta({ description: 'Folder under which media paths must lie.' }),
  DATA_DIR: z.string().default('./.data').meta({ description: 'Databases, clips, frames, uploads, exports, logs.' }),
  EMBEDDING_MODEL: z
    .enum(EMBEDDING_MODEL_NAMES)
    .default('all-MiniLM-L6-v2')
    .meta({
      description: `Sentence embedding model, of ${EMBEDDING_MODEL_NAMES.join(', ')}; after a change, run the reindex workflow.`,
    }),
  EMBEDDING_MODEL_DIR: z.string().optional().meta({
    description: 'Folder with tokenizer.json, config.json and onnx/model.onnx; unset: the prepared one.',
  }),
  EMBEDDING_PRECISION: z
    .enum(['auto', ...PRECISIONS])
    .default('auto')
    .meta({
      description: 'Numbers the model computes with; auto: int8 on a CPU, fp16 on a GPU, where its file is there.',
    }),
  EMBEDDING_THREADS: count
    .optional()
    .meta({ description: 'Processes that embed on a CPU, one thread each; unset: one a core, at most 8.' }),
  CHUNKING: z.enum(CHUNKING_POLICIES).default('window').meta({
    description: 'What one transcript vector stands for: a cue, a sentence, or a window of sentences with overlap.',
  }),
  EMBEDDING_DEVICE: z
    .enum(['auto', ...DEVICES])
    .default('auto')
    .meta({ description: 'Where embedding runs.' }),
  EMBEDDING_DEVICE_INDEX: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .meta({ description: 'Which GPU this worker is pinned to.' }),
  SPEECH_MODEL_DIR: z.string().optional().meta({
    description: 'Folder of a Whisper model in ONNX; unset: media without any text is refused.',
  }),
  SPEECH_LANGUAGE: z
    .string()
    .regex(/^[a-z]{2,3}$/, 'expected a language code like en')
    .optional()
    .meta({
      description: 'Language spoken, such as en; unset: the model decides.',
    }),
  RERANK_MODEL_DIR: z.string().optional().meta({
    description: 'Folder of a cross-encoder in ONNX for search with rerank=true; unset: not offered.',
  }),
  QDRANT_QUANTIZE_ABOVE: count.default(20_000).meta({
    description: 'Points in a collection from which its vectors are searched as int8 and rescored.',
  }),
  STORE_QUERIES: flag.default(true).meta({
    description: 'Keep the texts searched for (the 1,000 last); a reindex is compared by them.',
  }),
  LEXICON_DIR: z.string().optional().meta({
    description: 'Folder of your own terms (JSON or YAML), added to the lexicon.',
  }),
  KEYWORD_MIN_CONFIDENCE: fraction.default(0.3).meta({ description: 'Hits below this confidence are not stored.' }),
  EXAMPLE_MIN_CONFIDENCE: fraction.default(0.7).meta({
    description: 'Hits from this confidence on serve as examples for strategies.',
  }),
  SEMANTIC_PASS: flag.default(true).meta({
    description: 'Also find concepts that are explained without their name.',
  }),
  SEMANTIC_THRESHOLD: fraction.default(0.6).meta({
    description: 'Cosine similarity with a definition from which a passage counts as an explanation.',
  }),
  TRANSCRIPT_MIN_USABLE: fraction.default(0.5).meta({
    description: 'Share of usable text in a transcript below which no clips are cut.',
  }),
  CLIP_MODE: clipModeSchema.default('accurate').meta({
    description:
      'accurate: whole groups of pictures copied, the ends re-encoded; keyframe: copied from the keyframe before; reencode: all anew.',
  }),
  WORKER_QUEUES: list
    .pipe(z.array(z.enum(QUEUE_NAMES)).min(1))
    .default([...QUEUE_NAMES])
    .meta({ description: `Task queues this worker serves, of ${QUEUE_NAMES.join(',')}.` }),
  CPU_SLOTS: count.default(4).meta({ description: 'Activities at once on the cpu queue.' }),
  MEDIA_SLOTS: count.default(2).meta({ description: 'Activities (ffmpeg, OCR) at once on the media queue.' }),
  LLM_SLOTS: count.default(2).meta({ description: 'Activities at once on the llm queue.' }),
  CANDLES_DIR: z.string().default('./samples/candles').meta({ description: 'Folder of candle files (CSV, JSON).' }),
  SHUTDOWN_GRACE_S: count.default(20).meta({
    description: 'Seconds that running activities get to end when a worker stops; then they are cancelled.',
  }),
  WORKFLOW_BUNDLE: z.string().optional().meta({
    description: 'Prebuilt workflow bundle (npm run bundle -- FILE); unset: built at start, in about a second.',
  }),
  METRICS_ADDRESS: z
    .string()
    .optional()
    .meta({ description: 'host:port where a worker serves Prometheus metrics; unset: none.' }),
  TESSERACT: z
    .string()
    .default('tesseract')
    .meta({ description: 'Tesseract program; OCR is skipped, and says so, where it is missing.' }),
  FFMPEG: z.string().default('ffmpeg').meta({ description: 'ffmpeg program.' }),
  FFPROBE: z.string().default('ffprobe').meta({ description: 'ffprobe program.' }),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ description: 'Log level.' }),
};

const configSchema = z.object(variables);

/** Validated settings. Optional URLs are filled in by the local runtime when it starts the component itself. */
export type Config = z.output<typeof configSchema>;

/** Thrown by `parseConfig`; `problems` names each bad variable with what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: string[];
  constructor(problems: string[]) {
    super(
      `The configuration has ${problems.length} bad value(s):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** Settings from an environment. An empty string counts as unset. Throws `ConfigError`. */
export function parseConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in variables && value !== undefined && value !== ''),
  );
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const secret = /KEY|URL/.test(name);
      const got = secret ? '' : ` (got "${environment[name]}")`;
      return `${name}: ${issue.message}${got}. ${variables[name as keyof typeof variables].meta()?.description ?? ''}`;
    }),
  );
}

/** The text of `.env.example`. */
export function envExample(): string {
  const lines = [
    '# Every setting with its default. Copy to .env and change what you need; the environment wins over .env.',
    '',
  ];
  for (const [name, schema] of Object.entries(variables)) {
    const fallback = schema.safeParse(undefined);
    const value = fallback.success && fallback.data !== undefined ? [fallback.data].flat().join(',') : '';
    lines.push(`# ${schema.meta()?.description ?? ''}`, value === '' ? `# ${name}=` : `${name}=${value}`, '');
  }
  return lines.join('\n');
}
