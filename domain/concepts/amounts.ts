import { EXITS, PERCENTAGES } from './families.ts';
import { between, caught, caughtNumber, type Finding, lastTerm, type Place } from './finding.ts';

const PERCENT = /^ (?:%|percent|per cent)/;
const HEDGE =
  '(?: (?:of|is|at|to|reaches|reached|hits|exceeds|than|over|above|below|under|around|about|by|was|set|a|the|maximum|max|more|only|just|should|be|no|never|most|up|within|least))';
const RISKING = new RegExp(` risk(?:ing|ed|s)?${HEDGE}{0,5}$`);
const PER_TRADE =
  /^ (?:%|percent|per cent)(?: (?:risk|of|on|in|my|your|the|account|capital|equity)){0,4} (?:per|each|any|every|one|single|a single) trade/;
const OF_ACCOUNT =
  /^ (?:%|percent|per cent) (?:of|on) (?:my|your|the|our|their)(?: (?:total|trading|whole))? (?:account|capital|equity|portfolio|balance)/;
const PERCENT_OF_TERM = new RegExp(` @(?<t>\\d+)(?: ,)?${HEDGE}{1,4}$`);
const PERCENT_TERM = /^ (?:%|percent|per cent)(?: (?:trailing|hard|fixed|maximum|max|initial|level))? @(?<t>\d+)/;

/** "stop loss 2% below entry", "Fibonacci 61.8% level". */
const PERCENT_BESIDE = / @(?<t>\d+)(?: ,)?$/;
const PLACED_PERCENT = /^ (?:%|percent|per cent) (?:below|above|away|under|from|level|levels|retracement)/;

/** Nobody teaches to risk more on a trade; larger shares are about accounts. */
const MOST_RISKED = 20;

