import type { Candle, CandleSeries, Timeframe } from '../../contracts/candles.ts';
import type { Database } from './client.ts';
import type { Candle as CandleRow } from './generated/client.ts';

/** Rows of one INSERT: seven parameters each, well under PostgreSQL's 65,535. */
const CHUNK = 5_000;

/** Stores bars once per product, timeframe and time; bars already there stay as they are. */
export async function storeCandles(database: Database, { product, timeframe, candles }: CandleSeries): Promise<void> {
  const last = await database.candle.findFirst({
    where: { product, timeframe },
    orderBy: { time: 'desc' },
    select: { time: true },
  });
  const known = await database.candle.count({ where: { product, timeframe } });
  const newest = candles.at(-1);
  if (newest && last?.time.getTime() === newest.time && known >= candles.length) return;
  for (let start = 0; start < candles.length; start += CHUNK) {
    await database.candle.createMany({
      skipDuplicates: true,
      data: candles
        .slice(start, start + CHUNK)
        .map((candle) => ({ ...candle, time: new Date(candle.time), product, timeframe })),
    });
  }
}

/** The last `last` bars, oldest first. */
export async function loadCandles(
  database: Database,
  { product, timeframe, last, until }: { product: string; timeframe: Timeframe; last: number; until?: Date },
): Promise<Candle[]> {
  const rows = await database.candle.findMany({
    where: { product, timeframe, ...(until ? { time: { lte: until } } : {}) },
    orderBy: { time: 'desc' },
    take: last,
  });
  return rows.reverse().map(toCandle);
}

/** All bars of a series, oldest first, in pages of at most `limit`. */
export async function* candlePages(
  database: Database,
  { product, timeframe, limit }: { product: string; timeframe: Timeframe; limit: number },
): AsyncGenerator<Candle[]> {
  for (let after = new Date(0), full = true; full; ) {
    const rows = await database.candle.findMany({
      where: { product, timeframe, time: { gt: after } },
      orderBy: { time: 'asc' },
      take: limit,
    });
    yield rows.map(toCandle);
    after = rows.at(-1)?.time ?? after;
    full = rows.length === limit;
  }
}

const toCandle = ({ time, open, high, low, close, volume }: CandleRow): Candle => ({
  time: time.getTime(),
  open,
  high,
  low,
  close,
  volume,
});
