/** What speech recognition takes and gives. Sound is 16 kHz mono, -1 to 1; times are milliseconds from the sound's start. */
export const SAMPLE_RATE = 16_000;
/** The longest sound that Whisper hears at once. */
export const LONGEST_MS = 30_000;

export type DeviceChoice = 'auto' | 'cpu' | 'cuda';
export type Device = 'cpu' | 'cuda';

export type SpeechOptions = {
  /** Folder of a Whisper model; `MODEL_FILES` and the two of `onnx/` lie in it. */
  modelDir: string;
  device: DeviceChoice;
  deviceIndex: number;
  /** Code such as "en"; unset: English-only models hear English, others find out. */
  language?: string | undefined;
};

export type SpeechSegment = { startMs: number; endMs: number; text: string };
/** Probabilities, 0–1, add up to 1 over all languages. */
export type LanguageGuess = { language: string; probability: number };

/** What the recogniser's process tells when its model is loaded. */
export type Loaded = { device: Device; multilingual: boolean; languages: string[] };
export type Task =
  | { kind: 'load'; options: SpeechOptions }
  | { kind: 'transcribe'; pcm: Float32Array; language: string | null }
  | { kind: 'detectLanguage'; pcm: Float32Array };
export type TaskOf<Kind extends Task['kind']> = Extract<Task, { kind: Kind }>;
export type Answers = { load: Loaded; transcribe: SpeechSegment[]; detectLanguage: LanguageGuess[] };
export type Request = { id: number; task: Task };
export type Reply =
  | { id: number; answer: Answers[keyof Answers] }
  | { id: number; error: { code: string | null; message: string; details: Record<string, unknown> } };
