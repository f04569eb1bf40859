/** What a stage's activity tells its workflow: counts and a word, never the things themselves. */
export interface StageResult {
  counts: Record<string, number>;
  status?: 'done' | 'reused' | 'skipped';
  note?: string;
}
