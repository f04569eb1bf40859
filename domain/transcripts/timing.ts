/** Times of SRT and WebVTT: `[[h:]m:]s[,.]ms`. */

/** Milliseconds, or `null` when the text is no time. Hours and the fraction may be missing. */
export function parseTime(text: string): number | null {
  const match = /^(?:(?:(\d{1,4}):)?(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,9}))?$/.exec(text.trim());
  if (!match) return null;
  const [, hours = '0', minutes = '0', seconds = '0', fraction = '0'] = match;
  const ms = Math.round(Number(`0.${fraction}`) * 1000);
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + ms;
}

export type Timing = { startMs: number | null; endMs: number | null };

/** Reads `start --> end settings`; a side that is no time is `null`. `null` when the line holds no arrow. */
export function parseTiming(line: string): Timing | null {
  const arrow = line.indexOf('-->');
  if (arrow < 0) return null;
  const end = line.slice(arrow + 3).trimStart();
  const space = end.search(/\s/);
  return {
    startMs: parseTime(line.slice(0, arrow)),
    endMs: parseTime(space < 0 ? end : end.slice(0, space)),
  };
}

/** `hh:mm:ss.mmm`, as WebVTT wants it. */
export function formatTime(ms: number): string {
  const pad = (value: number, digits: number) => String(value).padStart(digits, '0');
  const seconds = Math.floor(ms / 1000);
  return `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}.${pad(ms % 1000, 3)}`;
}
