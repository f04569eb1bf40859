import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TapeworksError } from '../../contracts/errors.ts';
import { transcriptSchema } from '../../contracts/transcripts.ts';
import { readTranscript } from './read-transcript.ts';
import { formatTime } from './timing.ts';
import { ttmlTime } from './ttml.ts';

const read = (text: string, name: string, durationMs: number | null = null) =>
  readTranscript(new TextEncoder().encode(text), name, { durationMs });
const brief = (text: string, name: string, durationMs?: number) =>
  read(text, name, durationMs).cues.map(({ startMs, endMs, text: words }) => [startMs, endMs, words]);
function refusal(text: string, name: string): string {
  try {
    read(text, name);
  } catch (error) {
    if (error instanceof TapeworksError && error.code === 'TRANSCRIPT_BROKEN') return error.message;
    throw error;
  }
  return 'was read';
}

describe('YouTube JSON', () => {
  const seconds = [
    { text: 'the R&amp;D\nteam', start: 1.5, duration: 2 },
    { text: 'waits', start: 3.5, duration: 1.25 },
  ];
  const cues = [
    [1500, 3500, 'the R&D team'],
    [3500, 4750, 'waits'],
  ];
  const asMs = seconds.map(({ text, start, duration }) => ({ text, offset: start * 1000, duration: duration * 1000 }));
  test.each([
    ['start in seconds', seconds],
    [
      'as strings',
      seconds.map((entry) => ({ ...entry, start: String(entry.start), duration: String(entry.duration) })),
    ],
    ['offset in seconds', seconds.map(({ text, start, duration }) => ({ text, offset: start, duration, lang: 'en' }))],
    ['offset in milliseconds', asMs],
    ['milliseconds by multiplication', asMs.map((entry) => ({ ...entry, offset: entry.offset + 1e-10 }))],
    ['inside an object', { videoId: 'x', language: 'en', segments: seconds }],
    ['snippets', { language_code: 'en', snippets: seconds }],
  ])('%s', (_, json) => {
    const text = JSON.stringify(json);
    expect(brief(text, 'a.json')).toEqual(cues);
    expect(read(text, 'a.json').format).toBe('youtube-json');
  });

  test('the unit is right whatever the pace, with and without lengths', () => {
    const entry = fc.record({
      text: fc.stringMatching(/^[a-z]{2,6}( [a-z]{2,6}){1,7}$/),
      rate: fc.double({ min: 4, max: 30, noNaN: true }),
      gap: fc.double({ min: 0, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 30 }), fc.boolean(), fc.boolean(), (made, inMs, whole) => {
        let at = 0;
        const unit = inMs ? 1000 : 1;
        const round = (value: number) => (whole && inMs ? Math.round(value) : value);
        const list = made.map(({ text, rate, gap }) => {
          const start = at + gap;
          at = start + text.length / rate;
          return { text, offset: round(start * unit), duration: round((at - start) * unit) };
        });
        const last = read(JSON.stringify(list), 'a.json').cues.at(-1);
        expect(Math.abs((last?.endMs ?? 0) - at * 1000)).toBeLessThan(3);
      }),
    );
  });

  test("the media's length decides where only one unit fits", () => {
    const slow = JSON.stringify([{ text: 'ho', offset: 0, duration: 60_000 }]);
    expect(brief(slow, 'a.json', 61_000)).toEqual([[0, 60_000, 'ho']]);
    const music = JSON.stringify([{ text: '[Music]', start: 0, duration: 80 }]);
    expect(brief(music, 'a.json', 90_000)).toEqual([[0, 80_000, '[Music]']]);
  });

  test('cues that stay on screen end with the next, which is no overlap', () => {
    const list = Array.from({ length: 6 }, (_, at) => ({ text: `words number ${at}`, start: at * 2, duration: 5 }));
    const { cues: found, repairs } = read(JSON.stringify(list), 'a.json');
    expect(found.map(({ startMs, endMs }) => endMs - startMs)).toEqual([2000, 2000, 2000, 2000, 2000, 5000]);
    expect(repairs[0]?.what).toContain('stay on screen');
  });
});

describe('Whisper JSON, further layouts', () => {
  test('words beside the segments go into them', () => {
    const json = {
      task: 'transcribe',
      language: 'english',
      duration: 4,
      segments: [
        { id: 0, start: 0, end: 2, text: ' Buy low.' },
        { id: 1, start: 2, end: 4, text: ' Sell.' },
      ],
      words: [
        { word: 'Buy', start: 0, end: 0.5 },
        { word: 'low', start: 0.5, end: 1 },
        { word: 'Sell', start: 2.1, end: 3 },
      ],
    };
    expect(read(JSON.stringify(json), 'a.json').cues.map(({ words }) => words?.map(({ text }) => text))).toEqual([
      ['Buy', 'low'],
      ['Sell'],
    ]);
  });
  test('a word without a time, an open end, milliseconds', () => {
    const words = [{ word: 'In' }, { word: '2014', start: 1, end: 1.5 }];
    const open = { chunks: [{ timestamp: [0, null], text: 'the end' }] };
    expect(
      read(JSON.stringify({ segments: [{ start: 0, end: 2, text: 'In 2014', words }] }), 'a.json').cues[0]?.words,
    ).toHaveLength(1);
    expect(brief(JSON.stringify(open), 'a.json')).toEqual([[0, 455, 'the end']]);
    expect(brief(JSON.stringify({ segments: [{ start: 500, end: 2500, text: 'We wait for it' }] }), 'a.json')).toEqual([
      [500, 2500, 'We wait for it'],
    ]);
  });
});

