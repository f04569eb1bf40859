/** What the reranker's process and its owner say to each other. */
export type Task = { kind: 'load'; folder: string } | { kind: 'score'; query: string; passages: string[] };
export type Request = { id: number; task: Task };
/** `load` answers with no scores. */
export type Reply = { id: number; scores: number[] } | { id: number; failed: string };
