/**
 * What is read of each file in a folder of transcripts, mended and refused, as a table.
 *   node --import tsx deploy/local/transcripts-table.ts FOLDER [--json]
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';
import type { Repair } from '../../contracts/transcripts.ts';
import { transcriptQuality } from '../../domain/transcripts/quality.ts';
import { LARGEST_TRANSCRIPT_BYTES, readTranscript, tooLarge } from '../../domain/transcripts/read-transcript.ts';

const MIN_USABLE = 0.5;
const SHOWN_REPAIRS = 2;

export type Row = {
  file: string;
  format: string;
  cues: number;
  repairs: string;
  verdict: string;
  language: string;
  clipping: string;
};

/** "what (n×, first in line l)" of the most frequent repairs. */
function inShort(repairs: Repair[]): string {
  const groups = new Map<string, { line: number | null; count: number }>();
  for (const { line, what } of repairs) {
    const group = groups.get(what) ?? { line, count: 0 };
    group.count++;
    groups.set(what, group);
  }
  const told = [...groups]
    .toSorted((a, b) => b[1].count - a[1].count)
    .map(([what, { line, count }]) => {
      const where = line === null ? '' : `line ${line}: `;
      return `${where}${what}${count > 1 ? ` (${count} times)` : ''}`;
    });
  const more = told.length > SHOWN_REPAIRS ? [`and ${told.length - SHOWN_REPAIRS} more kinds`] : [];
  return [...told.slice(0, SHOWN_REPAIRS), ...more].join('; ');
}

async function row(folder: string, file: string): Promise<Row> {
  const full = path.join(folder, file);
  try {
    const { size } = await stat(full);
    if (size > LARGEST_TRANSCRIPT_BYTES) throw tooLarge(path.basename(file), size);
    const transcript = readTranscript(await readFile(full), path.basename(file));
    const { verdict, language, clipping } = transcriptQuality(transcript, null, { minUsable: MIN_USABLE });
    return {
      file,
      format: transcript.format,
      cues: transcript.cues.length,
      repairs: inShort(transcript.repairs),
      verdict,
      language: language ?? '',
      clipping: clipping.go ? 'yes' : clipping.reason,
    };
  } catch (error) {
    if (!(error instanceof TapeworksError)) throw error;
    return { file, format: '', cues: 0, repairs: error.message, verdict: 'refused', language: '', clipping: '' };
  }
}

/** One row a file below the folder, in order of their names. */
export async function transcriptRows(folder: string): Promise<Row[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  const rows: Row[] = [];
  for (const file of files) rows.push(await row(folder, file));
  return rows;
}

function markdown(rows: Row[]): string {
  const columns = ['file', 'format', 'cues', 'repairs', 'verdict', 'language', 'clipping'] as const;
  const cell = (text: string | number) => String(text).replaceAll('|', '\\|');
  return [columns, columns.map(() => '---'), ...rows.map((each) => columns.map((column) => cell(each[column])))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

if (import.meta.filename === path.resolve(process.argv[1] ?? '')) {
  const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
  if (folder === undefined) {
    console.error('Which folder? node --import tsx deploy/local/transcripts-table.ts FOLDER [--json]');
    process.exitCode = 2;
  } else {
    const rows = await transcriptRows(folder);
    console.log(process.argv.includes('--json') ? JSON.stringify(rows, null, 2) : markdown(rows));
  }
}
