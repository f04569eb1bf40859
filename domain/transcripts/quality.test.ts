import { describe, expect, test } from 'vitest';
import { type Cue, type Transcript, transcriptQualitySchema } from '../../contracts/transcripts.ts';
import { cueVtt } from './cue-vtt.ts';
import { detectLanguage } from './language.ts';
import { transcriptQuality } from './quality.ts';
import { readTranscript } from './read-transcript.ts';
import { qualityNote } from './verdict.ts';

const cue = (index: number, startMs: number, endMs: number, text: string) => ({ index, startMs, endMs, text });

const report = (cues: Cue[], durationMs: number | null = null, minUsable = 0.5, more: Partial<Transcript> = {}) =>
  transcriptQuality({ cues, language: null, ...more }, durationMs, { minUsable });
const steps = (texts: string[], lengthMs = 3_000) =>
  texts.map((text, index) => cue(index, index * lengthMs, (index + 1) * lengthMs, text));
const lesson = Array.from({ length: 40 }, (_, index) => `Step ${index} of the plan is to wait for the price we want.`);

describe('the quality report', () => {
  test('counts words, gaps and overlaps', () => {
    const cues = [
      cue(0, 5_000, 7_000, 'Buy the dip.'),
      cue(1, 6_000, 8_000, "Don't buy the dip at 3.5."),
      cue(2, 20_000, 21_000, 'buy the dip.'),
      cue(3, 21_500, 22_000, 'Wait'),
    ];
    expect(report(cues, 60_000)).toMatchObject({
      cues: 4,
      words: 13,
      wordsPerMinute: 13,
      gaps: { count: 3, totalMs: 5_000 + 12_000 + 38_000, longestMs: 38_000 },
      overlaps: { count: 1, share: 0.25 },
      sharedTimes: { count: 0, share: 0 },
      repetition: { loops: 0, longest: 0, share: 0 },
      usableShare: 1,
    });
  });

  test('a lesson is good and goes on to clips', () => {
    const quality = transcriptQualitySchema.parse(report(steps(lesson), 121_000));
    expect(quality).toMatchObject({ verdict: 'good', language: 'en', clipping: { go: true } });
    expect(quality.clipping.reason).toContain('100 % of the words are usable');
    expect(qualityNote(quality)).toBeNull();
  });

  test.each([
    [
      'cue after cue',
      steps([...lesson.slice(0, 4), ...Array.from({ length: 30 }, () => 'Thank you for watching.')]),
      30,
    ],
    ['one word', steps([...lesson.slice(0, 4), ...Array.from({ length: 40 }, () => 'you')]), 40],
    ['in turn', steps(Array.from({ length: 40 }, (_, at) => (at % 2 ? 'We wait here.' : 'Then we buy.'))), 20],
    ['inside one cue', [cue(0, 0, 30_000, 'so the price goes '.repeat(50).trim())], 50],
    [
      'over borders',
      steps(Array.from({ length: 21 }, (_, at) => ['a b c', 'd e a', 'b c d', 'e a b', 'c d e'][at % 5] ?? '')),
      12,
    ],
  ])('finds a loop %s', (_, cues, longest) => {
    const quality = report(cues);
    expect(quality.repetition).toMatchObject({ loops: 1, longest });
    expect(quality.usableShare).toBeLessThan(0.6);
  });

  test('what people repeat is no loop', () =>
    expect(
      report(steps(['No, no, no, wait.', 'Higher highs, higher lows, higher highs.', 'Wait. Wait. Wait.'])).repetition,
    ).toEqual({
      loops: 0,
      longest: 0,
      share: 0,
    }));

  test.each([
    ['no words', [], null, {}, 'no words', 'poor'],
    ['reckoned times', steps(lesson), null, { estimatedTimes: true }, 'no times of its own', 'fair'],
    [
      'shared times',
      lesson.map((text, index) => cue(index, 0, 60_000, text)),
      null,
      {},
      '100 % of the cues share their times',
      'poor',
    ],
    ['another cut', steps(lesson), 60_000, {}, "begin after the media's end", 'poor'],
    [
      'loops',
      steps([...lesson.slice(0, 10), ...Array.from({ length: 60 }, () => 'Thank you.  Bye and see you')]),
      null,
      {},
      'are needed (TRANSCRIPT_MIN_USABLE)',
      'poor',
    ],
  ])('no clips: %s', (_, cues, durationMs, more, reason, verdict) => {
    const quality = report(cues, durationMs, 0.5, more);
    expect(quality.clipping.go).toBe(false);
    expect(quality.clipping.reason).toContain(reason);
    expect(quality.verdict).toBe(verdict);
    expect(qualityNote(quality)).toContain(quality.clipping.reason);
  });

  test('the least share is the setting', () => {
    const cues = steps([...lesson.slice(0, 10), ...Array.from({ length: 20 }, () => 'See you in the next one.')]);
    expect(report(cues, null, 0.5)).toMatchObject({ verdict: 'fair', clipping: { go: true } });
    expect(report(cues, null, 0.9).clipping.go).toBe(false);
  });

  test('text squeezed into no time is not usable', () =>
    expect(report([cue(0, 0, 100, 'a sentence of ten words cannot be said so fast')]).usableShare).toBe(0));
});

test.each([
  ['en', 'And then we wait for the price to come back to the level that we have marked on the chart.'],
  ['de', 'Und dann warten wir, bis der Kurs wieder an die Zone kommt, die wir auf dem Chart sehen.'],
  ['fr', 'Et puis on attend que le prix revienne dans la zone que nous avons vue sur le graphique pour les achats.'],
  ['es', 'Y luego esperamos que el precio vuelva a la zona que hemos visto en el gráfico para comprar con los demás.'],
  ['ja', 'そして価格がこのレベルに戻るのを待ちます'],
  ['zh', '然后我们等待价格回到这个支撑位再买入'],
  ['ru', 'Затем мы ждём, пока цена вернётся к уровню'],
  [null, 'RSI 14'],
  [null, 'Lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt labore magna'],
])('the language of a text: %s', (code, text) => expect(detectLanguage(text)).toBe(code));

test('the captions of a clip are relative to it, cut to it, and read back the same', () => {
  const cues = [cue(0, 0, 9_000, 'before'), cue(1, 9_000, 11_000, 'a < b & c --> d'), cue(2, 12_000, 20_000, 'end')];
  const vtt = cueVtt(cues, 10_000, 15_500);
  expect(vtt).toContain('00:00:00.000 --> 00:00:01.000\na &lt; b &amp; c --&gt; d\n');
  const back = readTranscript(new TextEncoder().encode(vtt), 'clip.vtt');
  expect(back.cues.map(({ startMs, endMs, text }) => [startMs, endMs, text])).toEqual([
    [0, 1_000, 'a < b & c --> d'],
    [2_000, 5_500, 'end'],
  ]);
  expect(cueVtt([], 0, 1)).toBe('WEBVTT\n');
});
