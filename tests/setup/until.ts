/** Asks again until there is an answer; a test waits for a condition, never for luck. The test's own timeout ends it. */
export async function until<Answer>(ask: () => Promise<Answer | null>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
