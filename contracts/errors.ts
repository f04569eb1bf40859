/**
 * The one error taxonomy. A code decides whether a retry can help, which HTTP status it becomes and what the user can do;
 * nobody else decides these.
 */
type Entry = { status: number; retryable: boolean; remedy: string };

const taxonomy = {
  // What the user sent
  INVALID_INPUT: { status: 422, retryable: false, remedy: 'Correct the named fields and send it again.' },
  MALFORMED_REQUEST: { status: 400, retryable: false, remedy: 'Send a well-formed request; /docs shows examples.' },
  NOT_FOUND: { status: 404, retryable: false, remedy: 'List what there is and use an id from the list.' },
  UNAUTHORIZED: {
    status: 401,
    retryable: false,
    remedy: 'Send "Authorization: Bearer KEY" with the configured API_KEY.',
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    retryable: false,
    remedy: "Call from a page of this API, or add the page's origin to CORS_ORIGINS.",
  },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, remedy: 'Use one of the methods in the Allow header.' },
  PAYLOAD_TOO_LARGE: { status: 413, retryable: false, remedy: 'Send less: JSON may be 1 MiB, uploads MAX_UPLOAD_MB.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false, remedy: 'Use the content type that /docs names.' },
  PATH_NOT_ALLOWED: {
    status: 403,
    retryable: false,
    remedy: 'Use a path inside MEDIA_ROOT that is no symbolic link out of it.',
  },
  CONFLICT: {
    status: 409,
    retryable: false,
    remedy: 'The detail says what stands in the way; wait until that has ended, or change the request.',
  },
  ALREADY_DONE: {
    status: 409,
    retryable: false,
    remedy: 'It was done with the same inputs; send "force": true to do it again.',
  },
  RUN_NOT_ACTIVE: { status: 409, retryable: false, remedy: 'The run has ended; start or rerun it instead.' },
  IDEMPOTENCY_CONFLICT: { status: 409, retryable: false, remedy: 'Use a new Idempotency-Key for a different request.' },
  RANGE_NOT_SATISFIABLE: { status: 416, retryable: false, remedy: 'Ask for a byte range inside the file.' },
  // The media itself
  MEDIA_MISSING: { status: 404, retryable: false, remedy: 'Check the path; it is relative to MEDIA_ROOT.' },
  MEDIA_CHANGED: {
    status: 409,
    retryable: false,
    remedy: 'Register the file again (POST /media): other content is another item.',
  },
  MEDIA_EMPTY: {
    status: 422,
    retryable: false,
    remedy: 'The file holds no bytes or no playing time; copy or export it again.',
  },
  MEDIA_UNREADABLE: {
    status: 422,
    retryable: false,
    remedy: 'Use a video or audio file that ffprobe can read, or a transcript.',
  },
  MEDIA_REFERS_ELSEWHERE: {
    status: 422,
    retryable: false,
    remedy: 'Playlists that point to other files are not opened; give the media file itself.',
  },
  TRANSCRIPT_MISSING: {
    status: 422,
    retryable: false,
    remedy:
      'Put a transcript with the same name beside the media file (.srt, .vtt, .json, .json3, .ttml, .srv3, .xml or .txt), give a file with a subtitle stream, or set SPEECH_MODEL_DIR so that its speech is recognised.',
  },
  TRANSCRIPT_BROKEN: {
    status: 422,
    retryable: false,
    remedy:
      'Mend the named line. SRT, VTT, JSON of Whisper or YouTube, timed text (XML), TTML and plain text are read, up to 64 MiB.',
  },
  UNKNOWN_KEYWORD: { status: 422, retryable: false, remedy: 'Use a term of the lexicon: GET /keywords lists them.' },
  NO_EXAMPLES: {
    status: 404,
    retryable: false,
    remedy: 'Process media in which the keyword is taught, then try again.',
  },
  NO_RULE_MEANING: {
    status: 422,
    retryable: false,
    remedy: 'Choose a keyword that rules can express: GET /keywords?rules=true lists them.',
  },
  CANDLES_MISSING: { status: 404, retryable: false, remedy: 'Put a candle file for the product into CANDLES_DIR.' },
  CANDLES_BROKEN: {
    status: 422,
    retryable: false,
    remedy: 'Mend the named row; columns time, open, high, low, close, volume are needed.',
  },
  RULES_INVALID: {
    status: 422,
    retryable: false,
    remedy: 'Correct the rules; GET /strategies/schema has their JSON schema.',
  },
  // What we stand on
  TEMPORAL_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: 'Start Temporal, or correct TEMPORAL_ADDRESS; npm run doctor checks it.',
  },
  NO_WORKER: {
    status: 503,
    retryable: true,
    remedy: 'Start a worker for the queue: WORKER_QUEUES=<queue> npm run worker.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: 'Start PostgreSQL, or correct DATABASE_URL; npm run doctor checks it.',
  },
  QDRANT_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: 'Start Qdrant, or correct QDRANT_URL; npm run doctor checks it.',
  },
  QDRANT_REJECTED: {
    status: 500,
    retryable: false,
    remedy: 'The index refused the request; see the detail, and reindex if the model changed.',
  },
  INDEX_MISSING: {
    status: 503,
    retryable: true,
    remedy: 'Start a worker that serves the index queue; it makes the index at its start.',
  },
  NOT_SEARCHABLE_YET: { status: 503, retryable: true, remedy: 'The index has not all points yet; it is tried again.' },
  LLM_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: 'Start Ollama and pull OLLAMA_MODEL, or set LLM_BACKEND=auto.',
  },
  LLM_TIMEOUT: { status: 504, retryable: true, remedy: 'Raise LLM_TIMEOUT_S, or choose a smaller model.' },
  LLM_RATE_LIMITED: {
    status: 429,
    retryable: true,
    remedy: 'Wait; the limits are LLM_REQUESTS_PER_MINUTE and LLM_TOKENS_PER_MINUTE.',
  },
  LLM_ANSWER_INVALID: {
    status: 502,
    retryable: true,
    remedy: 'The model did not keep to the schema; try again or choose a larger model.',
  },
  EMBEDDER_UNAVAILABLE: {
    status: 503,
    retryable: false,
    remedy: 'Run npm run setup, or point EMBEDDING_MODEL_DIR to the model; with EMBEDDING_DEVICE=cuda a GPU is needed.',
  },
  RERANKER_UNAVAILABLE: {
    status: 503,
    retryable: false,
    remedy: 'Point RERANK_MODEL_DIR to a cross-encoder in ONNX, or search without rerank.',
  },
  SPEECH_UNAVAILABLE: {
    status: 503,
    retryable: false,
    remedy:
      'Point SPEECH_MODEL_DIR to a Whisper model in ONNX (config.json, generation_config.json, preprocessor_config.json, tokenizer.json, tokenizer_config.json, onnx/encoder_model.onnx, onnx/decoder_model_merged.onnx), or put a transcript beside the media.',
  },
  SPEECH_FAILED: {
    status: 500,
    retryable: true,
    remedy: 'The detail says how the speech model ended; give its worker more memory, or choose a smaller model.',
  },
  SPEECH_EMPTY: {
    status: 422,
    retryable: false,
    remedy: 'Nothing was heard in it; put a transcript with the same name beside the media file, or leave it out.',
  },
  TOOL_MISSING: { status: 503, retryable: false, remedy: 'Install the named program; npm run doctor says how.' },
  MEDIA_TOOL_FAILED: {
    status: 500,
    retryable: true,
    remedy: 'The detail holds what ffmpeg said; check the file and the disk.',
  },
  CLIP_MISMATCH: {
    status: 500,
    retryable: true,
    remedy: 'The cut clip did not match its times; check the source file.',
  },
  DISK_FULL: { status: 507, retryable: true, remedy: 'Free space on the disk of DATA_DIR.' },
  CANCELLED: { status: 409, retryable: false, remedy: 'It was cancelled; start or rerun it to go on.' },
  INTERNAL: { status: 500, retryable: true, remedy: 'Look up the correlation id in the log; it is a fault of ours.' },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof taxonomy;

export const isErrorCode = (text: unknown): text is ErrorCode =>
  typeof text === 'string' && Object.hasOwn(taxonomy, text);
/** HTTP status, whether a retry can help, and what the user can do. */
export const errorEntry = (code: ErrorCode): Entry => taxonomy[code];

/** The one error the product throws on purpose. `message` says what happened; the code's remedy says what to do. */
export class TapeworksError extends Error {
  override readonly name = 'TapeworksError';
  readonly code: ErrorCode;
  /** Evidence for the reader (ids, names, limits, tails of output); JSON-safe, no secrets. */
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }

  get remedy(): string {
    return errorEntry(this.code).remedy;
  }
}
