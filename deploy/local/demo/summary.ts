/** The demo's end as a person reads it. */
import type { Results } from './results.ts';

const time = (seconds: number) =>
  `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

const excerpt = (text: string) => (text.length > 160 ? `${text.slice(0, 157).trimEnd()}…` : text);

export function printSummary(results: Results): void {
  const say = (line = '') => console.log(line);
  const { media, hits, clips, strategies, signals } = results;
  say('\n══ What was found ══');
  for (const item of media) {
    say(
      `${item.video_id}: ${time(item.duration ?? 0)} min, ${item.counts.cues} cues, ${item.counts.frames} frames, ${item.searchable_at ? 'searchable' : 'not searchable'}`,
    );
  }
  const keywords = new Map<string, number>();
  for (const { keyword } of hits) keywords.set(keyword, (keywords.get(keyword) ?? 0) + 1);
  const most = [...keywords]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 10)
    .map(([keyword, count]) => `${keyword} ${count}`);
  say(`${hits.length} keyword hits of ${keywords.size} terms: ${most.join(', ')}${keywords.size > 10 ? ', …' : ''}`);
  say(
    `${clips.length} clips: ${clips
      .slice(0, 4)
      .map((clip) => `${time(clip.start_time)}–${time(clip.end_time)}`)
      .join(', ')}${clips.length > 4 ? ', …' : ''}`,
  );
  say(`${results.vectors} vectors`);
  if (results.search.results.length > 0) say(`\n══ “${results.search.query}” ══`);
  for (const { video_id, text, start_time } of results.search.results)
    say(`  ${time(start_time)} ${video_id}: ${excerpt(text)}`);

  const [shown] = strategies.toSorted((a, b) => Number(b.keyword === 'RSI') - Number(a.keyword === 'RSI'));
  say(`\n══ ${strategies.length} strategies (backend: ${results.backend}) ══`);
  for (const { keyword, citations, signals: count } of strategies)
    say(`  ${keyword}: ${citations.length} citations, ${count} signals`);
  if (shown) {
    say(`\n── ${shown.title} ──\n${shown.strategy}`);
    say('\nThe same as rules:');
    for (const { id, says, origin } of [...shown.rules.entry, ...shown.rules.exit, ...shown.rules.risk.basis])
      say(`  ${id} [${origin}] ${says}`);
  }

  say(`\n══ ${signals.length} signals on the last bars ══`);
  for (const signal of signals.slice(-5)) {
    const { rating, choppiness, rating_reason, backend } = signal.enhancement;
    say(
      `  ${signal.timestamp.slice(0, 16)} ${signal.symbol} ${signal.timeframe} ${signal.signal_type} at ${signal.entry_price.toFixed(2)}, stop ${signal.stop_loss.toFixed(2)}, target ${signal.target_price.toFixed(2)}`,
    );
    say(
      `    rating ${rating ?? '–'} of 5, choppy: ${choppiness ?? '–'} (${backend ?? 'pending'}) ${rating_reason ?? ''}`,
    );
  }

  say('\n══ Exports ══');
  for (const file of results.exports) say(`  ${file.path} (${file.rows} rows)`);
  for (const { message, remedy, code } of results.failures)
    say(`\nFailed: ${message} [${code}]\n  What to do: ${remedy}`);

  say('\n══ Where to look ══');
  if (results.urls.temporalUi) say(`  Temporal Web UI  ${results.urls.temporalUi}`);
  say(`  API              ${results.urls.api}`);
  say(`  API docs         ${results.urls.docs}`);
  for (const url of results.urls.runs.slice(0, 3)) say(`  this run         ${url}`);
  say(`\n${results.seconds} s. Educational, not advice.`);
}