/** Shares in percent: risk per trade, distance of a stop, drawdown, retracement. */
export function percents({ items, window, value }: Place): Finding[] {
  const unit = PERCENT.exec(window.right);
  if (!unit || value > 100) return [];
  const own =
    caught(items, PERCENT_TERM.exec(window.right), PERCENTAGES) ??
    caught(items, PERCENT_OF_TERM.exec(window.left), PERCENTAGES) ??
    (PLACED_PERCENT.test(window.right) ? caught(items, PERCENT_BESIDE.exec(window.left), PERCENTAGES) : null);
  if (own) return [between(own, 'percent', value, own.index > window.at ? window.at : window.at + 1)];
  if (value > MOST_RISKED) return [];
  const risking = RISKING.test(window.left);
  const ofAccount = OF_ACCOUNT.test(window.right) && / risk[a-z]*(?: [a-z']+){0,6}$/.test(window.left);
  if (
    !risking &&
    !ofAccount &&
    !(PER_TRADE.test(window.right) && !/ (?:profit|gain|make|return|earn)/.test(window.left))
  )
    return [];
  const back = risking ? Math.max(1, (RISKING.exec(window.left)?.[0] ?? ' x').split(' ').length - 1) : 0;
  const account = OF_ACCOUNT.exec(window.right)?.[0] ?? PER_TRADE.exec(window.right)?.[0] ?? unit[0];
  const ahead = account.split(' ').length - 1;
  return [{ term: 'risk per trade', parameter: 'percent', value, first: window.at - back, last: window.at + ahead }];
}

const TIMES =
  /^ (?:times|x)(?: (?:the|its|your|their|average|current|daily|normal|usual|of|that|period|day)| #\d+){0,4} @(?<t>\d+)/;
const TIMES_AVERAGE =
  /^ (?:times|x)(?: (?:the|its|their|of|that))?(?: #\d+)?(?: (?:days?|periods?|bars?))? (?:average|normal|@\d+)/;
const RANGES = /^ @(?<t>\d+)(?<rest>(?: [a-z@0-9]+)?)/;
const ATR = new Set(['ATR']);
const VOLUME = new Set(['volume']);
const PLACED = /^ (?:below|above|away|from|under|over|beneath|stop|stops|trailing|distance|@\d+)$/;
const STOP_WORD = / (?:stop|stops|target|trail|risk)(?: [a-z]+){0,6}$/;

/** A multiple of the ATR belongs to the stop or target it places, and to the ATR. */
function ofRange(place: Place, atr: { keyword: string; index: number }): Finding[] {
  const { items, window, value } = place;
  const exit =
    lastTerm(items, window.left, EXITS) ?? lastTerm(items, window.right.split(' ').slice(0, 8).join(' '), EXITS);
  const own = between(atr, 'multiple', value, window.at);
  if (exit)
    return [
      own,
      { ...own, term: exit.keyword, first: Math.min(exit.index, window.at), last: Math.max(exit.index, atr.index) },
    ];
  const back = / stops?((?: [a-z]+){0,6})$/.exec(window.left);
  if (back) return [own, { ...own, term: 'stop loss', first: window.at - back[0].split(' ').length + 1 }];
  return [own];
}

/** How many times a range or an average: "two times ATR", "1.5 times average volume", "two ATR below entry". */
export function multiples(place: Place): Finding[] {
  const { items, window, value } = place;
  if (value <= 0 || value > 20) return [];
  const times = TIMES.exec(window.right);
  const atr = caught(items, times, ATR);
  if (atr) return ofRange(place, atr);
  const volume =
    caught(items, times, VOLUME) ?? (TIMES_AVERAGE.test(window.right) ? lastTerm(items, window.left, VOLUME) : null);
  if (volume)
    return [{ ...between(volume, 'multiple', value, window.at), last: Math.max(volume.index, window.at + 1) }];
  const ranges = RANGES.exec(window.right);
  const beside = caught(items, ranges, ATR);
  if (!beside || value > 6) return [];
  const placed =
    PLACED.test(ranges?.groups?.['rest'] ?? '') ||
    STOP_WORD.test(window.left) ||
    lastTerm(items, window.left, EXITS) !== null;
  return placed ? ofRange(place, beside) : [];
}

const RATIO = new Set(['risk reward ratio']);
const TO = /^ (?:to|:) #(?<n>\d+)(?! (?:%|percent|per cent))/;
const ABOUT_RISK = / (?:risk|reward)(?: |$)/;
const OF_RATIO = / @(?<t>\d+)(?: (?:of|at|least|is|above|over|than|greater|minimum|a|about|around)){1,4}$/;

/** Reward for one unit of risk, whichever way round it is said: "two to one", "1:2", "a risk reward ratio of at least 2". */
export function ratios({ items, window, value }: Place): Finding[] {
  const to = TO.exec(window.right);
  if (!to) {
    const term = caught(items, OF_RATIO.exec(window.left), RATIO);
    return term && value >= 0.5 && value <= 20 ? [between(term, 'ratio', value, window.at)] : [];
  }
  const second = caughtNumber(items, to, 'n');
  if (!second || Math.min(value, second.value) !== 1 || Math.max(value, second.value) > 20) return [];
  const reward = Math.max(value, second.value);
  const term = lastTerm(items, window.before, RATIO) ?? lastTerm(items, window.right, RATIO);
  if (term) return [{ ...between(term, 'ratio', reward, window.at), last: Math.max(term.index, second.index) }];
  if (!ABOUT_RISK.test(window.left)) return [];
  return [{ term: 'risk reward ratio', parameter: 'ratio', value: reward, first: window.at, last: second.index }];
}

const DEVIATION = /^ (?:@(?<t>\d+)|standard deviations?|std|sigmas?|deviations?)/;
const BANDS = new Set(['Bollinger bands']);
const SPREAD = new Set(['standard deviation']);

/** Width of the bands in standard deviations. */
export function deviations({ items, window, value }: Place): Finding[] {
  const unit = DEVIATION.exec(window.right);
  if (!unit || value <= 0 || value > 6) return [];
  if (unit.groups?.['t'] !== undefined && !caught(items, unit, SPREAD)) return [];
  const term = lastTerm(items, window.left, BANDS) ?? lastTerm(items, window.right, BANDS);
  return term ? [{ ...between(term, 'deviations', value, window.at), last: Math.max(term.index, window.at + 1) }] : [];
}
