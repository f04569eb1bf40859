import { AVERAGES, OSCILLATORS, PERIODIC } from './families.ts';
import { between, caught, caughtNumber, type Finding, lastTerm, type Place, UNIT } from './finding.ts';

const QUALIFIER =
  '(?: (?:simple|exponential|weighted|smoothed|average|standard|classic|default|lookback|for|of|the|your|my))';
/** "14-period RSI", "20-day moving average", "14 day lookback for the RSI". */
const WITH_UNIT = new RegExp(`^ ${UNIT}${QUALIFIER}{0,3} @(?<t>\\d+)`);
/** "the 50 EMA", "20-day high". */
const NEXT_TO = /^ @(?<t>\d+)/;
/** "the 9 and 21 EMA", "50 and 200-day moving averages". */
const SHARED = new RegExp(
  `^(?:(?: ${UNIT})?(?: ,)?(?: (?:and|or))?(?: the)? #\\d+){1,3}(?: ${UNIT})?${QUALIFIER}? @(?<t>\\d+)`,
);
/** "RSI with a period of 14", "the ATR lookback is 14". */
const NAMED =
  / @(?<t>\d+)(?: [a-z']+){0,4} (?:periods?|length|lookback|window|settings?)(?: (?:of|is|to|at|set|as|usually|the|last|about|default|are))*$/;
/** "RSI over 14 days", "moving average of the last 50 closes". */
const OVER =
  / @(?<t>\d+)(?: line)? (?:with|using|over|of|at|on|for)(?: (?:a|an|the|last|past|default|standard|usual)){0,3}$/;
const OVER_UNIT = new RegExp(`^ (?:${UNIT}|closes|closing prices)`);
/** "the RSI is set to 14", "set your RSI to 14". */
const SET = / @(?<t>\d+)(?: (?:is|are|was))? set (?:to|at)$| set (?:the|your|my|our|an?) @(?<s>\d+) to$/;
/** "RSI 14", "EMA 20". */
const AFTER_NAME = / @(?<t>\d+)$/;
/** "Bollinger bands are a 20-period moving average". */
const BANDS =
  / @(?<t>\d+)(?: ,)?(?: (?:are|is|use|uses|using|with|a|an|the|based|on|built|around|of|from|take|start)){0,5}$/;
const VOLUME_AVERAGE = new RegExp(`^ ${UNIT}(?: (?:simple|moving)){0,2} (?:average|@)`);
const COMPARED = / (?:times|x|above|over|than|exceeds|below|under)(?: (?:its|the|their|a))?$/;
const BREAK = / (?:above|below|over|under|through|past|beyond)(?: (?:the|its|a|last|prior|previous)){0,2}$/;
const LIST_FOLLOWS = /^(?: ,)?(?: and)? #/;
/** Levels of oscillators: next to their name these are no period. */
const LEVELS = new Set([20, 25, 30, 50, 70, 75, 80]);
const VOLUME = new Set(['volume']);
const BOLLINGER = new Set(['Bollinger bands']);
const EXTREMES = new Set(['new high', 'new low']);
const BREAKOUTS = new Set(['breakout', 'Donchian channel']);

const isPeriod = (value: number) => Number.isInteger(value) && value >= 2 && value <= 1000;

/** Whether "20 ATR" can be a period: small numbers next to a name are multiples or counts ("two moving averages"). */
const besideName = (keyword: string, value: number) =>
  keyword !== 'volume' &&
  keyword !== 'volatility' &&
  !(LEVELS.has(value) && OSCILLATORS.has(keyword)) &&
  value >= (keyword === 'ATR' ? 7 : 5);

function nameBefore({ items, window, value }: Place) {
  if (new RegExp(`^ (?:${UNIT}|%|percent|dollars?|points?|times|x|to|:)|^ ,? ?(?:and )?#`).test(window.right))
    return null;
  const term = caught(items, AFTER_NAME.exec(window.left), PERIODIC);
  return term && besideName(term.keyword, value) ? term : null;
}

function settled({ items, window }: Place) {
  if (LIST_FOLLOWS.test(window.right)) return null;
  const set = SET.exec(window.left);
  const index = Number(set?.groups?.['s'] ?? Number.NaN);
  const item = items[index];
  if (item?.kind === 'term' && PERIODIC.has(item.keyword)) return { keyword: item.keyword, index };
  const over = OVER_UNIT.test(window.right) ? OVER.exec(window.left) : null;
  return caught(items, set ?? NAMED.exec(window.left) ?? over, PERIODIC);
}

/** The price's high or low over so many bars is what a breakout is measured by, where one speaks of breakouts. */
function breakout({ items, window, value }: Place): Finding[] {
  const extreme = caught(items, NEXT_TO.exec(window.right), EXTREMES);
  if (!extreme || !BREAK.test(window.left)) return [];
  const term = lastTerm(items, window.before, BREAKOUTS) ?? lastTerm(items, window.right, BREAKOUTS);
  if (!term) return [];
  return [
    {
      term: term.keyword,
      parameter: 'period',
      value,
      first: Math.min(term.index, window.at - 3),
      last: Math.max(term.index, extreme.index),
    },
  ];
}

/** Number of bars a term is computed over. */
export function periods(place: Place): Finding[] {
  const { items, window, value } = place;
  if (!isPeriod(value) || / (?:\$|€)$/.test(window.left)) return [];
  const found: Finding[] = [];
  const add = (term: { keyword: string; index: number } | null) => {
    if (term) found.push(between(term, 'period', value, window.at));
  };
  const shared = SHARED.exec(window.right);
  const beside = caught(items, NEXT_TO.exec(window.right), PERIODIC);
  add(
    caught(items, WITH_UNIT.exec(window.right), PERIODIC) ??
      (beside && besideName(beside.keyword, value) ? beside : null) ??
      (shared && value >= 5 ? caught(items, shared, AVERAGES) : null) ??
      settled(place) ??
      nameBefore(place),
  );
  const bands = OVER_UNIT.test(window.right) ? caught(items, BANDS.exec(window.left), BOLLINGER) : null;
  if (bands) found.push(between(bands, 'period', value, window.at + 1));
  const ofVolume = VOLUME_AVERAGE.test(window.right) && COMPARED.test(window.left);
  const volume = ofVolume ? lastTerm(items, window.left, VOLUME) : null;
  if (volume) found.push(between(volume, 'period', value, window.at + 2));
  return [...found, ...breakout(place)];
}

/** "Bollinger bands 20 and 2": period and deviations. */
export function bandSettings({ items, window, value }: Place): Finding[] {
  const second = new RegExp(`^(?: ,)?(?: and)? #(?<n>\\d+)(?! (?:${UNIT}|standard|@))`).exec(window.right);
  const deviations = second && caughtNumber(items, second, 'n');
  const term = caught(items, / @(?<t>\d+)(?: ,)?(?: [a-z']+){0,5}$/.exec(window.left), BOLLINGER);
  if (!term || !deviations || !isPeriod(value) || value < 5 || deviations.value > 4 || deviations.value <= 0) return [];
  return [
    between(term, 'period', value, deviations.index),
    between(term, 'deviations', deviations.value, deviations.index),
  ];
}
