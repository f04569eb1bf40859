/** The transcript of a course page of MIT OpenCourseWare, as a list of timed words. */

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

const decoded = (text: string) =>
  text.replaceAll(/&(?:#(\d+)|([a-z]+));/g, (all, code: string | undefined, name: string | undefined) =>
    code === undefined ? (ENTITIES[name ?? ''] ?? all) : String.fromCodePoint(Number(code)),
  );

/**
 * The words of `<span m='90'>The</span>` as JSON with `start_ms` and `word`, spaced as Python's `json.dumps` spaces it, so that the
 * file is the same, byte by byte, whoever makes it. Throws when the page has no such words.
 */
export function wordSpansToJson(page: string): string {
  const transcript = page.slice(Math.max(0, page.indexOf('transcript:')));
  const words = [...transcript.matchAll(/<span\s+m='(\d{1,9})'>(.*?)<\/span>/gs)].flatMap(([, ms, text]) => {
    const word = decoded((text ?? '').replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ')).trim();
    return word === '' ? [] : [`{"start_ms": ${Number(ms)}, "word": ${JSON.stringify(word)}}`];
  });
  if (words.length === 0) throw new RangeError('The page holds no timed words.');
  return `[${words.join(', ')}]`;
}
