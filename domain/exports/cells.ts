import { stringify } from 'csv-stringify/sync';

/** A cell as given: numbers stay numbers; `null` is an empty cell. */
export type Cell = string | number | null;

/** Spreadsheets run cells that begin so as formulas; full-width forms count, some programs fold them. */
const RISKY_START = /^(?:[\t\r\n]|[\s\p{Cc}]*[=+\-@＝＋－＠])/u;

/** Text that a spreadsheet would run gets an apostrophe in front, which it shows as text. */
export const safeText = (text: string): string => (RISKY_START.test(text) ? `'${text}` : text);

/** Rows as RFC 4180 text with `\n` line ends; text cells are made safe, numbers are left alone. */
export const toCsvLines = (rows: readonly (readonly Cell[])[]): string =>
  stringify(rows.map((row) => row.map((cell) => (typeof cell === 'string' ? safeText(cell) : cell))));

/** A header and its rows. */
export const toCsv = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  stringify([columns]) + toCsvLines(rows);

/** UTC ISO text of epoch milliseconds; `null` stays. */
export const isoTime = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());
