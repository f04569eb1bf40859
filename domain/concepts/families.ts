/** Which terms take which kind of number. Names are canonical keywords of the lexicon. */
const family = (...keywords: string[]): ReadonlySet<string> => new Set(keywords);

/** Read against fixed levels. */
export const OSCILLATORS = family(
  'RSI',
  'stochastic',
  'stochastic RSI',
  'MFI',
  'CCI',
  'Williams %R',
  'ADX',
  'Aroon',
  'percent B',
  'VIX',
  'put call ratio',
);
/** Oscillators between 0 and 100, of which one says "it" or "a reading". */
export const PERCENT_OSCILLATORS = family('RSI', 'stochastic', 'stochastic RSI', 'MFI', 'ADX', 'Aroon');

export const AVERAGES = family(
  'moving average',
  'simple moving average',
  'exponential moving average',
  'weighted moving average',
  'Hull moving average',
);
/** Computed over a number of bars. */
export const PERIODIC = family(
  ...OSCILLATORS,
  ...AVERAGES,
  'ATR',
  'Bollinger bands',
  'Donchian channel',
  'Keltner channel',
  'rate of change',
  'momentum',
  'volume',
  'standard deviation',
  'volatility',
  'new high',
  'new low',
);
export const EXITS = family('stop loss', 'trailing stop', 'take profit');
/** Stated in percent. */
export const PERCENTAGES = family(
  ...EXITS,
  'risk per trade',
  'position sizing',
  'drawdown',
  'Fibonacci retracement',
  'retracement',
  'win rate',
);
