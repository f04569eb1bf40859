/**
 * The index built anew from Postgres beside the live one (blue/green): filled, checked against Postgres, compared by what people
 * asked, then swapped in or dropped. A rollback does the same with the build that was live before, but for the comparison. Search
 * goes on all the while; a run that fails or is cancelled leaves the live index as it was.
 */
import { CancellationScope, continueAsNew, ContinueAsNew, workflowInfo } from '@temporalio/workflow';
import type { ReindexInput, ReindexResult } from '../contracts/messages.ts';
import { ownCancellation, toFailure } from './failures.ts';
import { comparing, embedding, reindexing } from './profiles.ts';
import { Run } from './run-control.ts';

const STAGES = ['begin', 'copy', 'verify', 'compare', 'swap'] as const;
type Stage = (typeof STAGES)[number];
/** Items that one activity copies, or compares: small, so that a retry repeats little and progress is seen. */
const COPIED_AT_ONCE = 20;
const VERIFIED_AT_ONCE = 200;

export async function reindex(input: ReindexInput): Promise<ReindexResult> {
  const run = new Run({ workflowType: 'reindex', stages: STAGES, rerunnable: ['verify', 'compare'], input });
  // Of the first run: a continued one goes on with its build.
  const startedBy = workflowInfo().firstExecutionRunId;
  const { action } = input;
  const soFar = { ...input.soFar };
  let recall: ReindexResult['recall'] = { live: null, built: null };
  let reason = '';
  let refused: string | null = null;
  let buildId = 0;
  let embed = false;
  /** Where the next run goes on copying, once this one has done its share. */
  let copyAfter: number | null = null;

  const work: Record<Stage, () => Promise<{ counts?: Record<string, number>; note?: string }>> = {
    begin: async () => {
      const build = await reindexing.beginBuild({ action, startedBy });
      if (build.buildId === null) refused = 'There is no index from before the live one to go back to.';
      else buildId = build.buildId;
      embed = build.embed;
      return build.generation === null ? {} : { note: `generation ${build.generation}` };
    },
    copy,
    verify,
    compare,
    swap: async () => {
      if (action === 'rollback') reason = 'The index from before is live again, with what was indexed since.';
      await reindexing.swapBuild({ buildId, action, report: { reason, recall, points: soFar.points } });
      return { counts: { points: soFar.points }, note: reason };
    },
  };

  return run.tell(async () => {
    try {
      for (let next = 0; next < STAGES.length && refused === null; ) {
        await run.unpaused();
        next = rerunOr(next);
        const stage = STAGES[next] as Stage;
        if (stage === 'compare' && action === 'rollback') run.skip(stage, 'skipped', 'a rollback is not compared');
        else await run.stage(stage, work[stage]);
        if (copyAfter !== null) await continueAsNew<typeof reindex>({ ...input, buildId, after: copyAfter, soFar });
        next = rerunOr(next + 1);
      }
      if (refused !== null) return await keep(refused);
    } catch (error) {
      if (!(error instanceof ContinueAsNew)) {
        const why = ownCancellation() ? 'cancelled' : toFailure(error, run.progress.stage).message;
        await CancellationScope.nonCancellable(() => drop(`The run ended before the swap: ${why}`));
      }
      throw error;
    }
    return result(action === 'rebuild' ? 'swapped' : 'rolled_back', reason);
  });

  async function copy() {
    let left = input.itemsPerRun;
    for (let after = input.after ?? 0; ; ) {
      const page = await reindexing.listItems({ buildId, after, limit: Math.min(left, COPIED_AT_ONCE) });
      if (page.mediaItemIds.length > 0) {
        const mediaItemIds = embed ? await withVectors(page.mediaItemIds) : page.mediaItemIds;
        const { points } = await reindexing.copyItems({ buildId, mediaItemIds });
        soFar.items += mediaItemIds.length;
        soFar.points += points;
        Object.assign(run.progress.counts, soFar);
        run.show();
      }
      after = page.mediaItemIds.at(-1) ?? after;
      left -= page.mediaItemIds.length;
      if (page.more && left <= 0) copyAfter = after;
      if (!page.more || left <= 0) return { counts: { ...soFar } };
      await run.unpaused();
    }
  }

  /** The items, each with its vectors of the build's model; made where they are missing. */
  async function withVectors(mediaItemIds: number[]): Promise<number[]> {
    const there: number[] = [];
    for (const mediaItemId of mediaItemIds) {
      await run.unpaused();
      try {
        await embedding.embed({ mediaItemId, findable: true });
      } catch (error) {
        if (ownCancellation() || (await reindexing.isThere({ mediaItemId }))) throw error;
        continue;
      }
      there.push(mediaItemId);
    }
    return there;
  }

  async function verify() {
    const counts = { points: 0, recopied: 0, removed: 0 };
    let lacking = 0;
    for (let after: number | null = 0; after !== null; ) {
      const page: Awaited<ReturnType<typeof reindexing.verifyPage>> = await reindexing.verifyPage({
        buildId,
        after,
        limit: VERIFIED_AT_ONCE,
      });
      counts.points += page.points;
      counts.recopied += page.recopied;
      counts.removed += page.removed;
      lacking += page.lacking;
      after = page.after;
      await run.unpaused();
    }
    soFar.points = counts.points;
    if (lacking > 0)
      refused = `${lacking} items have no vectors of that index's model: set EMBEDDING_MODEL to it, restart the workers, and start again.`;
    return { counts };
  }

  async function compare() {
    const { queries, minRecall, tolerance } = input;
    const compared = await comparing.compareBuilds({ buildId, queries, minRecall, tolerance });
    recall = compared.recall;
    reason = compared.reason;
    if (!compared.accepted) refused = compared.reason;
    return { counts: { queries: compared.queries, sampled: compared.sampled }, note: compared.reason };
  }

  async function keep(why: string): Promise<ReindexResult> {
    await drop(why);
    for (const { stage, status } of run.progress.stages)
      if (status === 'pending') run.skip(stage, 'skipped', 'the live index stays');
    return result('kept', why);
  }

  function drop(why: string): Promise<void> {
    return reindexing.abandonBuild({ startedBy, report: { reason: why, recall, points: soFar.points } });
  }

  function result(outcome: ReindexResult['outcome'], why: string): ReindexResult {
    return { buildId, outcome, reason: why, ...soFar, recall };
  }

  /** The stage that somebody asked to go back to, or `next`. */
  function rerunOr(next: number): number {
    const wanted = run.takeRerun();
    if (wanted === null) return next;
    refused = null;
    return STAGES.indexOf(wanted as Stage);
  }
}
