import type { Candle, Timeframe } from '../../contracts/candles.ts';
import type { Signal } from '../../contracts/signals.ts';
import type { StrategyRules } from '../../contracts/strategies.ts';
import { evaluateRules } from '../strategies/evaluate-rules.ts';
import { createLevels } from './levels.ts';
import { createSnapshots } from './snapshot.ts';

/**
 * Signals of a strategy, oldest first, at most one a bar: a bar at whose close an entry rule holds that did not hold at the
 * close before. Of several rules the first in the strategy's order names the signal. There is none where an exit rule holds
 * at the same close, or where stop and target make no trade (see `createLevels`). Bars before `sinceBar` (an index) are read
 * but not reported. `rules` must have passed `checkRules`; candles are oldest first.
 */
export const scanSignals = (
  rules: StrategyRules,
  candles: readonly Candle[],
  options: { symbol: string; timeframe: Timeframe; sinceBar?: number },
): Signal[] => {
  const { symbol, timeframe, sinceBar = 0 } = options;
  const { entries, exits } = evaluateRules(rules, candles);
  const held = new Set(entries.map(({ bar, ruleId }) => `${bar} ${ruleId}`));
  const leaving = new Set(exits.map((exit) => exit.bar));
  const levelsAt = createLevels(rules.risk, rules.direction, candles);
  const snapshotAt = createSnapshots(candles);
  const signals: Signal[] = [];
  let lastBar = -1;
  for (const { bar, ruleId } of entries) {
    const candle = candles[bar];
    if (!candle || bar < sinceBar || bar === lastBar || leaving.has(bar) || held.has(`${bar - 1} ${ruleId}`)) continue;
    const levels = levelsAt(bar);
    if (!levels) continue;
    lastBar = bar;
    signals.push({
      symbol,
      timeframe,
      type: rules.direction,
      barTime: candle.time,
      entryPrice: levels.entry,
      stopLoss: levels.stop,
      targetPrice: levels.target,
      riskRewardRatio: levels.riskReward,
      ruleId,
      indicators: snapshotAt(bar),
    });
  }
  return signals;
};
