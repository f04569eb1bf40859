/** The vector index as the rest of the product sees it. */
import type { SearchableType } from '../../contracts/names.ts';
import type { IndexFilter } from './filter.ts';
import type { PointPayload } from './payload.ts';

export type ModelName = { model: string; dimension: number };
/** A set of three collections, one a searchable type; their names come from these. One build is live: the aliases name it. */
export type Build = ModelName & { generation: number };

export type IndexPoint = {
  /** UUID. The same id again replaces the point. */
  id: string;
  vector: Float32Array;
  /** What its words are found by; it is stored only where the payload holds it, too. */
  text: string;
  payload: PointPayload;
};
export type UpsertOptions = {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
};

export type SearchRequest = {
  /** `dense`: by meaning; `bm25`: by words; `hybrid`: both, fused by rank. */
  mode: 'dense' | 'bm25' | 'hybrid';
  /** Of the text asked for, by the model of the build that is searched. All modes need it: every result tells its similarity. */
  vector: Float32Array;
  /** The words asked for; needed by `bm25` and `hybrid`. */
  text?: string | undefined;
  topK: number;
  /** Results left out before the first; 0 when missing. */
  offset?: number | undefined;
  /** Cosine similarity, −1 to 1, that every result reaches in any mode. */
  minSimilarity: number;
  filter?: IndexFilter | undefined;
  /** Compares every vector as it was stored: what approximate results are measured by. */
  exact?: boolean | undefined;
};
export type SearchResult = {
  id: string;
  /** Cosine similarity of query and point. */
  similarity: number;
  /** What the results are ordered by: the similarity, the BM25 score, or the rank fusion of `hybrid`. */
  score: number;
  payload: PointPayload;
};
/** `topK` counts groups here. */
export type GroupedSearchRequest = Omit<SearchRequest, 'offset'> & { groupSize: number };
export type SearchGroup = { mediaItemId: number; results: SearchResult[] };

export type CollectionState = {
  type: SearchableType;
  /** Its real name; the alias's where that names nothing. */
  collection: string;
  exists: boolean;
  points: number;
  indexedVectors: number;
  /** Searched as int8 and rescored. */
  quantized: boolean;
};

/** Reading and writing one build. Errors of every call: `QDRANT_UNAVAILABLE`, `QDRANT_REJECTED`. */
export type Collections = {
  /** Returns when the points can be searched. */
  upsert(type: SearchableType, points: IndexPoint[], options?: UpsertOptions): Promise<void>;
  /** Best first, at most `topK`. */
  search(type: SearchableType, request: SearchRequest): Promise<SearchResult[]>;
  /** At most `topK` media items, best first, each with its `groupSize` best moments. */
  searchByMedia(type: SearchableType, request: GroupedSearchRequest): Promise<SearchGroup[]>;
  count(type: SearchableType, filter?: IndexFilter): Promise<number>;
  /** Those of `ids` that the index does not hold. */
  readBack(type: SearchableType, ids: string[]): Promise<string[]>;
  deletePoints(type: SearchableType, ids: string[]): Promise<void>;
  /**
   * Removes a media item's points of one type but for `ids`. What was posted stays: another worker may have just put it there, and
   * posted segments are replaced, never taken back.
   */
  keepOnly(type: SearchableType, mediaItemId: number, ids: string[]): Promise<void>;
  /** Of media items with after < id ≤ upTo, removes the points of those that are not in `mediaItemIds`; tells how many. */
  keepOnlyMedia(type: SearchableType, range: { after: number; upTo: number; mediaItemIds: number[] }): Promise<number>;
  /** Some points with their vectors, in an order of no meaning. */
  sample(type: SearchableType, limit: number): Promise<Array<{ id: string; vector: number[]; payload: PointPayload }>>;
  /** Lets collections that passed the size be searched as int8 and rescored. Does nothing the second time. */
  quantizeWhenLarge(): Promise<void>;
  stats(): Promise<CollectionState[]>;
};

/**
 * The live build by its aliases, so that every process sees a swap with its next request; `of` for a build by name. Whoever
 * makes a vector first and searches with it then should ask `live()`, embed by its model, and search in `of(thatBuild)`: a
 * swap in between to another model cannot mix the two up, as the build before the live one stays.
 */
export type VectorIndex = Collections & {
  /** The model that new builds are made for. */
  configured: ModelName;
  of(build: Build): Collections;
  /** The build that the aliases name, or `null` before the first start. */
  live(): Promise<Build | null>;
  /** Model of the live index; it may differ from the configured one until a reindex. */
  liveModel(): Promise<ModelName | null>;
  /** Makes what is missing of a build's collections and their payload indexes. Idempotent, also by several processes at once. */
  create(build: Build): Promise<void>;
  exists(build: Build): Promise<boolean>;
  /** Lets all three aliases name this build, in one step. */
  swap(build: Build): Promise<void>;
  /** Removes a build's collections; the caller sees to it that it is not the live one. */
  drop(build: Build): Promise<void>;
  /** First start: makes the build and its aliases where there are none. Gives the live build. */
  ensureCollections(first?: Build): Promise<Build>;
  /** Removes a media item's points from the collections of every build there is. */
  deleteMedia(mediaItemId: number): Promise<void>;
};
