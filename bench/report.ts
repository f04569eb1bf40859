/** Results as tables, on the terminal and in README.md. */
import { type Goal, isMet, type Result } from './result.ts';

const HEAD = ['what', 'median', 'least – greatest', 'goal'];

/** One Markdown table a result, with the machine above it and the notes below. */
export function resultToMarkdown(result: Result): string {
  const { machine, settings } = result;
  const rows = [
    ...result.measures.map(({ name, unit, goal, ...summary }) => row(name, summary, unit, goal)),
    ...result.comparisons.flatMap(({ name, unit, a, b, ratio, goal }) => [
      row(`${name}: A, ${a.name}`, a, unit),
      row(`${name}: B, ${b.name}`, b, unit),
      row(`${name}: ratio A ÷ B`, ratio, '×', goal),
    ]),
  ];
  const told = Object.entries(settings).map(([name, value]) => `${name}: ${value}`);
  return [
    `### ${result.name}: ${result.title}`,
    '',
    `${result.at.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}; ${told.join('; ')}.`,
    '',
    ...table([HEAD, ...rows]),
    '',
    ...result.notes.map((note) => `- ${note}`),
  ].join('\n');
}

const MARKS = { begin: '<!-- results: written by the runner -->', end: '<!-- end of results -->' };

/** The README's text with its part between the marks replaced. Throws when the marks are not there. */
export function withResults(readme: string, results: readonly Result[]): string {
  const [begin, end] = [readme.indexOf(MARKS.begin), readme.indexOf(MARKS.end)];
  if (begin < 0 || end < begin) throw new Error('The marks around the results are missing.');
  const tables = results.map(resultToMarkdown).join('\n\n');
  return `${readme.slice(0, begin + MARKS.begin.length)}\n\n${tables}\n\n${readme.slice(end)}`;
}

/** What has no unit is a cosine: one value, whose distance from 1 is what counts. */
function row(
  name: string,
  { median, min, max }: { median: number; min: number; max: number },
  unit: string,
  goal?: Goal,
): string[] {
  const of = (value: number) => (unit === '' ? value.toFixed(6) : `${short(value)} ${unit}`);
  const spread = unit === '' ? '' : `${short(min)} – ${short(max)}`;
  return [name, of(median), spread, goal ? describeGoal(goal, median, of) : ''];
}

function describeGoal(goal: Goal, value: number, of: (value: number) => string): string {
  const wanted = 'atMost' in goal ? `≤ ${of(goal.atMost)}` : `≥ ${of(goal.atLeast)}`;
  return `${wanted}: ${isMet(goal, value) ? 'met' : 'not met'}`;
}

/** Three digits that count, no exponent. */
function short(value: number): string {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return String(Number(value.toFixed(Math.min(digits, 8))));
}

/** Lines of a Markdown table whose columns are padded to line up. */
function table(rows: string[][]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest.map(line)];
}
