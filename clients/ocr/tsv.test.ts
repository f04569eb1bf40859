import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWords } from './tsv.ts';

const HEAD = 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n';
const row = (line: number, confidence: number, text: string) =>
  `5\t1\t1\t1\t${line}\t1\t0\t0\t9\t9\t${confidence}\t${text}\n`;

test('keeps signs between words, leaves out doubted words and lines of signs alone', () => {
  const table =
    HEAD +
    row(1, 90, 'Stop') +
    row(1, 80, '=') +
    row(1, 96, '94') +
    row(2, 30, 'garbage') +
    row(3, 90, '|') +
    row(4, 90, '--');
  expect(readWords(table)).toEqual({ text: 'Stop = 94', confidence: 0.903 });
});

test('whatever the table, confidence lies between 0 and 1 and no line is empty', () => {
  const rows = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 3 }), fc.double({ min: -1, max: 100, noNaN: true }), fc.string()),
  );
  fc.assert(
    fc.property(rows, (all) => {
      const read = readWords(HEAD + all.map((one) => row(...one)).join(''));
      if (read === null) return;
      expect(read.confidence).toBeGreaterThan(0);
      expect(read.confidence).toBeLessThanOrEqual(1);
      expect(read.text.trim()).not.toBe('');
    }),
  );
});
