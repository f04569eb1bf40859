import type { Concept } from '../../contracts/keywords.ts';
import type { Citation, StrategyExample } from '../../contracts/strategies.ts';

/** A concept as stored: which cues it was read from. */
export type TaughtConcept = Omit<Concept, 'cueIndexes'> & {
  cueIds: number[];
  mediaItemId: number;
  clipId: number | null;
};

/** A cue with where it comes from. */
export type LessonCue = {
  id: number;
  mediaItemId: number;
  clipId: number | null;
  startMs: number;
  endMs: number;
  text: string;
};

/** A sentence, or a few cues where the transcript has no punctuation: the unit in which a rule can be found taught. */
export type Moment = { text: string; parts: { cue: LessonCue; quote: string }[]; ofKeyword: boolean };

/** What the examples say, ready to be asked for moments and parameters. */
export type Lesson = { keyword: string; moments: Moment[]; cues: Map<number, LessonCue>; concepts: TaughtConcept[] };

/** Longer "sentences" are unpunctuated captions. */
const MAX_SENTENCE_CUES = 4;
const WINDOW_CUES = 2;
/** Patterns are tried on so much of a moment; one that is longer is no sentence, and hostile text must not make them slow. */
const READ_CHARS = 600;

/** Where each cue lies in the cues' joined text (one space between). */
const join = (cues: readonly LessonCue[]): { text: string; spans: { cue: LessonCue; from: number; to: number }[] } => {
  let text = '';
  const spans = cues.map((cue) => {
    if (text !== '') text += ' ';
    const from = text.length;
    text += cue.text;
    return { cue, from, to: text.length };
  });
  return { text, spans };
};

/** The stretch [from, to) of the cues' joined text, as one literal quote of each cue it touches. */
const quoteParts = (cues: readonly LessonCue[], from: number, to: number): Moment['parts'] =>
  join(cues).spans.flatMap(({ cue, from: start, to: end }) => {
    const quote = cue.text.slice(Math.max(from - start, 0), Math.max(Math.min(to, end) - start, 0)).trim();
    return quote === '' ? [] : [{ cue, quote }];
  });

const sentenceEnds = (text: string): number[] => {
  const ends = [...text.matchAll(/[.!?]["')\]]*(?=\s|$)/g)].map((match) => match.index + match[0].length);
  return ends.at(-1) === text.length ? ends : [...ends, text.length];
};

const windows = (cues: readonly LessonCue[], ofKeyword: boolean): Moment[] =>
  cues.map((_, i) => {
    const slice = cues.slice(i, i + WINDOW_CUES);
    return { text: join(slice).text, parts: slice.map((cue) => ({ cue, quote: cue.text.trim() })), ofKeyword };
  });

const momentsOf = (cues: readonly LessonCue[], ofKeyword: boolean): Moment[] => {
  const { text } = join(cues);
  let from = 0;
  return sentenceEnds(text).flatMap((to) => {
    const parts = quoteParts(cues, from, to);
    const sentence = text.slice(from, to).trim();
    from = to;
    if (parts.length === 0) return [];
    if (parts.length <= MAX_SENTENCE_CUES) return [{ text: sentence, parts, ofKeyword }];
    return windows(
      parts.map((part) => part.cue),
      ofKeyword,
    );
  });
};

/** Opens the examples of a keyword. Concepts whose cues are not all among the examples are left out: nothing could cite them. */
export const openLesson = (input: {
  keyword: string;
  examples: readonly StrategyExample[];
  concepts: readonly TaughtConcept[];
}): Lesson => {
  const cues = new Map<number, LessonCue>();
  const moments: Moment[] = [];
  for (const example of input.examples) {
    const own = example.cues
      .filter((cue) => cue.text.trim() !== '')
      .map((cue) => ({ ...cue, mediaItemId: example.mediaItemId, clipId: example.clipId }));
    for (const cue of own) if (!cues.has(cue.id)) cues.set(cue.id, cue);
    moments.push(...momentsOf(own, example.keyword.toLowerCase() === input.keyword.toLowerCase()));
  }
  const concepts = input.concepts.filter(
    (concept) => concept.cueIds.length > 0 && concept.cueIds.every((id) => cues.has(id)),
  );
  return { keyword: input.keyword, moments, cues, concepts };
};

/** A moment as citations, one for each cue it touches. */
export const cite = (moment: Moment): Citation[] =>
  moment.parts.map(({ cue, quote }) => ({
    cueId: cue.id,
    mediaItemId: cue.mediaItemId,
    clipId: cue.clipId,
    startMs: cue.startMs,
    endMs: cue.endMs,
    quote,
  }));

/** The words that a concept was read from, cue by cue; whole cues where its quote is not found literally. */
export const citeConcept = (lesson: Lesson, concept: TaughtConcept): Citation[] => {
  const cues = concept.cueIds.flatMap((id) => lesson.cues.get(id) ?? []);
  const { text } = join(cues);
  const from = text.indexOf(concept.quote);
  const found = from >= 0 && concept.quote !== '';
  const parts = quoteParts(cues, found ? from : 0, found ? from + concept.quote.length : text.length);
  return cite({ text, parts, ofKeyword: true });
};

const matchesAll = (moment: Moment, patterns: readonly RegExp[]): boolean =>
  patterns.every((pattern) => pattern.test(moment.text.slice(0, READ_CHARS)));

/** The first moment in which all patterns occur; moments of the keyword's own examples before others. */
export const findMoment = (lesson: Lesson, patterns: readonly RegExp[]): Moment | null => {
  const found = lesson.moments.filter((moment) => matchesAll(moment, patterns));
  return found.find((moment) => moment.ofKeyword) ?? found[0] ?? null;
};

export const mentions = (lesson: Lesson, pattern: RegExp): boolean =>
  lesson.moments.some((moment) => matchesAll(moment, [pattern]));
