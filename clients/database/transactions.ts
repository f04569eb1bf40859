/** A lesson of hours has thousands of cues, hits and signals; they are written together or not at all, however slow the database. */
export const LONG_TRANSACTION = { timeout: 120_000, maxWait: 10_000 };
