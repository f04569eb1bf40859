import type { Timeframe } from '../../contracts/candles.ts';
import { type Signal, signalIndicatorsSchema } from '../../contracts/signals.ts';
import type { Signal as SignalRow } from './generated/client.ts';

/** A stored signal as the domain knows it. */
export const toSignal = (row: SignalRow): Signal => ({
  symbol: row.symbol,
  timeframe: row.timeframe as Timeframe,
  type: row.type as Signal['type'],
  barTime: row.barTime.getTime(),
  entryPrice: row.entryPrice,
  stopLoss: row.stopLoss,
  targetPrice: row.targetPrice,
  riskRewardRatio: row.riskRewardRatio,
  ruleId: row.ruleId,
  indicators: signalIndicatorsSchema.parse(row.indicators),
});
