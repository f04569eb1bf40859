/** The little XML that caption files are: elements, attributes, text. No entities of their own, no nesting kept: one pass. */
import { decodeEntities } from './plain-text.ts';
import { broken } from './raw-cue.ts';

export type XmlElement = { name: string; attributes: Map<string, string>; line: number; closed: boolean };
export type XmlEvents = {
  open: (element: XmlElement) => void;
  close: (name: string) => void;
  /** Text with its entities decoded. */
  text: (text: string) => void;
};

const localName = (name: string) => name.slice(name.indexOf(':') + 1).toLowerCase();

function attributesOf(source: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const match of source.matchAll(/([\w:.-]{1,60})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')/g))
    attributes.set(match[1] ?? '', decodeEntities(match[2] ?? match[3] ?? ''));
  return attributes;
}

/** The index after the tag's `>`, which may stand inside quotes too; -1 when the tag does not end. */
function tagEnd(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return at + 1;
  }
  return -1;
}

/** Where what begins with `<!` or `<?` ends. A document type is refused: it could define entities that grow without end. */
function skipped(text: string, at: number, line: number, fileName: string, events: XmlEvents): number {
  const close = (mark: string, from: number) => {
    const end = text.indexOf(mark, from);
    return end < 0 ? text.length : end + mark.length;
  };
  if (text.startsWith('<!--', at)) return close('-->', at + 4);
  if (text.startsWith('<![CDATA[', at)) {
    const end = close(']]>', at);
    events.text(text.slice(at + 9, Math.max(at + 9, end - 3)));
    return end;
  }
  if (text.startsWith('<?', at)) return close('?>', at);
  throw broken(fileName, line, 'a document type declaration', 'captions without one; nothing it declares is read');
}

/** Reads XML from left to right. Throws `TRANSCRIPT_BROKEN` at a document type or a tag without an end. */
export function scanXml(text: string, fileName: string, events: XmlEvents): void {
  let at = 0;
  let line = 1;
  let feed = text.indexOf('\n');
  while (at < text.length) {
    const open = text.indexOf('<', at);
    const until = open < 0 ? text.length : open;
    if (until > at) events.text(decodeEntities(text.slice(at, until)));
    if (open < 0) return;
    for (; feed >= 0 && feed < open; feed = text.indexOf('\n', feed + 1)) line++;
    const next = text[open + 1] ?? '';
    if (next === '!' || next === '?') {
      at = skipped(text, open, line, fileName, events);
      continue;
    }
    const tag = /^\/?[A-Za-z_][\w:.-]{0,60}/.exec(text.slice(open + 1, open + 64))?.[0];
    if (!tag) {
      events.text('<');
      at = open + 1;
      continue;
    }
    const end = tagEnd(text, open + 1 + tag.length);
    if (end < 0) throw broken(fileName, line, `the tag <${tag}> has no end`, 'well-formed XML');
    const closed = text[end - 2] === '/';
    if (tag.startsWith('/')) events.close(localName(tag.slice(1)));
    else {
      const attributes = attributesOf(text.slice(open + 1 + tag.length, end - 1));
      events.open({ name: localName(tag), attributes, line, closed });
      if (closed) events.close(localName(tag));
    }
    at = end;
  }
}
