import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TapeworksError } from '../../contracts/errors.ts';
import { transcriptSchema } from '../../contracts/transcripts.ts';
import { readTranscript } from './read-transcript.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, name = 'lesson.srt') => readTranscript(bytes(text), name);
const brief = (text: string, name?: string) =>
  read(text, name).cues.map(({ startMs, endMs, text: words }) => [startMs, endMs, words]);
const failure = (input: Uint8Array, name: string): TapeworksError => {
  try {
    readTranscript(input, name);
  } catch (error) {
    if (error instanceof TapeworksError) return error;
    throw error;
  }
  throw new Error('was read');
};

describe('SubRip', () => {
  test.each([
    [
      'plain',
      '1\n00:00:01,000 --> 00:00:02,500\nHello\nthere\n\n2\n00:01:00,000 --> 01:00:00,001\nBye',
      [
        [1000, 2500, 'Hello there'],
        [60_000, 3_600_001, 'Bye'],
      ],
    ],
    [
      'CRLF, points, tags, entities',
      '1\r\n00:00:01.5 --> 00:00:02.50\r\n{\\an8}<i>R&amp;D</i> &#8212; a < b &lt;i&gt;\r\n',
      [[1500, 2500, 'R&D — a < b <i>']],
    ],
    [
      'no blank line, no numbers',
      '00:00:01,000 --> 00:00:02,000\nOne\n2\n00:00:02,000 --> 00:00:03,000\nTwo',
      [
        [1000, 2000, 'One'],
        [2000, 3000, 'Two'],
      ],
    ],
    [
      'swapped and unordered',
      '1\n00:00:09,000 --> 00:00:08,000\nLate\n\n2\n00:00:01,000 --> 00:00:02,000\nEarly',
      [
        [1000, 2000, 'Early'],
        [8000, 9000, 'Late'],
      ],
    ],
    [
      'blank line inside the text',
      '1\n00:00:01,000 --> 00:00:02,000\nOne\n\nmore\n\n2\n00:00:02,000 --> 00:00:03,000\nTwo',
      [
        [1000, 2000, 'One more'],
        [2000, 3000, 'Two'],
      ],
    ],
    [
      'empty cue and a double',
      '1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:02,000 --> 00:00:03,000\nTwo\n\n3\n00:00:02,000 --> 00:00:03,000\nTwo\n',
      [[2000, 3000, 'Two']],
    ],
    [
      'unreadable end',
      '1\n00:00:01,000 --> 00:0x:02,000\nOne word or two\n\n2\n00:00:01,500 --> 00:00:03,000\nTwo',
      [
        [1000, 1500, 'One word or two'],
        [1500, 3000, 'Two'],
      ],
    ],
  ])('%s', (_, text, cues) => expect(brief(text)).toEqual(cues));

  test('repairs name their lines', () => {
    const { repairs } = read('1\n00:00:09,000 --> 00:00:08,000\nOne\n\n2\n00:00:0x,000 --> 00:0x:02,000\nTwo\n');
    expect(repairs).toContainEqual({ line: 2, what: 'end before start; swapped' });
    expect(repairs.find(({ line }) => line === 6)?.what).toContain('left out: no time');
  });
});

describe('WebVTT', () => {
  test('header, notes, styles, settings, voices, missing hours', () => {
    const text =
      'WEBVTT - a title\nLanguage: en\n\nSTYLE\n::cue { color: red }\n\nNOTE two\nlines\n\nREGION\nid:a\n\nintro\n00:01.000 --> 00:02.000 align:start position:0%\n<v Maya>Hello <b>there</b>\n';
    const transcript = read(text, 'a.vtt');
    expect(transcript).toMatchObject({
      format: 'vtt',
      language: 'en',
      cues: [{ startMs: 1000, endMs: 2000, text: 'Hello there' }],
    });
  });

  test('rolling captions are read once, with the times of their words', () => {
    const text =
      'WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nbuy<00:00:02.000><c> low</c>\n\n00:00:03.000 --> 00:00:03.010\nbuy low\n\n00:00:03.010 --> 00:00:05.000\nbuy low\nsell<00:00:04.000><c> high</c>\n';
    const { cues } = read(text, 'a.vtt');
    expect(cues.map((cue) => cue.text)).toEqual(['buy low', 'sell high']);
    expect(cues[1]?.words).toEqual([
      { text: 'sell', startMs: 3010, endMs: 4000 },
      { text: 'high', startMs: 4000, endMs: 5000 },
    ]);
  });
});

describe('Whisper JSON', () => {
  test.each([
    [
      'segments',
      {
        language: 'en',
        segments: [
          {
            start: 1.25,
            end: 2.5,
            text: ' The RSI',
            words: [
              { word: ' The', start: 1.25, end: 1.5 },
              { word: ' RSI', start: 1.5, end: 2.5 },
            ],
          },
        ],
      },
    ],
    ['named times', { language: 'EN', segments: [{ start_time: '1.25', end_time: 2.5, text: 'The RSI' }] }],
    ['chunks', { language: 'en', chunks: [{ timestamp: [1.25, 2.5], text: 'The RSI' }] }],
    [
      'whisper.cpp',
      { result: { language: 'en' }, transcription: [{ offsets: { from: 1250, to: 2500 }, text: 'The RSI' }] },
    ],
  ])('%s', (_, json) =>
    expect(read(JSON.stringify(json), 'a.json')).toMatchObject({
      format: 'whisper-json',
      language: 'en',
      cues: [{ startMs: 1250, endMs: 2500, text: 'The RSI' }],
    }),
  );

  test('bare words become cues that end with sentences and at pauses', () => {
    const list = 'We buy support when price comes down to it. Then we wait'.split(' ');
    const words = list.map((word, index) => ({ word, start_ms: 1000 + index * 300 }));
    const { cues } = read(JSON.stringify([...words, { word: 'Later', start_ms: 60_000 }]), 'a.words.json');
    expect(cues.map((cue) => cue.text)).toEqual([
      'We buy support when price comes down to it.',
      'Then we wait',
      'Later',
    ]);
    expect(cues[0]?.words?.[2]).toEqual({ text: 'support', startMs: 1600, endMs: 1900 });
  });
});

