/** Loops: the same words again and again, as a recogniser says them over music or silence. */

const LONGEST_PERIOD = 60;
/** Shorter repetition is how people talk ("no, no, no"). */
const LEAST_WORDS = 6;

export type Loops = {
  count: number;
  /** Most times that one loop says its words. */
  longest: number;
  /** For each word, whether it only repeats. */
  repeated: boolean[];
};

/** A sentence said three times is a loop; of few words it takes more times. */
const timesNeeded = (period: number) => (period >= 4 ? 3 : 4);

/** Finds runs of words that repeat with a period of 1 to 60 words, inside cues and over their borders. */
export function findLoops(words: string[]): Loops {
  const repeated = words.map(() => false);
  let count = 0;
  let longest = 0;
  for (let period = 1; period <= LONGEST_PERIOD; period++) {
    let run = 0;
    for (let at = period; at <= words.length; at++) {
      if (at < words.length && words[at] === words[at - period]) {
        run++;
        continue;
      }
      const times = Math.floor((run + period) / period);
      if (times >= timesNeeded(period) && run + period >= LEAST_WORDS) {
        const from = at - run;
        // A loop of two words is one of four, six and eight too.
        if (!repeated[from] || !repeated[at - 1]) {
          count++;
          longest = Math.max(longest, times);
        }
        repeated.fill(true, from, at);
      }
      run = 0;
    }
  }
  return { count, longest, repeated };
}
