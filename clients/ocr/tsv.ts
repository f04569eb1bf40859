/** Reads tesseract's table of words. */

export type OcrText = {
  /** Lines of text as they stand in the picture. */
  text: string;
  /** Mean of the words' confidences, 0–1. */
  confidence: number;
};

/** Words that tesseract itself doubts are grid lines and candles more often than text. */
const MIN_WORD_CONFIDENCE = 50;
const WORD = /[\p{L}\p{N}]/u;
/** Signs that mean something between words: "Stop = entry - 2 × ATR", "1 %". */
const SIGN = /^[%=+\-–—/<>≤≥×*&$€£]+$/;

type Word = { line: string; confidence: number; text: string };

/** Lines of the believable words; `null` when there is none. */
export function readWords(table: string): OcrText | null {
  const lines = new Map<string, Word[]>();
  for (const row of table.split('\n').slice(1)) {
    const word = readRow(row);
    if (word) lines.set(word.line, [...(lines.get(word.line) ?? []), word]);
  }
  const kept = [...lines.values()].filter((words) => words.some(({ text }) => WORD.test(text)));
  if (kept.length === 0) return null;
  const words = kept.flat();
  const letters = words.reduce((sum, { text }) => sum + text.length, 0);
  const weighted = words.reduce((sum, { confidence, text }) => sum + confidence * text.length, 0);
  return {
    text: kept.map((line) => line.map(({ text }) => text).join(' ')).join('\n'),
    confidence: Math.round((weighted / letters) * 10) / 1_000,
  };
}

/** level, page, block, paragraph, line, word, left, top, width, height, confidence, text. */
function readRow(row: string): Word | null {
  const cells = row.split('\t');
  const confidence = Number(cells[10]);
  const text = cells.slice(11).join(' ').trim();
  if (cells[0] !== '5' || !(WORD.test(text) || SIGN.test(text)) || !(confidence >= MIN_WORD_CONFIDENCE)) return null;
  return { line: cells.slice(1, 5).join('.'), confidence, text };
}
