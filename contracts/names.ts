/** Names the parts of the system know each other by: task queues, workflows, ids, search attributes, collections. */

/** One task queue a kind of resource, so that each can be scaled and limited apart. */
export const QUEUE_NAMES = ['workflow', 'cpu', 'media', 'gpu', 'index', 'llm'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];
export const taskQueue = (queue: QueueName) => `tapeworks-${queue}`;

export const EMBEDDING_TYPES = ['transcript', 'frame', 'clip', 'keyword'] as const;
export type EmbeddingType = (typeof EMBEDDING_TYPES)[number];

/** The three types that can be searched, each behind a Qdrant alias. `keyword` vectors live in Postgres only. */
export const SEARCHABLE_TYPES = ['transcript', 'frame', 'clip'] as const;
export type SearchableType = (typeof SEARCHABLE_TYPES)[number];

/** Alias the product reads and writes by. */
export const collectionAlias = (type: SearchableType) => `${type}s`;

/**
 * The collection behind the alias: model and dimension are in its name, so a model change is a new collection. A rebuild beside
 * the live one has the next generation.
 */
export const collectionName = (type: SearchableType, model: string, dimension: number, generation = 0) =>
  `${type}s__${model.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}__${dimension}${generation > 0 ? `__g${generation}` : ''}`;

export const WORKFLOW_TYPES = [
  'processMedia',
  'processLibrary',
  'generateStrategy',
  'enhanceSignals',
  'batchGenerate',
  'embedSegments',
  'reindex',
] as const;
export type WorkflowType = (typeof WORKFLOW_TYPES)[number];

/** Business-derived workflow ids: the same work started twice is the same workflow. */
export const workflowId = {
  processMedia: (videoId: string) => `process-media:${videoId}`,
  processLibrary: (folder: string) => `process-library:${folder}`,
  generateStrategy: (keyword: string) => `generate-strategy:${keyword.toLowerCase().replaceAll(/\s+/g, '-')}`,
  enhanceSignals: (scope: string) => `enhance-signals:${scope}`,
  batchGenerate: (name: string) => `batch-generate:${name}`,
  embedSegments: (videoId: string, request: string) => `embed-segments:${videoId}:${request}`,
  /** One at a time: two rebuilds side by side would overtake each other. */
  reindex: () => 'reindex',
};

/** Typed search attributes, registered at start-up; all are Keyword. */
export const SEARCH_ATTRIBUTES = ['TapeworksMedia', 'TapeworksStage', 'TapeworksKeyword'] as const;

/** Names of the queries and updates that workflows answer. */
export const MESSAGE_NAMES = {
  progress: 'progress',
  pause: 'pause',
  resume: 'resume',
  cancel: 'cancel',
  rerunFrom: 'rerunFrom',
} as const;
