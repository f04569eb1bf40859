/** Our matcher against one RegExp alternation and against pyahocorasick: the same terms, the same text, per byte. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PhraseAutomaton } from '../domain/keywords/automaton.ts';
import { termFinder } from '../domain/keywords/find-terms.ts';
import { LEXICON } from '../domain/keywords/lexicon.ts';
import { Vocabulary } from '../domain/keywords/vocabulary.ts';
import { startPeer } from './keywords/peer.ts';
import { agreement, leftmostLongest, type Place } from './keywords/places.ts';
import { benchSpeech, benchTerms } from './keywords/texts.ts';
import type { Bench } from './result.ts';
import { compare, measured, type Side } from './runner.ts';

const TERMS = 2_500;
const MB = 1_000_000;
/** For ours and pyahocorasick; the RegExp takes most of a minute for its one. */
const LONG_MB = 50;
const OVER_REGEXP = { atLeast: 1_000 };
/** What a word is made of, in any script. */
const WORD = '[\\p{L}\\p{N}\\p{M}]';

export const keywords: Bench = {
  name: 'keywords',
  title: 'our matcher against a RegExp alternation and pyahocorasick',
  async run(context) {
    const terms = benchTerms(TERMS);
    const [short, long] = [await benchSpeech(MB), await benchSpeech(LONG_MB * MB)];
    const folder = await mkdtemp(path.join(tmpdir(), 'tapeworks-keywords-'));
    context.onEnd(() => rm(folder, { recursive: true, force: true }));
    const files = {
      terms: path.join(folder, 'terms'),
      short: path.join(folder, 'short'),
      long: path.join(folder, 'long'),
    };
    await Promise.all([
      writeFile(files.terms, terms.join('\n')),
      writeFile(files.short, short),
      writeFile(files.long, long),
    ]);
    const peer = await startPeer(files.terms, context);
    const find = ourSearch(terms);
    const longestFirst = terms.toSorted((a, b) => b.length - a.length).join('|');
    const byUnicode = searchBy(new RegExp(`(?<!${WORD})(?:${longestFirst})(?!${WORD})`, 'giu'));
    const byAscii = searchBy(new RegExp(`\\b(?:${longestFirst})\\b`, 'gi'));
    const finder = termFinder(LEXICON);

    context.say('what each of them finds in 1 MB');
    const ours = leftmostLongest(find(short));
    const measures = [
      measured('places found in 1 MB', '', [ours.length]),
      measured('agreement with the RegExp', '%', [agreement(ours, byUnicode(short))], { atLeast: 100 }),
      measured(
        'agreement with pyahocorasick',
        '%',
        [agreement(ours, leftmostLongest(await peer.places(files.short)))],
        {
          atLeast: 100,
        },
      ),
    ];
    const here = (name: string, text: string, search: (text: string) => unknown): Side => ({
      name,
      measure: async () => timed(text, search),
    });
    const matcher = here(`ours, ${LONG_MB} MB`, long, find);
    const options = { unit: 'MB/s', better: 'higher', rounds: context.rounds, say: context.say } as const;
    // The RegExp was warmed up by what it found above.
    await matcher.measure();
    const comparisons = [
      await compare(matcher, here('RegExp of Unicode words, 1 MB', short, byUnicode), {
        ...options,
        name: 'any script',
        goal: OVER_REGEXP,
        warmUps: 0,
      }),
      await compare(matcher, here('RegExp of ASCII words, 1 MB', short, byAscii), { ...options, name: 'ASCII' }),
      await compare(
        matcher,
        { name: `pyahocorasick, ${LONG_MB} MB`, measure: async () => LONG_MB / (await peer.time(files.long)) },
        { ...options, name: `${LONG_MB} MB` },
      ),
    ];
    const whole: number[] = [];
    for (let round = 0; round < context.rounds; round += 1) whole.push(timed(long.slice(0, 10 * MB), finder.find));
    measures.push(measured('all of the lexicon, with contexts and the longest term, 10 MB', 'MB/s', whole));
    return {
      settings: { terms: TERMS, 'RegExp text, MB': 1, 'text, MB': LONG_MB, pyahocorasick: peer.version },
      measures,
      comparisons,
      notes: [
        'The RegExp of Unicode words does what the matcher has to: words of any script, in any case (flags giu). That of ASCII words (\\b, flags gi) is the short cut V8 is fast at; it would find “RSI” in “RSIé”.',
        'Each finds all whole-word places of the same 2,500 spellings of the lexicon, in any case, in the same speech: real cues in a drawn order.',
        'Ours and pyahocorasick find overlapping places too; for the agreement the leftmost, then longest of them count, as in the alternation, whose longest terms come first.',
        'The time of pyahocorasick holds the check for whole words, which it leaves to Python; making the automatons is not counted.',
      ],
    };
  },
};

/** Every place of every term, overlapping ones too. */
function ourSearch(terms: string[]): (text: string) => Place[] {
  const phrases = terms.map((term) => term.split(' '));
  const vocabulary = new Vocabulary(phrases.flat());
  const automaton = new PhraseAutomaton(phrases, vocabulary);
  return (text) => {
    const scanned = vocabulary.scan(text);
    return automaton
      .find(scanned)
      .map(({ first, last }): Place => [scanned.starts[first] ?? 0, scanned.ends[last] ?? 0]);
  };
}

const searchBy =
  (pattern: RegExp) =>
  (text: string): Place[] =>
    Array.from(text.matchAll(pattern), (match): Place => [match.index, match.index + match[0].length]);

/** Megabytes a second; a character of these texts is a byte. */
function timed(text: string, search: (text: string) => unknown): number {
  const began = performance.now();
  search(text);
  return text.length / MB / ((performance.now() - began) / 1_000);
}
