import { expect, test } from 'vitest';
import { cueVtt } from './cue-vtt.ts';
import { transcriptQuality } from './quality.ts';
import { readTranscript } from './read-transcript.ts';

const cue = (index: number, startMs: number, endMs: number, text: string) => ({ index, startMs, endMs, text });

test('quality counts words, gaps, overlaps and loops', () => {
  const cues = [
    cue(0, 5_000, 7_000, 'Buy the dip.'),
    cue(1, 6_000, 8_000, "Don't buy the dip."),
    cue(2, 20_000, 21_000, 'buy the dip.'),
    cue(3, 21_500, 22_000, 'Wait'),
  ];
  expect(transcriptQuality({ cues }, 60_000)).toEqual({
    cues: 4,
    words: 11,
    wordsPerMinute: 11,
    gapsMs: 5_000 + 12_000 + 38_000,
    overlaps: 1,
    repeatedShare: 0.25,
  });
  expect(transcriptQuality({ cues: [] }, null)).toMatchObject({ cues: 0, wordsPerMinute: 0, repeatedShare: 0 });
});

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
