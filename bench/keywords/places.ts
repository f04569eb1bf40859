/** Where terms were found: characters `[start, end)`. */
export type Place = [start: number, end: number];

/** Of places that overlap the leftmost, of those that start together the longest: what an alternation of longest terms first finds. */
export function leftmostLongest(places: Place[]): Place[] {
  const kept: Place[] = [];
  let until = 0;
  for (const place of places.toSorted(([a, x], [b, y]) => a - b || y - x)) {
    if (place[0] < until) continue;
    kept.push(place);
    until = place[1];
  }
  return kept;
}

/** Share of all places of both sides, in percent, that both found. */
export function agreement(a: Place[], b: Place[]): number {
  const keys = (places: Place[]) => new Set(places.map((place) => place.join('-')));
  const [ofA, ofB] = [keys(a), keys(b)];
  const both = [...ofA].filter((key) => ofB.has(key)).length;
  const all = ofA.size + ofB.size - both;
  return all === 0 ? 100 : (100 * both) / all;
}
