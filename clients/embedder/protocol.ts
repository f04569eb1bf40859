/** What an inference process and its owner say to each other: one request, one answer. */
import type { Pooling } from '../../contracts/embeddings.ts';
import type { SessionOptions } from './session.ts';

export type ModelOptions = SessionOptions & { dimension: number; pooling: Pooling };
/** Windows of one length: `ids` is `[size × length]`. */
export type BatchRequest = { ids: Int32Array; size: number; length: number };
export type Request = { open: ModelOptions } | BatchRequest;
/** `vectors`: one a window, one after the other. A failed request leaves the process usable. */
export type Answer = { opened: true } | { vectors: Float32Array } | { failed: string };
