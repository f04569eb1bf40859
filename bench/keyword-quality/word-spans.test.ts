import { describe, expect, it } from 'vitest';
import { wordSpansToJson } from './word-spans.ts';

describe('wordSpansToJson', () => {
  it('reads words and times over folded lines, entities decoded, tags and empty ones left out', () => {
    const page = [
      "title: <span m='1'>not this</span>",
      'transcript: >-',
      "  <p><span m='90'>Profit</span> <span",
      "  m='600'>&amp;</span> <span m='610'>loss,",
      "  &quot;P&#38;L&quot;</span> <span m='700'> </span> <span m='800'><i>not</i></span></p>",
    ].join('\n');
    expect(JSON.parse(wordSpansToJson(page))).toEqual([
      { start_ms: 90, word: 'Profit' },
      { start_ms: 600, word: '&' },
      { start_ms: 610, word: 'loss, "P&L"' },
      { start_ms: 800, word: 'not' },
    ]);
    expect(wordSpansToJson("<span m='1'>a</span><span m='2'>b</span>")).toBe(
      '[{"start_ms": 1, "word": "a"}, {"start_ms": 2, "word": "b"}]',
    );
  });

  it('says when there are none', () => {
    expect(() => wordSpansToJson('transcript: none')).toThrow(RangeError);
  });
});
