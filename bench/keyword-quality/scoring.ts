/** What hits are worth against labels. Pure: times are milliseconds, shares 0–1. */
import { type Category, CATEGORIES } from '../../contracts/keywords.ts';
import type { Label, Window } from './labels.ts';

/** A mention that the matcher reports. */
export type Hit = { source: string; atMs: number; term: string; category: Category };
export type Share = { of: number; count: number; low: number; high: number };
export type Verdicts = {
  found: Label[];
  missed: Label[];
  right: Hit[];
  wrong: Hit[];
  misled: Label[];
  leftAlone: Label[];
};

const Z = 1.959964;

/** `count` of `of` with its 95 % interval after Wilson; 0 to 1 when there is nothing to count. */
export function wilson(count: number, of: number): Share {
  if (count < 0 || count > of) throw new RangeError(`${count} of ${of} is no share.`);
  if (of === 0) return { count, of, low: 0, high: 1 };
  const share = count / of;
  const centre = share + (Z * Z) / (2 * of);
  const spread = Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const scale = 1 + (Z * Z) / of;
  return { count, of, low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}

const names = (label: Label, term: string) => label.term === term || label.also.includes(term);

/**
 * Pairs labels with hits of the same source and term that lie at most `toleranceMs` apart, each at most once, so that as many as
 * possible are paired; the label's own term goes before `also`, the nearer before the farther.
 */
export function pairUp(labels: readonly Label[], hits: readonly Hit[], toleranceMs: number): Map<Label, Hit> {
  const byTime = hits.toSorted((a, b) => a.atMs - b.atMs);
  const choices = new Map(
    labels.map((label) => {
      const near = byTime.filter(
        (hit) =>
          hit.source === label.source && Math.abs(hit.atMs - label.atMs) <= toleranceMs && names(label, hit.term),
      );
      const cost = (hit: Hit) => (hit.term === label.term ? 0 : toleranceMs + 1) + Math.abs(hit.atMs - label.atMs);
      return [label, near.toSorted((a, b) => cost(a) - cost(b))];
    }),
  );
  const holder = new Map<Hit, Label>();
  const settle = (label: Label, tried: Set<Hit>): boolean =>
    (choices.get(label) ?? []).some((hit) => {
      if (tried.has(hit)) return false;
      tried.add(hit);
      const other = holder.get(hit);
      if (other !== undefined && !settle(other, tried)) return false;
      holder.set(hit, label);
      return true;
    });
  for (const label of labels) settle(label, new Set());
  return new Map([...holder].map(([hit, label]) => [label, hit]));
}

/**
 * Judges the hits in windows that were labelled exhaustively: a hit inside one that no true label pairs with is wrong. Hits up to
 * the tolerance outside may still be a label's; unpaired they are nobody's concern.
 */
export function judge(windows: readonly Window[], labels: readonly Label[], hits: readonly Hit[], toleranceMs: number) {
  const truths = labels.filter(({ verdict }) => verdict);
  const traps = labels.filter(({ verdict }) => !verdict);
  const inside = (hit: Hit) =>
    windows.some(({ source, fromMs, toMs }) => source === hit.source && hit.atMs >= fromMs && hit.atMs < toMs);
  const pairs = pairUp(truths, hits, toleranceMs);
  const right = new Set(pairs.values());
  const wrong = hits.filter((hit) => !right.has(hit) && inside(hit));
  const sprung = pairUp(traps, wrong, toleranceMs);
  const verdicts: Verdicts = {
    found: truths.filter((label) => pairs.has(label)),
    missed: truths.filter((label) => !pairs.has(label)),
    right: [...right],
    wrong,
    misled: traps.filter((label) => sprung.has(label)),
    leftAlone: traps.filter((label) => !sprung.has(label)),
  };
  return verdicts;
}

export type Row = { category: Category | 'all'; recall: Share; precision: Share; falseMentions: Share };

/** One row a category that occurs, and one over all. Recall counts by the label's category, precision by the hit's. */
export function tally({ found, missed, right, wrong, misled, leftAlone }: Verdicts): Row[] {
  const row = (category: Row['category'], counts: (of: { category: Category }[]) => number): Row => ({
    category,
    recall: wilson(counts(found), counts(found) + counts(missed)),
    precision: wilson(counts(right), counts(right) + counts(wrong)),
    falseMentions: wilson(counts(leftAlone), counts(leftAlone) + counts(misled)),
  });
  const perCategory = CATEGORIES.map((category) =>
    row(category, (of) => of.filter((one) => one.category === category).length),
  );
  const occurring = perCategory.filter(({ recall, precision, falseMentions }) =>
    [recall, precision, falseMentions].some(({ of }) => of > 0),
  );
  return [...occurring, row('all', (of) => of.length)];
}

/** Recall of the labels as they are said: outright, misheard, elliptical. */
export function byForm({ found, missed }: Verdicts): { form: 'outright' | 'misheard' | 'elliptical'; recall: Share }[] {
  return (['outright', 'misheard', 'elliptical'] as const).map((form) => {
    const count = (labels: readonly Label[]) => labels.filter((label) => (label.form ?? 'outright') === form).length;
    return { form, recall: wilson(count(found), count(found) + count(missed)) };
  });
}
