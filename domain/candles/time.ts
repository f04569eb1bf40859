const ISO =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;
const US = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?:[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(AM|PM)?)?$/i;
const LATEST_MS = Date.UTC(2200, 0, 1);

/** Epoch seconds, milliseconds or microseconds, told apart by size. */
const fromEpoch = (value: number): number => {
  if (value < 1e11) return value * 1000;
  return value < 1e14 ? value : value / 1000;
};

const offsetMs = (zone: string | undefined): number => {
  const digits = zone?.match(/^([+-])(\d{2}):?(\d{2})$/);
  if (!digits) return 0;
  const minutes = Number(digits[2]) * 60 + Number(digits[3]);
  return (digits[1] === '-' ? -minutes : minutes) * 60_000;
};

/** `null` for a day or hour that does not exist: Date would roll 30 February over into March. */
const utc = (year: number, month: number, day: number, hour: number, minute: number, second: number): number | null => {
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return null;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(time).getUTCDate() === day ? time : null;
};

const fromIso = (parts: RegExpMatchArray): number | null => {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone] = parts;
  const time = utc(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  return time === null ? null : time + Math.floor(Number(`0.${fraction}`) * 1000) - offsetMs(zone);
};

const fromUs = (parts: RegExpMatchArray): number | null => {
  const [, month, day, year = '', hour = '0', minute = '0', second = '0', half] = parts;
  const fullYear = year.length === 2 ? 2000 + Number(year) : Number(year);
  const clock = half ? (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0) : Number(hour);
  return utc(fullYear, Number(month), Number(day), clock, Number(minute), Number(second));
};

/**
 * Market time as UTC epoch milliseconds. Reads ISO dates and times (no zone means UTC), US `m/d/yyyy [hh:mm[:ss] [AM|PM]]`,
 * and epoch seconds, milliseconds or microseconds as number or digits. `null` when it is none of these, not a real date, or
 * outside 1970–2200.
 */
export const readTime = (raw: unknown): number | null => {
  const text = typeof raw === 'number' ? String(raw) : typeof raw === 'string' ? raw.trim() : '';
  const iso = text.match(ISO);
  const us = iso ? null : text.match(US);
  let time: number | null = null;
  if (iso) time = fromIso(iso);
  else if (us) time = fromUs(us);
  else if (/^\d{1,17}(\.\d+)?$/.test(text)) time = fromEpoch(Number(text));
  if (time === null || !Number.isFinite(time) || time < 0 || time >= LATEST_MS) return null;
  return Math.round(time);
};
