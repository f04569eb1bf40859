/** Whether a new build of the index may go live. */
import type { ReindexInput, ReindexResult } from '../contracts/messages.ts';

export type Evidence = {
  /** Queries that found anything in the build. */
  queries: number;
  recall: ReindexResult['recall'];
  /** Points whose text was embedded anew, and those among them whose vector was that of their text. */
  sampled: number;
  faithful: number;
};
export type Verdict = { accepted: boolean; reason: string };

/** Of the sample; a text that changes while it is looked at is no fault. */
const MIN_FAITHFUL = 0.95;

/** The reason names the figures that decided, for the run's result and the build's report. */
export function judge(
  { queries, recall, sampled, faithful }: Evidence,
  { minRecall, tolerance }: Pick<ReindexInput, 'minRecall' | 'tolerance'>,
): Verdict {
  const kept = (reason: string) => ({ accepted: false, reason });
  if (faithful < MIN_FAITHFUL * sampled)
    return kept(
      `${sampled - faithful} of ${sampled} vectors looked at are not those of their texts; embed the items anew.`,
    );
  if (recall.built === null) return { accepted: true, reason: 'There was no query to compare by.' };
  const built = `recall@10 of the new index is ${shown(recall.built)} on ${queries} queries`;
  if (recall.built < minRecall) return kept(`${built}, below ${minRecall}.`);
  if (recall.live !== null && recall.built < recall.live - tolerance)
    return kept(`${built}, the live one's ${shown(recall.live)}: more than ${tolerance} below.`);
  const live = recall.live === null ? 'the live one is of another model' : `the live one's is ${shown(recall.live)}`;
  return { accepted: true, reason: `${built}; ${live}.` };
}

const shown = (recall: number) => recall.toFixed(4);
