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
/** Lines, levels and zones on the chart that the price, or another line, is compared with. */
export const LINES = family(
  ...AVERAGES,
  'MACD',
  'signal line',
  'VWAP',
  'Bollinger bands',
  'Keltner channel',
  'Donchian channel',
  'price channel',
  'Ichimoku cloud',
  'Supertrend',
  'parabolic SAR',
  'pivot point',
  'support',
  'resistance',
  'support and resistance',
  'trendline',
  'neckline',
  'key level',
  'round number',
  'previous day high',
  'previous day low',
  'opening range',
  'value area',
  'point of control',
  'swing high',
  'swing low',
  'new high',
  'new low',
  'equal highs',
  'equal lows',
  'Fibonacci retracement',
  'retracement',
  'order block',
  'fair value gap',
  'supply zone',
  'demand zone',
);
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
