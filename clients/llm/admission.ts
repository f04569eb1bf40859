/** The sliding-window rule, apart from where calls are written down. */
export type PastCall = { agoMs: number; tokens: number };
export type Limits = { requestsPerMinute: number; tokensPerMinute: number };
export const WINDOW_MS = 60_000;

/**
 * 0 when a call of `tokens` fits into the window beside the `past` ones; else the milliseconds until it does, should nobody
 * else call. A call larger than the whole limit fits into an empty window only.
 */
export function waitFor(past: PastCall[], tokens: number, { requestsPerMinute, tokensPerMinute }: Limits): number {
  const oldestFirst = past.filter((call) => call.agoMs < WINDOW_MS).sort((a, b) => b.agoMs - a.agoMs);
  let used = oldestFirst.reduce((sum, call) => sum + call.tokens, 0);
  let waitMs = 0;
  for (const [index, call] of oldestFirst.entries()) {
    if (oldestFirst.length - index < requestsPerMinute && used + tokens <= tokensPerMinute) break;
    used -= call.tokens;
    waitMs = WINDOW_MS - call.agoMs;
  }
  return waitMs;
}