describe('charsets', () => {
  const srt = '1\n00:00:01,000 --> 00:00:02,000\nÜber 50 €\n';
  const utf16 = (mark: boolean, big = false, text = srt) =>
    Uint8Array.from(
      Array.from((mark ? '\ufeff' : '') + text, (char) => char.charCodeAt(0)).flatMap((code) =>
        big ? [code >> 8, code & 255] : [code & 255, code >> 8],
      ),
    );
  test.each([
    ['UTF-8 with mark', bytes(`\ufeff${srt}`)],
    ['UTF-16 with mark', utf16(true)],
    ['UTF-16 without', utf16(false)],
    ['big-endian UTF-16 with mark', utf16(true, true)],
    ['big-endian UTF-16 without', utf16(false, true)],
    ['carriage returns alone', bytes(srt.replaceAll('\n', '\r'))],
    ['Windows-1252', Uint8Array.from(Array.from(srt, (char) => (char === '€' ? 0x80 : char.charCodeAt(0))))],
  ])('%s', (_, input) => expect(readTranscript(input, 'x.srt').cues[0]?.text).toBe('Über 50 €'));
  test.each([false, true])('UTF-16 without mark in another script, big-endian: %s', (big) => {
    const arabic = 'ترجمة وتنظيم الزيرنويس الكامل لهذا الدرس في التداول على مستويات الدعم والمقاومة';
    const input = utf16(false, big, srt.replace('Über 50 €', arabic));
    expect(readTranscript(input, 'x.srt').cues[0]?.text).toBe(arabic);
  });
});

describe('what cannot be read', () => {
  test.each([
    ['empty', '', 'a.srt', 'line 1: the file is empty'],
    ['blank', ' \n\n', 'a.vtt', 'the file is empty'],
    ['prose', '\nDear reader', 'a.srt', 'line 2: found “Dear reader”; expected a line like'],
    ['unknown', '\n\n<?xml version="1.0"?>', 'a.xml', 'line 3: found'],
    ['only bad times', '1\nxx --> yy\nHello', 'a.srt', 'line 2: found “xx --> yy”'],
    ['no text', '1\n00:00:01,000 --> 00:00:02,000\n\n', 'a.srt', 'line 2: no cue has any text'],
    ['header only', 'WEBVTT', 'a.vtt', 'a header and no cue'],
    ['cut JSON', '{"segments": [\n{"start": 1', 'a.json', 'line 2: the file ends too early; expected well-formed JSON'],
    ['wrong JSON', '{\n"segments": [\n{"start" 1}]}', 'a.json', 'line 3: unexpected'],
    ['other JSON', '{"rows": []}', 'a.json', 'expected a list "segments"'],
    ['JSON without times', '{"segments": [{"text": "hi"}]}', 'a.json', 'no segment has both'],
  ])('%s', (_, text, name, message) => {
    const error = failure(bytes(text), name);
    expect(error.code).toBe('TRANSCRIPT_BROKEN');
    expect(error.message).toContain(name);
    expect(error.message).toContain(message);
  });

  test('any bytes give a valid transcript or the one error', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\n',
        '\n\n',
        '1\n',
        '00:00:01,000 --> 00:00:02,000\n',
        'WEBVTT\n\n',
        ' --> ',
        '<',
        '<00:01>',
        '&#xD800;',
        'NOTE',
        '{"segments":[',
        '{"start":1,"text":"a"}',
        ']}',
        '\u0000',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.constantFrom('a.srt', 'a.vtt', 'a.json', 'a'),
        (pieces, name) => {
          let cues: { startMs: number; endMs: number; text: string; index: number }[];
          try {
            cues = transcriptSchema.parse(readTranscript(bytes(pieces.join('')), name)).cues;
          } catch (error) {
            expect(error).toBeInstanceOf(TapeworksError);
            return;
          }
          for (const [at, cue] of cues.entries()) {
            expect(cue.index).toBe(at);
            expect(cue.endMs).toBeGreaterThan(cue.startMs);
            expect(cue.startMs).toBeGreaterThanOrEqual(cues[at - 1]?.startMs ?? 0);
            expect(cue.text).toBe(cue.text.trim());
            expect(cue.text).not.toMatch(/\p{Cc}/u);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('long hostile lines are read in one pass', () => {
    const line = `${'<'.repeat(100_000)}${'&'.repeat(100_000)}${'{\\a'.repeat(50_000)}${' '.repeat(100_000)}x`;
    expect(read(`1\n00:00:01,000 --> 00:00:02,000\n${line}\n`).cues).toHaveLength(1);
    const many = Array.from({ length: 100_000 }, () => '00:00:01,000 --> 00:00:01,000\nword\n').join('\n');
    expect(read(many).repairs.length).toBeLessThanOrEqual(201);
  });
});
