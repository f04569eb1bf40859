// @ts-check
/** What the user sees while preparations run: a line at each start and end, and a sign of life in between. */

const EVERY_MS = 10_000;

/** @typedef {ReturnType<typeof createProgress>} Progress */

/** @param {NodeJS.WriteStream} out */
export function createProgress(out) {
  /** @type {Map<string, { began: number, last: string }>} */
  const running = new Map();
  const seconds = (/** @type {number} */ began) => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const say = (/** @type {string} */ line) => out.write(`${line}\n`);
  const timer = setInterval(() => {
    for (const [title, { began, last }] of running) {
      say(`  … ${title}, ${seconds(began)}${last ? `: ${shorten(last)}` : ''}`);
    }
  }, EVERY_MS);
  timer.unref();

  return {
    say,
    /** @param {string} title */
    begin(title) {
      running.set(title, { began: performance.now(), last: '' });
      say(`  > ${title}`);
    },
    /** @param {string} title @param {string} line */
    note(title, line) {
      const entry = running.get(title);
      if (entry) entry.last = line;
    },
    /** @param {string} title @param {'done' | 'failed'} outcome */
    end(title, outcome) {
      const entry = running.get(title);
      running.delete(title);
      say(
        `  ${outcome === 'done' ? '+' : 'x'} ${title}${outcome === 'done' ? '' : ' FAILED'}, ${seconds(entry?.began ?? performance.now())}`,
      );
    },
    close: () => clearInterval(timer),
  };
}

/** Terminal control characters of a tool's output would garble ours. @param {string} line */
const shorten = (line) => line.replaceAll(/\p{Cc}/gu, ' ').slice(0, 90);
