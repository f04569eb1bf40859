/** A model that thinks aloud puts that first; it is no part of its answer. */
const THOUGHTS = /<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/gi;
const BLOCK = /```[a-z]*[ \t]*\r?\n?([\s\S]*?)```/gi;

export const withoutThoughts = (text: string): string => text.replace(THOUGHTS, '').trim();

/** The first `{…}` with balanced braces outside strings; `open` when it never closes, as in an answer cut short. */
export const findObject = (text: string): { json: string; open: boolean } | null => {
  const start = text.indexOf('{');
  if (start < 0) return null;
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i += 1) {
    const mark = text[i];
    if (inString) {
      if (mark === '\\') i += 1;
      else if (mark === '"') inString = false;
    } else if (mark === '"') inString = true;
    else if (mark === '{') depth += 1;
    else if (mark === '}') {
      depth -= 1;
      if (depth === 0) return { json: text.slice(start, i + 1), open: false };
    }
  }
  return { json: text.slice(start), open: true };
};

/** Candidates for JSON inside other text: fenced blocks first, then the first object. */
export const jsonCandidates = (text: string): string[] => {
  const blocks = [...text.matchAll(BLOCK)].map((match) => (match[1] ?? '').trim()).filter((block) => block !== '');
  const object = findObject(text);
  return object && !object.open ? [...blocks, object.json] : blocks;
};
