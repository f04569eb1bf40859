import { parse } from 'csv-parse/sync';
import { TapeworksError } from '../../contracts/errors.ts';

/** One data row before it is believed: `row` counts data rows from 1; the cells are as the file gave them. */
export type RawRow = {
  row: number;
  time: unknown;
  open: unknown;
  high: unknown;
  low: unknown;
  close: unknown;
  volume: unknown;
};
type Column = Exclude<keyof RawRow, 'row'>;

/** Accepted header names, most telling first. Compared without case, spaces, "_" and "-". */
const NAMES: Record<Column, readonly string[]> = {
  time: ['opentimeinmillis', 'opentimeiniso', 'opentime', 'timestamp', 'datetime', 'time', 'date', 'start'],
  open: ['open'],
  high: ['high'],
  low: ['low'],
  close: ['close'],
  volume: ['volume', 'vol'],
};
const COLUMNS = Object.keys(NAMES) as Column[];
/** Coinbase Exchange answers arrays in this order. */
const ARRAY_ORDER: readonly Column[] = ['time', 'low', 'high', 'open', 'close', 'volume'];

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '');

const findColumns = (header: readonly string[]): Record<Column, string> => {
  const found = new Map(header.map((name) => [plain(name), name]));
  const pick = (column: Column): string | undefined => {
    const alias = NAMES[column].find((name) => found.has(name));
    return alias === undefined ? undefined : found.get(alias);
  };
  const missing = COLUMNS.filter((column) => pick(column) === undefined);
  if (missing.length > 0) {
    throw new TapeworksError(
      'CANDLES_BROKEN',
      `No column for ${missing.join(', ')}; found: ${header.slice(0, 20).join(', ')}.`,
    );
  }
  return Object.fromEntries(COLUMNS.map((column) => [column, pick(column) ?? ''])) as Record<Column, string>;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const emptyRow = (row: number): RawRow => ({
  row,
  time: undefined,
  open: undefined,
  high: undefined,
  low: undefined,
  close: undefined,
  volume: undefined,
});

const rowsOfRecords = (records: readonly unknown[]): RawRow[] => {
  const first = records.find(isRecord);
  const columns = findColumns(Object.keys(first ?? {}));
  return records.map((record, index) => {
    const raw = emptyRow(index + 1);
    if (isRecord(record)) for (const column of COLUMNS) raw[column] = record[columns[column]];
    return raw;
  });
};

const rowsOfArrays = (records: readonly unknown[]): RawRow[] =>
  records.map((record, index) => {
    const raw = emptyRow(index + 1);
    if (Array.isArray(record)) for (const [at, column] of ARRAY_ORDER.entries()) raw[column] = record[at];
    return raw;
  });

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TapeworksError('CANDLES_BROKEN', `Not valid JSON: ${String(cause)}.`, {}, { cause });
  }
};

/** Rows of a JSON file, and the product that its first record names, if it does. */
const jsonRows = (text: string): { rows: RawRow[]; product: string | null } => {
  const value = readJson(text);
  const list = isRecord(value) ? (value['candles'] ?? value['data']) : value;
  if (!Array.isArray(list) || list.length === 0) {
    throw new TapeworksError(
      'CANDLES_BROKEN',
      'The JSON holds no list of candles (a list, or an object with "candles").',
    );
  }
  if (list.some(Array.isArray)) return { rows: rowsOfArrays(list), product: null };
  const first: unknown = list.find(isRecord);
  const named = isRecord(first) ? (first['productId'] ?? first['product_id']) : null;
  return { rows: rowsOfRecords(list), product: typeof named === 'string' ? named : null };
};

const csvRows = (text: string): RawRow[] => {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const delimiter = [',', ';', '\t'].find((mark) => header.includes(mark)) ?? ',';
  let records: unknown[];
  try {
    records = parse(text, {
      bom: true,
      columns: true,
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
    });
  } catch (cause) {
    throw new TapeworksError('CANDLES_BROKEN', `Not readable as CSV: ${String(cause)}.`, {}, { cause });
  }
  if (records.length === 0) throw new TapeworksError('CANDLES_BROKEN', 'The file holds no data rows.');
  return rowsOfRecords(records);
};

/** The file's rows in file order, unchecked, from CSV with a header or from JSON; throws CANDLES_BROKEN when there are none. */
export const readRows = (text: string): { rows: RawRow[]; product: string | null } => {
  const body = text.replace(/^\uFEFF/, '');
  return /^\s*[[{]/.test(body) ? jsonRows(body) : { rows: csvRows(body), product: null };
};
