import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { joinSpeech, type HeardWindow, type SpokenText } from './join-speech.ts';
import { speechTranscript, withoutLoops } from './speech-transcript.ts';
import { LONGEST_WINDOW_MS, OVERLAP_MS, planWindows, voicedSpans } from './speech-windows.ts';

const STEP_MS = 100;
type Said = { text: string; startMs: number; endMs: number };

/** What a recogniser that times words within `jitterMs` hears of the words inside a window, in segments of some words. */
function hear(said: Said[], window: { startMs: number; endMs: number }, jitter: (at: number) => number): SpokenText[] {
  const inside = said.filter((word) => word.startMs >= window.startMs && word.endMs <= window.endMs);
  const segments: SpokenText[] = [];
  for (let at = 0; at < inside.length; at += 7) {
    const words = inside.slice(at, at + 7);
    const time = (ms: number, salt: number) => Math.max(0, ms - window.startMs + jitter(at + salt));
    const startMs = time(words[0]?.startMs ?? 0, 0);
    const endMs = Math.max(startMs, time(words.at(-1)?.endMs ?? 0, 1));
    segments.push({ startMs, endMs, text: words.map(({ text }) => text).join(' ') });
  }
  return segments;
}

/** Speech without a pause, of few different words, so that many are said again. */
const speech = fc
  .array(
    fc.tuple(
      fc.constantFrom('buy', 'sell', 'stop', 'the', 'price', 'trend', 'RSI,', '30'),
      fc.integer({ min: 2, max: 6 }),
    ),
    {
      minLength: 100,
      maxLength: 300,
      size: 'max',
    },
  )
  .map((words) => {
    let at = 0;
    return words.map(([text, tenths]): Said => {
      const startMs = at;
      at += tenths * STEP_MS;
      return { text, startMs, endMs: at };
    });
  });

