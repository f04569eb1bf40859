/** Cue payloads to plain text: tags out, entities decoded, one line, nothing that a database would refuse. */

const NAMED = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
    lrm: '',
    rlm: '',
    shy: '',
    hellip: '…',
    ndash: '–',
    mdash: '—',
    lsquo: '‘',
    rsquo: '’',
    ldquo: '“',
    rdquo: '”',
    laquo: '«',
    raquo: '»',
    bull: '•',
    middot: '·',
    deg: '°',
    frac12: '½',
    frac14: '¼',
    frac34: '¾',
    times: '×',
    divide: '÷',
    plusmn: '±',
    micro: 'µ',
    sect: '§',
    copy: '©',
    reg: '®',
    trade: '™',
    euro: '€',
    pound: '£',
    yen: '¥',
    cent: '¢',
    eacute: 'é',
    egrave: 'è',
    agrave: 'à',
    ccedil: 'ç',
    auml: 'ä',
    ouml: 'ö',
    uuml: 'ü',
    Auml: 'Ä',
    Ouml: 'Ö',
    Uuml: 'Ü',
    szlig: 'ß',
    ntilde: 'ñ',
  }),
);

function codePoint(value: number): string {
  const valid = value > 0 && value <= 0x10ffff && !(value >= 0xd800 && value <= 0xdfff);
  return valid ? String.fromCodePoint(value) : '\ufffd';
}

/** Decodes numeric and the usual named HTML entities once; unknown ones stay as they are. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]{1,7}));/gi, (whole, hex, decimal, name) => {
    if (typeof hex === 'string') return codePoint(Number.parseInt(hex, 16));
    if (typeof decimal === 'string') return codePoint(Number.parseInt(decimal, 10));
    return NAMED.get(String(name)) ?? whole;
  });
}

/** A tag as subtitles know it: `<i>`, `</c>`, `<v Name>`, `<00:01.500>`; "RSI <30" and "a <b and c> d" have none. */
const isTag = (inside: string) =>
  /^\/?[a-z][\w:-]*(?:\.[^\s]*)?\s*\/?$/i.test(inside) ||
  /^(?:v|c|lang|i|b|u|ruby|rt)[.\s]/i.test(inside) ||
  /^[a-z][\w:-]*\s[^=]*=/i.test(inside) ||
  /^\d+:\d/.test(inside);

/** Splits at tags, in one pass whatever the text; `onTag` sees each tag's inside. */
export function splitTags(text: string, onText: (part: string) => void, onTag: (inside: string) => void): void {
  let from = 0;
  let open = text.indexOf('<');
  while (open >= 0) {
    let close = open + 1;
    while (close < text.length && text[close] !== '>' && text[close] !== '<') close++;
    if (text[close] === '>' && isTag(text.slice(open + 1, close))) {
      onText(text.slice(from, open));
      onTag(text.slice(open + 1, close));
      from = close + 1;
    }
    open = text.indexOf('<', close);
  }
  onText(text.slice(from));
}

/** One line without control, zero-width or direction marks and without lone surrogates. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\s/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll(/ +/g, ' ')
    .trim();
}

/** The words of a subtitle payload: HTML and WebVTT tags and `{\an8}` overrides removed, entities decoded. */
export function plainText(payload: string): string {
  let text = '';
  splitTags(
    payload,
    (part) => {
      text += part;
    },
    (inside) => {
      if (/^br\b/i.test(inside)) text += ' ';
    },
  );
  return oneLine(decodeEntities(text.replaceAll(/\{\\[^{}]{0,80}\}/g, '').replaceAll(/\\[Nnh]/g, ' ')));
}

/** A piece of a line as plain text, with one space where it began or ended with some: it may be part of a word. */
export function spaced(piece: string): string {
  const text = plainText(piece);
  const space = (edge: RegExp) => (edge.test(piece) ? ' ' : '');
  return text === '' ? space(/\s/) : `${space(/^\s/)}${text}${space(/\s$/)}`;
}