describe('timed text', () => {
  test.each([
    [
      'srv1',
      '<?xml version="1.0"?><transcript><text start="1.5" dur="2">it&amp;#39;s &lt;b>on&lt;/b></text><text start="4">now</text></transcript>',
    ],
    [
      'srv3',
      '<timedtext format="3"><body><p t="1500" d="2000">it&amp;#39;s on</p><p t="4000">now</p></body></timedtext>',
    ],
    [
      'comments and CDATA',
      "<transcript><!-- <text> --><text start='1.5' dur='2'><![CDATA[it's on]]></text><text start='4'>now</text></transcript>",
    ],
  ])('%s', (_, xml) => {
    expect(brief(xml, 'a.xml')).toEqual([
      [1500, 3500, "it's on"],
      [4000, 4300, 'now'],
    ]);
  });
  test.each([
    ['00:00:01.500', 1500],
    ['01:00:00:15', 3_600_600],
    ['12.5s', 12_500],
    ['90m', 5_400_000],
    ['1500ms', 1500],
    ['50f', 2000],
    ['20000000t', 2000],
    ['1:2', null],
  ])('TTML time %s', (text, ms) => expect(ttmlTime(text, { frames: 25, ticks: 10_000_000 })).toBe(ms));
  test('TTML paragraphs', () =>
    expect(
      read(
        '<?xml version="1.0"?><tt xml:lang="en" xmlns="x"><body><div><p begin="00:00:01.000" end="00:00:02.000">Buy<br/>the <span tts:color="red">dip</span></p><p begin="3s" dur="1s">now</p></div></body></tt>',
        'a.ttml',
      ),
    ).toMatchObject({
      format: 'ttml',
      language: 'en',
      cues: [
        { startMs: 1000, endMs: 2000, text: 'Buy the dip' },
        { startMs: 3000, endMs: 4000, text: 'now' },
      ],
    }));
});

describe('plain text', () => {
  const wanted = [
    [12_000, 14_430, 'We buy low.'],
    [62_000, 64_560, 'We sell high'],
  ];
  test.each([
    ['time in front', '00:12 We buy low.\n01:02 We sell high\n'],
    ['brackets and hours', '[0:00:12] We buy low.\n[0:01:02] We sell high\n'],
    ['dash', '00:00:12 - We buy low.\n00:01:02 - We sell high\n'],
    ['its own line', '0:12\nWe buy low.\n1:02\nWe sell\nhigh\n'],
    ['for screen readers', '0:12\n12 seconds\nWe buy low.\n1:02\n1 minute, 2 seconds\nWe sell high\n'],
    ['speaker, then time', 'Maya Lee  0:12\nWe buy low.\n\nJon  1:02\nWe sell high\n'],
    ['speaker in the line', 'A title\n\nMaya (00:12): We buy low.\nJon (01:02): We sell high'],
    ['speaker after the time', '00:12 Maya: We buy low.\n01:02 Maya: We sell high'],
  ])('%s', (_, text) => {
    const transcript = read(text, 'a.txt');
    expect(transcript.cues.map(({ startMs, endMs, text: words }) => [startMs, endMs, words])).toEqual(wanted);
    expect(transcript.estimatedTimes).toBeUndefined();
  });

  test('ranges keep their ends', () =>
    expect(brief('[00:01.000 --> 00:03.500]  We buy.\n[00:03.500 --> 00:04.000]  Now.\n', 'a.txt')).toEqual([
      [1000, 3500, 'We buy.'],
      [3500, 4000, 'Now.'],
    ]));

  test("without times they are reckoned, from the media's length or 150 words a minute", () => {
    const text = 'Note: we wait at 10:30. Then we buy the dip.\n\nLater we sell it.';
    const known = read(text, 'a.txt', 60_000);
    expect(known).toMatchObject({ format: 'text', estimatedTimes: true });
    expect(known.cues.map((cue) => cue.text)).toEqual([
      'Note: we wait at 10:30.',
      'Then we buy the dip.',
      'Later we sell it.',
    ]);
    expect(known.cues[0]?.startMs).toBe(0);
    expect(known.cues.at(-1)?.endMs).toBe(60_000);
    expect(read(text, 'a.txt').cues.at(-1)?.endMs).toBe((14 / 150) * 60_000);
    expect(known.repairs).toContainEqual({
      line: null,
      what: "no times in the text; reckoned from the media's length",
    });
  });

  test('every word of any prose is kept in order', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}[.,!?]?$/);
    fc.assert(
      fc.property(
        fc.array(fc.array(word, { minLength: 1, maxLength: 80 }), { minLength: 1, maxLength: 8 }),
        (lines) => {
          const text = lines.map((line) => line.join(' ')).join('\n');
          expect(read(text, 'a.txt', 600_000).cues.flatMap((cue) => cue.text.split(' '))).toEqual(lines.flat());
        },
      ),
    );
  });
});

