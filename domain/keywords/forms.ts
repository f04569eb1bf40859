/** Forms of a spelling that English makes by rule, so that the lexicon need not list them: numbers, tenses, articles, joined words. */

const VERBS = [
  'add adds adding added',
  'average averages averaging averaged',
  'book books booking booked',
  'break breaks breaking broke broken',
  'buy buys buying bought',
  'change changes changing changed',
  'close closes closing closed',
  'cover covers covering covered',
  'cut cuts cutting',
  'diversify diversifies diversifying diversified',
  'draw draws drawing drew drawn',
  'exercise exercises exercising exercised',
  'fill fills filling filled',
  'follow follows following followed',
  'get gets getting got',
  'go goes going went gone',
  'grab grabs grabbing grabbed',
  'hedge hedges hedging hedged',
  'hit hits hitting',
  'hunt hunts hunting hunted',
  'lock locks locking locked',
  'lower lowers lowering lowered',
  'make makes making made',
  'manage manages managing managed',
  'move moves moving moved',
  'place places placing placed',
  'raid raids raiding raided',
  'read reads reading',
  'reduce reduces reducing reduced',
  'ride rides riding rode',
  'risk risks risking risked',
  'roll rolls rolling rolled',
  'run runs running ran',
  'scale scales scaling scaled',
  'secure secures securing secured',
  'sell sells selling sold',
  'set sets setting',
  'shift shifts shifting shifted',
  'short shorts shorting shorted',
  'size sizes sizing sized',
  'squeeze squeezes squeezing squeezed',
  'sweep sweeps sweeping swept',
  'take takes taking took taken',
  'tap taps tapping tapped',
  'test tests testing tested',
  'trade trades trading traded',
  'trail trails trailing trailed',
  'trim trims trimming trimmed',
  'write writes writing wrote written',
].map((forms) => forms.split(' '));
const FORMS_OF = new Map(VERBS.flatMap((forms) => forms.map((form) => [form, forms] as const)));

/** What speech recognition writes for a word of trading; within a phrase the other words say what was meant. */
const HEARD_AS: ReadonlyMap<string, readonly string[]> = new Map([
  ['bearish', ['barish', 'barest']],
  ['block', ['black', 'blog']],
  ['blocks', ['blacks', 'blogs']],
  ['break', ['brake']],
  ['buy', ['by', 'bye']],
  ['fair', ['fare']],
  ['fib', ['fit', 'fig']],
  ['gap', ['gab', 'cap']],
  ['gaps', ['gabs', 'caps']],
  ['high', ['hi', 'hy']],
  ['loss', ['lost', 'laws']],
  ['low', ['lo']],
  ['price', ['prize']],
  ['sell', ['cell']],
  ['swing', ['sling']],
  ['trend', ['trained']],
  ['value', ['valley']],
  ['wick', ['wig', 'wic']],
]);
/** "Driven by calls for", "side by side". */
const AFTER_BY = new Set('side call calls put puts the a order orders'.split(' '));

const DETERMINERS = 'the a an this that these those my your our his their its some any all'.split(' ');
const IS_DETERMINER = new Set(DETERMINERS);
/** "In a range" is sideways, "in the range" is not. */
const PREPOSITIONS = new Set('in within at on out off of into from inside to under over'.split(' '));
/** "Set up" and "broke down" are words of their own, in other senses too. */
const PARTICLES = new Set('up down out off in on over away back'.split(' '));

/** The plural of a phrase's last word; null where it has none, or would be a verb. */
export function pluralOf(spelt: readonly string[]): string[] | null {
  const last = spelt.at(-1) ?? '';
  if (!/^[a-z]{3,}$/.test(last) || /(?:s|ing|ed)$/.test(last)) return null;
  const plural = /[^aeiou]y$/.test(last)
    ? `${last.slice(0, -1)}ies`
    : /(?:ch|sh|x|z)$/.test(last)
      ? `${last}es`
      : `${last}s`;
  return [...spelt.slice(0, -1), plural];
}

/** "Breaks of structure" of "break of structure". */
function pluralHead([head = '', of, ...rest]: readonly string[]): string[] | null {
  const plural = of === 'of' && rest.length > 0 ? pluralOf([head]) : null;
  return plural ? [...plural, of ?? '', ...rest] : null;
}

/** A phrase that begins with a verb of trading, in the verb's other forms: "took profits", "trailing the stop". */
function tenses(spelt: readonly string[]): string[][] {
  const [verb = '', second = '', ...rest] = spelt;
  if (second === '' || (rest.length === 0 && PARTICLES.has(second))) return [];
  return (FORMS_OF.get(verb) ?? []).filter((form) => form !== verb).map((form) => [form, second, ...rest]);
}

/** An article or possessive within a phrase stands for any other, or none: "hit your stop" for "hit my stop". */
function articles(spelt: readonly string[]): string[][] {
  const at = spelt.findIndex((word, position) => position > 0 && IS_DETERMINER.has(word));
  if (at < 0 || at === spelt.length - 1 || PREPOSITIONS.has(spelt[0] ?? '') || PARTICLES.has(spelt[at + 1] ?? ''))
    return [];
  const [before, own, after] = [spelt.slice(0, at), spelt[at], spelt.slice(at + 1)];
  const others = DETERMINERS.filter((word) => word !== own).map((word) => [...before, word, ...after]);
  return before.length + after.length > 1 ? [...others, [...before, ...after]] : others;
}

/** Two words written as one: "stoploss". */
function joined([first = '', second = '', ...rest]: readonly string[]): string[] | null {
  return rest.length === 0 && /^[a-z]{3,}$/.test(first) && /^[a-z]{3,}$/.test(second) ? [first + second] : null;
}

/**
 * All forms of a phrase of two words and more, each a list of lower-case words, without the phrase itself. Phrases of one word have
 * none, as their forms may be other words.
 */
export function formsOf(spelt: readonly string[]): string[][] {
  if (spelt.length < 2) return [];
  const some = (form: string[] | null) => (form ? [form] : []);
  const tensed = [[...spelt], ...tenses(spelt)];
  const withArticles = tensed.flatMap((phrase) => [phrase, ...articles(phrase)]);
  const all = withArticles.flatMap((phrase) => [phrase, ...some(pluralOf(phrase))]);
  const forms = [...all, ...some(pluralHead(spelt)), ...some(joined(spelt))];
  const own = spelt.join(' ');
  return [...new Map(forms.map((form) => [form.join(' '), form])).values()].filter((form) => form.join(' ') !== own);
}

/** What speech recognition makes of a phrase of two words and more, one word at a time. */
export function heardAs(spelt: readonly string[]): string[][] {
  if (spelt.length < 2) return [];
  return spelt.flatMap((word, at) =>
    (HEARD_AS.get(word) ?? [])
      .filter((heard) => heard !== 'by' || spelt.length > 3 || !AFTER_BY.has(spelt[at + 1] ?? ''))
      .map((heard) => spelt.with(at, heard)),
  );
}
