/** Reads tesseract's table of words. */

export type OcrText = {
  /** Lines of text as they stand in the picture. */
  text: string;
  /** Mean of the words' confidences, 0–1. */
  confidence: number;
};

/** Words that tesseract itself doubts are grid lines and candles more often than text. */
const MIN_WORD_CONFIDENCE = 50;

type Word = { line: string; confidence: number; text: string };

/** Lines of the believable words, joined; `null` when there is none. */
export function readWords(table: string): OcrText | null {
  const words = table
    .split('\n')
    .slice(1)
    .map(readRow)
    .filter((word) => word !== null);
  if (words.length === 0) return null;
  const lines = new Map<string, string[]>();
  for (const word of words) lines.set(word.line, [...(lines.get(word.line) ?? []), word.text]);
  const letters = words.reduce((sum, word) => sum + word.text.length, 0);
  const confidence = words.reduce((sum, word) => sum + word.confidence * word.text.length, 0) / letters / 100;
  return {
    text: [...lines.values()].map((line) => line.join(' ')).join('\n'),
    confidence: Math.round(confidence * 1_000) / 1_000,
  };
}

/** level, page, block, paragraph, line, word, left, top, width, height, confidence, text. */
function readRow(row: string): Word | null {
  const cells = row.split('\t');
  const confidence = Number(cells[10]);
  const text = cells.slice(11).join(' ').trim();
  if (cells[0] !== '5' || !/[\p{L}\p{N}]/u.test(text) || !(confidence >= MIN_WORD_CONFIDENCE)) return null;
  return { line: cells.slice(1, 5).join('.'), confidence, text };
}
