import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeFileName } from './file-name.ts';

test.each([
  ['lesson.mp4', 'lesson.mp4'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\videos\\My lesson.MP4', 'My lesson.mp4'],
  ['.hidden.srt', 'hidden.srt'],
  ['--flag.mkv', 'flag.mkv'],
  ['', 'upload'],
  ['..', 'upload'],
  ['a\0b:c.mp4', 'a_b_c.mp4'],
  ['Überblick (1).mp4', 'Überblick (1).mp4'],
])('%j becomes %j', (given, expected) => {
  expect(safeFileName(given)).toBe(expected);
});

test('a name never leads anywhere, and fits a file system', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
      const name = safeFileName(given);
      expect(name).not.toMatch(/[/\\\0]|^\.|^-|^$/);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    }),
  );
});
