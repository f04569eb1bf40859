import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTranscript } from './read-transcript.ts';
import { formatTime } from './timing.ts';

const read = (text: string, name: string) => readTranscript(new TextEncoder().encode(text), name);
const wordsOf = (cues: { text: string }[]) => cues.flatMap(({ text }) => text.split(' '));

type Line = { words: string[]; startMs: number; stepMs: number; endMs: number };
/** Lines as they are said one after the other; few different words, so that lines repeat by themselves. */
const linesArb = (word: fc.Arbitrary<string>, least: number) =>
  fc
    .array(
      fc.record({
        words: fc.array(word, { minLength: least, maxLength: 6 }),
        stepMs: fc.integer({ min: 20, max: 900 }),
        pauseMs: fc.constantFrom(0, 0, 0, 120, 4_000),
      }),
      { minLength: 1, maxLength: 25 },
    )
    .map((made) => {
      let at = 1_000;
      return made.map(({ words, stepMs, pauseMs }): Line => {
        const line = { words, stepMs, startMs: at + pauseMs, endMs: at + pauseMs + words.length * stepMs };
        at = line.endMs + 10;
        return line;
      });
    });
const fewWords = fc.constantFrom('no', 'buy', 'low', 'the', 'a&b', "it's");

/** The way of the video site: the last line above, the new one with times inside, then a moment of the new one alone. */
function asVtt(lines: Line[]): string {
  const cue = (startMs: number, endMs: number, text: string[]) =>
    `${formatTime(startMs)} --> ${formatTime(endMs)} align:start position:0%\n${text.join('\n')}\n`;
  const escaped = (word: string) => word.replaceAll('&', '&amp;');
  const blocks = lines.flatMap(({ words, startMs, stepMs, endMs }, index) => {
    const plain = words.map(escaped).join(' ');
    const timed = words
      .map((word, at) => (at === 0 ? escaped(word) : `<${formatTime(startMs + at * stepMs)}><c> ${escaped(word)}</c>`))
      .join('');
    const above = lines[index - 1]?.words.map(escaped).join(' ') ?? ' ';
    return [cue(startMs, endMs, [above, timed]), cue(endMs, endMs + 10, [plain, ' '])];
  });
  return `WEBVTT\nKind: captions\nLanguage: en\n\n${blocks.join('\n')}`;
}

test('rolling WebVTT gives each word once, with its time', () => {
  fc.assert(
    fc.property(linesArb(fewWords, 1), (lines) => {
      // Without a single inline time nothing shows that a line is new.
      fc.pre(lines.some(({ words }) => words.length > 1));
      const { cues } = read(asVtt(lines), 'auto.en.vtt');
      expect(wordsOf(cues)).toEqual(lines.flatMap(({ words }) => words));
      const starts = lines.flatMap(({ words, startMs, stepMs }) => words.map((_, at) => startMs + at * stepMs));
      expect(cues.flatMap(({ words }) => words?.map((word) => word.startMs) ?? [])).toEqual(starts);
    }),
    { numRuns: 400 },
  );
});

/** Two lines on screen without times inside, as converters leave them. */
const shownTwo = (lines: Line[]) =>
  lines.map((line, index) => ({
    startMs: line.startMs,
    endMs: lines[index + 1]?.startMs ?? line.endMs,
    text: [...(index > 0 ? [lines[index - 1]?.words.join(' ') ?? ''] : []), line.words.join(' ')],
  }));
const numbered = linesArb(fc.constant('w'), 2).map((lines) => {
  let count = 0;
  return lines.map((line) => ({ ...line, words: line.words.map(() => `w${count++}`) }));
});

test.each([
  [
    'SubRip',
    'auto.srt',
    (lines: Line[]) =>
      shownTwo(lines)
        .map(({ startMs, endMs, text }) => `1\n${formatTime(startMs)} --> ${formatTime(endMs)}\n${text.join('\n')}\n`)
        .join('\n'),
  ],
  [
    'JSON with lines',
    'auto.json',
    (lines: Line[]) =>
      JSON.stringify(
        shownTwo(lines).map(({ startMs, endMs, text }) => ({
          text: text.join('\n'),
          start: startMs / 1000,
          duration: (endMs - startMs) / 1000,
        })),
      ),
  ],
  [
    'JSON in one line',
    'auto.json',
    (lines: Line[]) =>
      JSON.stringify(
        shownTwo(lines).map(({ startMs, endMs, text }) => ({
          text: text.join(' '),
          offset: startMs,
          duration: endMs - startMs,
        })),
      ),
  ],
])('rolling %s gives each word once', (_, name, write) => {
  fc.assert(
    fc.property(numbered, (lines) => {
      fc.pre(lines.length >= 5);
      expect(wordsOf(read(write(lines), name).cues)).toEqual(lines.flatMap(({ words }) => words));
    }),
    { numRuns: 200 },
  );
});

test('srv3 and json3 keep each word once, with its time, and end with the next', () => {
  fc.assert(
    fc.property(linesArb(fewWords, 2), (lines) => {
      const srv3 = lines
        .map(({ words, startMs, stepMs }) => {
          const pieces = words.map(
            (word, at) =>
              `<s${at > 0 ? ` t="${at * stepMs}"` : ''} ac="0">${at > 0 ? ' ' : ''}${word.replace('&', '&amp;')}</s>`,
          );
          return `<p t="${startMs}" d="9000" w="1">${pieces.join('')}</p>\n<p t="${startMs + 3}" d="8000" w="1" a="1">\n</p>`;
        })
        .join('\n');
      const json3 = lines.flatMap(({ words, startMs, stepMs }) => [
        {
          tStartMs: startMs,
          dDurationMs: 9000,
          segs: words.map((word, at) => ({
            utf8: at > 0 ? ` ${word}` : word,
            ...(at > 0 ? { tOffsetMs: at * stepMs } : {}),
          })),
        },
        { tStartMs: startMs + 3, dDurationMs: 8000, aAppend: 1, segs: [{ utf8: '\n' }] },
      ]);
      const files = [
        read(`<?xml version="1.0"?><timedtext format="3"><body>${srv3}</body></timedtext>`, 'a.srv3'),
        read(JSON.stringify({ wireMagic: 'pb3', events: json3 }), 'a.json3'),
      ];
      for (const { cues } of files) {
        expect(wordsOf(cues)).toEqual(lines.flatMap(({ words }) => words));
        const starts = lines.flatMap(({ words, startMs, stepMs }) => words.map((_, at) => startMs + at * stepMs));
        expect(cues.flatMap(({ words }) => words?.map((word) => word.startMs) ?? [])).toEqual(starts);
        if (lines.length > 3)
          for (const [at, cue] of cues.entries())
            expect(cue.endMs).toBeLessThanOrEqual(cues[at + 1]?.startMs ?? Number.POSITIVE_INFINITY);
      }
    }),
    { numRuns: 200 },
  );
});

test('a recogniser in a loop is left as it is, for the report to find', () => {
  const srt = Array.from(
    { length: 20 },
    (_, at) => `${formatTime(at * 2_000)} --> ${formatTime(at * 2_000 + 2_000)}\nThank you.\n`,
  );
  expect(read(srt.join('\n'), 'loop.srt').cues).toHaveLength(20);
});
