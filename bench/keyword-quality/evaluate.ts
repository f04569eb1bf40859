/** `node --import tsx bench/keyword-quality/evaluate.ts --sources DIR`: precision and recall of the product's keywords. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { TapeworksError } from '../../contracts/errors.ts';
import { sha256 } from '../../domain/hash.ts';
import { LEXICON } from '../../domain/keywords/lexicon.ts';
import { createMatcher, findHits } from '../../domain/keywords/match.ts';
import { readTranscript } from '../../domain/transcripts/read-transcript.ts';
import { type Label, PARTS, type Part, readLabels, readSources, type Source } from './labels.ts';
import { byForm, type Hit, judge, pairUp, type Row, type Share, tally, type Verdicts } from './scoring.ts';

/** Captions without word times are interpolated, by the labeller and by the product, each in its own way. */
const TOLERANCE_MS = 1_500;

const HELP = `node --import tsx bench/keyword-quality/evaluate.ts --sources DIR [--part PART] [--json] [--errors]

  --sources DIR  the transcripts of sources.json, by the names there (collect.ts makes them)
  --part PART    dev (default), test, tune, check, extra (tune and check), or all
  --json         the figures as JSON
  --errors       time and term of each miss and each wrong hit; for dev and tune, as nobody who tunes may see the others
  --force        with --errors: for test and check all the same`;

/** Parts that are taken together. */
const GROUPS: Readonly<Record<string, readonly Part[]>> = { all: PARTS, extra: ['tune', 'check'] };
/** What nobody who tunes may look into. */
const PUT_ASIDE: readonly Part[] = ['test', 'check'];

class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** All that the product finds in a transcript, read and matched as an ingested file is. */
function productHits(source: Source, bytes: Uint8Array): Hit[] {
  const { cues } = readTranscript(bytes, source.file);
  const hits = findHits(createMatcher(LEXICON), cues);
  return hits.map(({ keyword, category, startMs }) => ({ source: source.id, atMs: startMs, term: keyword, category }));
}

/** What stands at DIR; the others are named with the reason. */
function available(directory: string, needed: ReadonlySet<string>) {
  const present: { source: Source; bytes: Uint8Array }[] = [];
  const leftOut: string[] = [];
  for (const source of readSources().filter(({ id }) => needed.has(id))) {
    const file = path.join(directory, source.file);
    const bytes = existsSync(file) ? readFileSync(file) : null;
    if (bytes === null) leftOut.push(`${source.file}: not in ${directory}`);
    else if (sha256(bytes) !== source.sha256) leftOut.push(`${source.file}: another content than was labelled`);
    else present.push({ source, bytes });
  }
  return { present, leftOut };
}

function evaluate(directory: string, parts: readonly Part[]) {
  const labelled = parts.map(readLabels);
  const windows = labelled.flatMap((part) => part.windows);
  const { present, leftOut } = available(directory, new Set(windows.map(({ source }) => source)));
  if (present.length === 0) throw new UsageError(`None of the labelled transcripts is in ${directory}.\n\n${HELP}`);
  const ids = new Set(present.map(({ source }) => source.id));
  const labels = labelled.flatMap((part) => part.labels).filter(({ source }) => ids.has(source));
  const hits = present.flatMap(({ source, bytes }) => productHits(source, bytes));
  const read = windows.filter(({ source }) => ids.has(source));
  const verdicts = judge(read, labels, hits, TOLERANCE_MS);
  const known = new Set(LEXICON.terms.map(({ keyword }) => keyword));
  const unknownTerms = [...new Set(labels.map(({ term }) => term))].filter((term) => !known.has(term));
  const minutes = read.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0) / 60_000;
  return {
    verdicts,
    rows: tally(verdicts),
    forms: byForm(verdicts),
    leftOut,
    unknownTerms,
    sources: ids.size,
    windows: read.length,
    minutes,
  };
}

const percent = (share: number) => (share * 100).toFixed(1);
const shown = ({ count, of, low, high }: Share) =>
  of === 0 ? '–' : `${percent(count / of)} % (${percent(low)}–${percent(high)}), ${count} of ${of}`;

const table = (rows: readonly Row[]) =>
  [
    '| Category | Precision (95 %) | Recall (95 %) | False mentions left alone |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ category, precision, recall, falseMentions }) =>
        `| ${category} | ${shown(precision)} | ${shown(recall)} | ${falseMentions.count} of ${falseMentions.of} |`,
    ),
  ].join('\n');

/** Minutes, seconds and tenths, as a player shows them. */
function clock(ms: number): string {
  const tenths = Math.round(ms / 100);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}

function errorLines({ missed, wrong, misled }: Verdicts): string[] {
  const line = (kind: string, { source, atMs, term }: Hit | Label, note = '') => ({
    source,
    atMs,
    text: `${kind} ${source} ${clock(atMs)} (${atMs} ms) ${term}${note}`,
  });
  const traps = pairUp(misled, wrong, TOLERANCE_MS);
  const reasons = new Map([...traps].map(([label, hit]) => [hit, ` (${label.reason ?? 'false mention'})`]));
  return [...missed.map((label) => line('missed', label)), ...wrong.map((hit) => line('wrong ', hit, reasons.get(hit)))]
    .sort((a, b) => (a.source < b.source ? -1 : a.source > b.source ? 1 : a.atMs - b.atMs))
    .map(({ text }) => text);
}

function main(): void {
  const { values } = parseArgs({
    options: {
      sources: { type: 'string' },
      part: { type: 'string', default: 'dev' },
      json: { type: 'boolean', default: false },
      errors: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  if (values.sources === undefined) throw new UsageError(`--sources: say where the transcripts are.\n\n${HELP}`);
  const parts = GROUPS[values.part] ?? PARTS.filter((part) => part === values.part);
  if (parts.length === 0)
    throw new UsageError(`--part: expected dev, test, tune, check, extra or all (got "${values.part}").`);
  if (values.errors && parts.some((part) => PUT_ASIDE.includes(part)) && !values.force)
    throw new UsageError(
      '--errors shows what is wrong in dev and tune only: who tunes must not see test and check. --force shows it all the same.',
    );
  const { verdicts, ...figures } = evaluate(values.sources, parts);
  for (const left of figures.leftOut) console.error(`LEFT OUT ${left}`);
  for (const term of figures.unknownTerms) console.error(`UNKNOWN TERM "${term}": labelled, but not in the lexicon`);
  const errors = values.errors ? errorLines(verdicts) : undefined;
  if (values.json)
    return console.log(JSON.stringify({ part: values.part, toleranceMs: TOLERANCE_MS, ...figures, errors }, null, 2));
  console.log(
    `${values.part}: ${figures.windows} windows of ${figures.sources} sources, ${figures.minutes.toFixed(0)} minutes\n`,
  );
  console.log(table(figures.rows));
  console.log(`\nRecall by form: ${figures.forms.map(({ form, recall }) => `${form} ${shown(recall)}`).join('; ')}`);
  if (errors) console.log(`\n${errors.join('\n')}`);
}

try {
  main();
} catch (error) {
  if (error instanceof TapeworksError) console.error(`${error.message}\nWhat to do: ${error.remedy}`);
  else if (error instanceof UsageError) console.error(error.message);
  else if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    console.error(`${error.message}\n\n${HELP}`);
  else console.error(error);
  process.exitCode = 1;
}