describe('hostile files', () => {
  const entities = `<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(20)}">]><transcript><text start="0" dur="1">&b;</text></transcript>`;
  test.each([
    ['entities that grow', entities, 'a.xml', 'line 1: a document type declaration'],
    ['a tag without end', '<transcript><text start="0', 'a.xml', 'has no end'],
    ['other XML', '<?xml version="1.0"?><rss></rss>', 'a.xml', 'expected SubRip (.srt)'],
    ['a picture', `\u0089PNG\r\n\u001a\n${'\u0000\u0001\u0002\ufffd'.repeat(50)}`, 'a.txt', 'which is no text'],
    ['deep JSON', '['.repeat(200_000), 'a.json', 'the file ends too early'],
    ['deep JSON that is whole', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'a.json', 'no segment has both'],
    ['JSON of something else', '{"name": "package", "version": "1"}', 'a.json', 'expected a list "segments"'],
  ])('%s', (_, text, name, message) => expect(refusal(text, name)).toContain(message));

  test('a file larger than any transcript is not even decoded', () => {
    const bytes = new Uint8Array(64 * 1024 * 1024 + 1);
    expect(() => readTranscript(bytes, 'a.srt')).toThrow('at most 64 MiB');
  });

  test('long lines are read in a time that grows with them only; NUL bytes and lone surrogates go', () => {
    const long = `1\n00:00:01,000 --> 00:00:02,000\n${'word '.repeat(400_000)}\u0000\ud800`;
    const { cues } = read(long, 'a.srt');
    expect(cues).toHaveLength(1);
    expect(cues[0]?.text).not.toContain('\u0000');
    expect(read(`a\u0000b ${'Some word. '.repeat(60_000)}`, 'a.txt').cues.length).toBeGreaterThan(1_000);
    const xml = `<transcript>${'<text start="1" dur="1">word</text>'.repeat(60_000)}</transcript>`;
    expect(read(xml, 'a.xml').cues).toHaveLength(1);
  });

  test('any pieces of the formats give a valid transcript or the one error', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '0:12 ',
        '\n',
        '[1:02:03] ',
        'Maya: ',
        '<p t="1" d="2">',
        '<text start="1" dur="1">',
        '</text>',
        '<s t="5">',
        '&amp;#39;',
        '<tt>',
        '<p begin="1s">',
        '{"events":[',
        '{"text":"a","start":',
        '1,"duration":2}',
        ']',
        ']}',
        '<!--',
        '<![CDATA[',
        'w ',
        '-->',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 25 }),
        fc.constantFrom('a.txt', 'a.xml', 'a.json3', 'a.ttml', 'a.srv3', 'a.json'),
        fc.constantFrom(null, 0, 5_000),
        (pieces, name, durationMs) => {
          try {
            transcriptSchema.parse(read(pieces.join(''), name, durationMs));
          } catch (error) {
            expect(error).toBeInstanceOf(TapeworksError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('times', () => {
  test('hours over 99, twelve hours of cues', () => {
    expect(brief('1\n100:00:01,000 --> 100:00:02,000\nLate\n', 'a.srt')).toEqual([[360_001_000, 360_002_000, 'Late']]);
    const many = Array.from(
      { length: 14_400 },
      (_, at) => `${at + 1}\n${formatTime(at * 3_000)} --> ${formatTime(at * 3_000 + 3_000)}\nWord ${at}\n`,
    );
    expect(read(many.join('\n'), 'a.srt').cues.at(-1)).toMatchObject({ index: 14_399, endMs: 43_200_000 });
  });
  test('an end before everything else is wrong, not swapped', () =>
    expect(brief('1\n00:01:00,000 --> 00:01:02,000\nOne\n\n2\n00:01:05,000 --> 00:00:00,000\nTwo\n', 'a.srt')).toEqual([
      [60_000, 62_000, 'One'],
      [65_000, 65_300, 'Two'],
    ]));
  test('a numbered text without a time gets the gap', () =>
    expect(
      brief('1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\nTwo\n\n3\n00:00:09,000 --> 00:00:10,000\nThree\n', 'a.srt'),
    ).toEqual([
      [1000, 2000, 'One'],
      [2000, 3000, 'Two'],
      [9000, 10_000, 'Three'],
    ]));
});
