import type { Category } from '../../../contracts/keywords.ts';
import { INDICATORS } from '../../../contracts/strategies.ts';
import { canonicalKeyword, LEXICON } from '../../keywords/lexicon.ts';

const NOT_PRICE = 'it is not read from candles';

const WHY: Record<Category, string> = {
  technical_indicator: `it needs an indicator or comparison beyond ${INDICATORS.join(', ')}`,
  chart_pattern: 'its shape needs swing points, which the rule language does not have',
  candlestick: 'it needs the proportions of a bar, which the rule language does not compute',
  price_action: 'it is drawn or judged by eye, not by a comparison at a close',
  market_structure: 'it needs sessions, order flow or swing points, which the rule language does not have',
  risk_management: 'it measures an account or results, not a market',
  order_type: 'it says how an order is sent, not when',
  options: NOT_PRICE,
  fundamentals: NOT_PRICE,
  macro: NOT_PRICE,
  crypto: NOT_PRICE,
  psychology: 'it is about the trader, not the market',
};

/** Why a keyword without a meaning has none, by its category in the lexicon. */
export const whyNoMeaning = (keyword: string): string => {
  const canonical = canonicalKeyword(LEXICON, keyword);
  const term = LEXICON.terms.find((known) => known.keyword === canonical);
  return term ? WHY[term.category] : 'it is no term of the lexicon that a meaning was written for';
};
