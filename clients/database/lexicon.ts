/** The lexicon as it is now: the terms of the product and of files, and those added while the system runs. */
import { TapeworksError } from '../../contracts/errors.ts';
import { type Lexicon, type LexiconTerm, type Term, termSchema } from '../../contracts/keywords.ts';
import { extendLexicon, type LeftOut, type TermProblem, termProblems } from '../../domain/keywords/extend.ts';
import type { Database, Transaction } from './client.ts';

/** Adding is one at a time over all processes, so that two terms never take one spelling. */
const LOCK = 7_430_021;

export interface LexiconStore {
  /** The lexicon now. Asks the database for changes and builds it anew only after one; the same content is the same object. */
  current(): Promise<Lexicon>;
  /** Added terms that a later term of the product or of a file stands in the way of, or that the rules refuse by now. */
  leftOut(): Promise<LeftOut[]>;
  /** Takes a term in. Throws CONFLICT (a spelling is another term's), INVALID_INPUT (everyday words, strange characters, an unknown context). */
  add(term: Term): Promise<LexiconTerm>;
  /** Removes an added term; its hits stay until the media is processed again. Throws NOT_FOUND, CONFLICT (not an added one). */
  remove(keyword: string): Promise<void>;
}

type State = { stamp: string; lexicon: Lexicon; leftOut: LeftOut[] };

/** `base`: what holds without the database, see `loadLexicon`. */
export function createLexiconStore(database: Database, base: Lexicon): LexiconStore {
  let state: State = { stamp: '', lexicon: base, leftOut: [] };

  const refresh = async (): Promise<State> => {
    const stamp = await stampOf(database);
    if (stamp !== state.stamp) state = { stamp, ...extendLexicon(base, await addedTerms(database)) };
    return state;
  };

  return {
    current: async () => (await refresh()).lexicon,
    leftOut: async () => (await refresh()).leftOut,
    add: (term) =>
      database.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT pg_advisory_xact_lock(${LOCK})::text AS locked`;
        const { lexicon } = extendLexicon(base, await addedTerms(transaction));
        const key = keyOf(term.keyword);
        if ((await transaction.lexiconTerm.count({ where: { key } })) > 0)
          throw new TapeworksError('CONFLICT', `“${term.keyword}” was added already; delete it first to change it.`);
        refuse(termProblems(lexicon, term));
        await transaction.lexiconTerm.create({ data: { keyword: term.keyword, key, term: toJson(term) } });
        return { ...term, source: 'added' };
      }),
    async remove(keyword) {
      const { count } = await database.lexiconTerm.deleteMany({ where: { key: keyOf(keyword) } });
      if (count > 0) return;
      const { lexicon } = await refresh();
      const fixed = lexicon.terms.find((term) => keyOf(term.keyword) === keyOf(keyword));
      if (!fixed) throw new TapeworksError('NOT_FOUND', `No term “${keyword.slice(0, 100)}” was added.`);
      const where = fixed.source === 'file' ? `in the file ${fixed.file} of LEXICON_DIR` : "in the product's lexicon";
      throw new TapeworksError('CONFLICT', `“${fixed.keyword}” is ${where}; only added terms can be deleted here.`);
    },
  };
}

const keyOf = (keyword: string) => keyword.toLowerCase();
const toJson = (term: Term) => JSON.parse(JSON.stringify(term));

/** Changes with every term that comes or goes. */
async function stampOf(database: Database): Promise<string> {
  const rows = await database.lexiconTerm.findMany({ select: { key: true, updatedAt: true }, orderBy: { key: 'asc' } });
  return rows.map(({ key, updatedAt }) => `${key}@${updatedAt.getTime()}`).join('\n');
}

/** First come, first served where two stand in each other's way. */
async function addedTerms(database: Database | Transaction): Promise<LexiconTerm[]> {
  const rows = await database.lexiconTerm.findMany({ orderBy: [{ createdAt: 'asc' }, { key: 'asc' }] });
  return rows.map(({ term }) => ({ ...termSchema.parse(term), source: 'added' }));
}

function refuse(problems: TermProblem[]): void {
  if (problems.length === 0) return;
  const message = problems.map((problem) => problem.message).join(' ');
  const taken = problems.some(({ kind }) => kind === 'taken');
  throw new TapeworksError(taken ? 'CONFLICT' : 'INVALID_INPUT', message, {
    problems: problems.map((problem) => problem.message),
  });
}
