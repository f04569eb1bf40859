/** The lexicon of trading terms: one data file a category. A new term is one entry there; a new category one file and one line. */
import { TapeworksError } from '../../contracts/errors.ts';
import { type Category, type Lexicon, lexiconSchema, termSchema } from '../../contracts/keywords.ts';
import { hashJson } from '../hash.ts';
import { closestKeywords } from './closest-keywords.ts';
import contexts from './contexts.json' with { type: 'json' };
import candlestick from './lexicon/candlestick.json' with { type: 'json' };
import chartPattern from './lexicon/chart-pattern.json' with { type: 'json' };
import crypto from './lexicon/crypto.json' with { type: 'json' };
import fundamentals from './lexicon/fundamentals.json' with { type: 'json' };
import macro from './lexicon/macro.json' with { type: 'json' };
import marketStructure from './lexicon/market-structure.json' with { type: 'json' };
import options from './lexicon/options.json' with { type: 'json' };
import orderType from './lexicon/order-type.json' with { type: 'json' };
import priceAction from './lexicon/price-action.json' with { type: 'json' };
import psychology from './lexicon/psychology.json' with { type: 'json' };
import riskManagement from './lexicon/risk-management.json' with { type: 'json' };
import technicalIndicator from './lexicon/technical-indicator.json' with { type: 'json' };
import { spellingIndex } from './spellings.ts';
import { words } from './tokens.ts';

const TERMS: Record<Category, unknown[]> = {
  technical_indicator: technicalIndicator,
  chart_pattern: chartPattern,
  candlestick,
  price_action: priceAction,
  risk_management: riskManagement,
  order_type: orderType,
  options,
  fundamentals,
  macro,
  psychology,
  crypto,
  market_structure: marketStructure,
};

/** A lexicon of these terms. Its version is a hash of what it holds, so that any change is another version. */
export const versioned = (content: Pick<Lexicon, 'contexts' | 'terms'>): Lexicon => ({
  ...content,
  version: hashJson(content).slice(0, 12),
});

/** The product's own lexicon. docs/lexicon.md describes an entry. */
export const LEXICON: Lexicon = lexiconSchema.parse(
  versioned({
    contexts,
    terms: Object.entries(TERMS).flatMap(([category, terms]) =>
      terms.map((term) => ({
        ...termSchema.parse(Object.assign({ category }, term)),
        source: 'built-in' as const,
      })),
    ),
  }),
);

/** The canonical spelling of a term or of any of its variants, whatever the case, hyphens or spaces; `null` if it is none. */
export function canonicalKeyword(lexicon: Lexicon, text: string): string | null {
  const spelt = words(text.slice(0, 200)).join(' ');
  return spellingIndex(lexicon).get(spelt)?.term.keyword ?? null;
}

/** As `canonicalKeyword`, but throws `UNKNOWN_KEYWORD` that names the closest terms. */
export function requireKeyword(lexicon: Lexicon, text: string): string {
  const keyword = canonicalKeyword(lexicon, text);
  if (keyword !== null) return keyword;
  const closest = closestKeywords(lexicon, text);
  const shown = text.slice(0, 100);
  throw new TapeworksError(
    'UNKNOWN_KEYWORD',
    `“${shown}” is no term of the lexicon; the closest are ${closest.map((term) => `“${term}”`).join(', ')}.`,
    { keyword: shown, closest },
  );
}