describe('windows', () => {
  const levels = fc.array(fc.tuple(fc.constantFrom(-20, -25, -30, -70, -90), fc.integer({ min: 1, max: 400 })), {
    minLength: 1,
    maxLength: 30,
  });

  test('hold every voiced stretch, are short enough and in order, and overlap only where there is no pause', () => {
    fc.assert(
      fc.property(levels, (runs) => {
        const spans = voicedSpans({
          levels: runs.flatMap(([level, count]) => Array(count).fill(level)),
          stepMs: STEP_MS,
        });
        const windows = planWindows(spans);
        for (const span of spans) {
          for (let ms = span.startMs; ms < span.endMs; ms += STEP_MS) {
            expect(windows.some(({ startMs, endMs }) => startMs <= ms && ms + STEP_MS <= endMs)).toBe(true);
          }
        }
        windows.forEach((window, index) => {
          expect(window.index).toBe(index);
          expect(window.endMs - window.startMs).toBeLessThanOrEqual(LONGEST_WINDOW_MS);
          const before = windows[index - 1];
          if (!before) return expect(window.overlapMs).toBe(0);
          if (window.overlapMs > 0) expect(before.endMs - window.startMs).toBe(OVERLAP_MS);
          else {
            expect(window.startMs).toBeGreaterThanOrEqual(before.endMs);
            const inPause = (ms: number) => spans.every(({ startMs, endMs }) => ms <= startMs || ms >= endMs);
            expect(inPause(before.endMs) && inPause(window.startMs)).toBe(true);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('leaves silence out, and a click in it', () => {
    const levels = [...Array(100).fill(-90), -10, ...Array(100).fill(-90)];
    expect(planWindows(voicedSpans({ levels, stepMs: STEP_MS }))).toEqual([]);
    expect(voicedSpans({ levels: [], stepMs: STEP_MS })).toEqual([]);
  });

  it('hears a quiet recording above its own noise', () => {
    const levels = [...Array(50).fill(-58), ...Array(50).fill(-30), ...Array(50).fill(-58)];
    expect(voicedSpans({ levels, stepMs: STEP_MS })).toEqual([{ startMs: 5_000, endMs: 10_000 }]);
  });

  it('takes nothing in a noisy recording for silence', () => {
    const levels = [...Array(50).fill(-40), ...Array(50).fill(-20), ...Array(50).fill(-40)];
    expect(voicedSpans({ levels, stepMs: STEP_MS })).toEqual([{ startMs: 0, endMs: 15_000 }]);
  });

  it('cuts at the widest pause', () => {
    const spoken = (count: number) => Array<number>(count).fill(-20);
    const pause = (count: number) => Array<number>(count).fill(-80);
    const levels = [
      ...spoken(210),
      ...pause(4),
      ...spoken(30),
      ...pause(12),
      ...spoken(30),
      ...pause(4),
      ...spoken(100),
    ];
    const [first, second] = planWindows(voicedSpans({ levels, stepMs: STEP_MS }));
    expect(first?.endMs).toBe(24_550);
    expect(second).toMatchObject({ startMs: 25_450, overlapMs: 0 });
  });
});

describe('joining', () => {
  test('no word of continuous speech is lost or doubled', () => {
    fc.assert(
      fc.property(
        speech,
        fc.array(fc.integer({ min: -80, max: 80 }), { minLength: 40, maxLength: 40 }),
        (said, jitters) => {
          const lengthMs = said.at(-1)?.endMs ?? 0;
          const windows = planWindows([{ startMs: 0, endMs: lengthMs }]);
          const heard = windows.map(
            (window, index): HeardWindow => ({
              ...window,
              segments: hear(said, window, (at) => jitters[(at + index * 11) % jitters.length] ?? 0),
            }),
          );
          const text = joinSpeech(heard).map((segment) => segment.text);
          expect(text.join(' ')).toBe(said.map((word) => word.text).join(' '));
        },
      ),
      { numRuns: 150 },
    );
  });

  const windows = (left: string, right: string): HeardWindow[] => [
    { startMs: 0, endMs: 30_000, overlapMs: 0, segments: [{ startMs: 24_000, endMs: 30_000, text: left }] },
    { startMs: 25_000, endMs: 55_000, overlapMs: 5_000, segments: [{ startMs: 0, endMs: 6_000, text: right }] },
  ];
  const text = (heard: HeardWindow[]) => joinSpeech(heard).map((segment) => segment.text);

  it('takes what both heard once, and neither garbled end', () => {
    const heard = windows('we buy when the RSI crosses above thir', 'uy when the RSI crosses above thirty and then');
    expect(text(heard).join(' ')).toBe('we buy when the RSI crosses above thirty and then');
  });

  it('changes over in the middle where the two agree on nothing', () => {
    expect(text(windows('one two three four', 'five six seven eight'))).toEqual(['one two', 'seven eight']);
  });

  it('joins scripts without spaces by their signs', () => {
    expect(text(windows('当相对强弱指数低于三十', '弱指数低于三十时我们买入')).join('')).toBe(
      '当相对强弱指数低于三十时我们买入',
    );
  });

  it('keeps the text and times of segments that no border cuts', () => {
    const segments = [{ startMs: 500, endMs: 2_000, text: 'Buy  low, sell high.' }];
    const heard = [{ startMs: 10_000, endMs: 40_000, overlapMs: 0, segments }];
    expect(joinSpeech(heard)).toEqual([{ startMs: 10_500, endMs: 12_000, text: 'Buy  low, sell high.' }]);
  });
});

describe('transcript', () => {
  const heard = (...segments: SpokenText[]) => [{ startMs: 0, endMs: 30_000, overlapMs: 0, segments }];
  const at = (second: number, text: string): SpokenText => ({
    startMs: second * 1_000,
    endMs: second * 1_000 + 900,
    text,
  });
  const all = [{ startMs: 0, endMs: 30_000 }];

  it('leaves out names of sounds and what was heard in silence', () => {
    const windows = heard(at(0, '[Music]'), at(1, 'buy low'), at(2, '♪ la la ♪'), at(20, 'Thanks for watching!'));
    const { cues, repairs } = speechTranscript(windows, [{ startMs: 0, endMs: 5_000 }], 'en');
    expect(cues.map((cue) => cue.text)).toEqual(['buy low']);
    expect(repairs.map(({ what }) => what)).toEqual([
      '2 segments that only name a sound were left out',
      '1 segments heard in silence were left out',
    ]);
  });

  it('cuts loops of segments and of words, and leaves what people repeat', () => {
    const loop = [0, 1, 2, 3, 4, 5, 6, 7].map((second) => at(second, second % 2 ? 'And then.' : 'We go up.'));
    const windows = heard(...loop, at(10, 'no, no, no, sell'), at(11, `buy ${'the stop loss '.repeat(9).trim()} here`));
    const { cues } = speechTranscript(windows, all, null);
    expect(cues.map((cue) => cue.text)).toEqual([
      'We go up.',
      'And then.',
      'no, no, no, sell',
      'buy the stop loss here',
    ]);
  });

  test('without loops everything stays', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (items) => {
        const kept = withoutLoops(items, String, { longest: 3, times: () => 4 });
        const hasLoop = [1, 2, 3].some((period) =>
          items.some((_, from) => {
            const run = items.slice(from, from + period * 4);
            return run.length === period * 4 && run.every((item, index) => item === run[index % period]);
          }),
        );
        if (!hasLoop) expect(kept).toEqual(items);
        else expect(kept.length).toBeLessThan(items.length);
      }),
    );
  });
});
