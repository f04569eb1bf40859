/** The sentence embedding models that can be configured, and what embedding can be told about how to compute. */

export type Pooling = 'mean' | 'cls';
export type EmbeddingModel = {
  dimension: number;
  /** How token vectors become one: their mean, or the first token's. */
  pooling: Pooling;
  /** Length of the window in tokens, both special ones included, as published; longer texts become several windows. */
  maxTokens: number;
  /** Put before a text by what it is for; these models were trained without. */
  prefix: { query: string; passage: string };
};

const sentenceEncoder = { dimension: 384, pooling: 'mean', prefix: { query: '', passage: '' } } as const;

/**
 * Their vectors are scaled to length 1. Its publishers leave that out for paraphrase-MiniLM-L6-v2; likeness is by cosine here,
 * where length says nothing.
 */
export const EMBEDDING_MODELS = {
  'all-MiniLM-L6-v2': { ...sentenceEncoder, maxTokens: 256 },
  'all-MiniLM-L12-v2': { ...sentenceEncoder, maxTokens: 128 },
  'multi-qa-MiniLM-L6-cos-v1': { ...sentenceEncoder, maxTokens: 512 },
  'paraphrase-MiniLM-L6-v2': { ...sentenceEncoder, maxTokens: 128 },
} as const satisfies Record<string, EmbeddingModel>;

export type EmbeddingModelName = keyof typeof EMBEDDING_MODELS;
export const EMBEDDING_MODEL_NAMES = Object.keys(EMBEDDING_MODELS) as [EmbeddingModelName, ...EmbeddingModelName[]];
export const isEmbeddingModel = (name: string): name is EmbeddingModelName => Object.hasOwn(EMBEDDING_MODELS, name);

export const PRECISIONS = ['fp32', 'fp16', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];
export type PrecisionChoice = Precision | 'auto';

export const DEVICES = ['cpu', 'cuda'] as const;
export type Device = (typeof DEVICES)[number];
export type DeviceChoice = Device | 'auto';
