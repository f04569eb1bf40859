/** The words a lexicon knows, as numbers, and a fast way from a text to them. */
import { joins, nextToken } from './tokens.ts';

/** Words of a text as numbers: −1 is a word the vocabulary lacks. `[start, end)` are the characters, `joined` as in `Token`. */
export type ScannedText = {
  count: number;
  ids: Int32Array;
  starts: Int32Array;
  ends: Int32Array;
  joined: Uint8Array;
};

const WORD = 1;
const PERCENT = 2;
/** What an ASCII character is: part of a word, a percent sign, or neither. */
const KIND = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  return /[a-z0-9]/i.test(char) ? WORD : char === '%' ? PERCENT : 0;
});
const LOWER = Uint8Array.from({ length: 128 }, (_, code) => String.fromCharCode(code).toLowerCase().charCodeAt(0));
const FIRST_HASH = 0x811c9dc5 | 0;
const HASH_FACTOR = 0x01000193;
const SPACE = 32;
/** Dashes, quotes and spaces of typesetting, none of which is part of a word. */
const isTypesetting = (code: number) => code >= 0x2000 && code <= 0x206f;

const hashOf = (word: string) => {
  let hash = FIRST_HASH;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), HASH_FACTOR);
  return hash;
};

/**
 * A hash table from words to numbers that is asked with a place in a text, so that no string is made for each word. ASCII words
 * take the fast way; all others go through `nextToken`, which says what a word is.
 */
export class Vocabulary {
  private readonly words: string[];
  private readonly byWord: Map<string, number>;
  private readonly slots: Int32Array;
  private readonly hashes: Int32Array;
  private readonly mask: number;

  constructor(words: Iterable<string>) {
    this.words = [...new Set(words)];
    this.byWord = new Map(this.words.map((word, id) => [word, id]));
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, this.words.length * 4)));
    this.mask = size - 1;
    this.slots = new Int32Array(size).fill(-1);
    this.hashes = Int32Array.from(this.words, hashOf);
    for (const id of this.words.keys()) {
      let slot = this.slotOf(this.hashes[id] ?? 0);
      while ((this.slots[slot] ?? -1) >= 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = id;
    }
  }

  get size(): number {
    return this.words.length;
  }

  /** The number of a lower-case word; −1 if it is none of the vocabulary. */
  idOf(word: string): number {
    return this.byWord.get(word) ?? -1;
  }

  private slotOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & this.mask;
  }

  /** The number of the ASCII word that stands at `[start, end)` of a text, in any case. */
  private idAt(text: string, start: number, end: number, hash: number): number {
    for (let slot = this.slotOf(hash); ; slot = (slot + 1) & this.mask) {
      const id = this.slots[slot] ?? -1;
      if (id < 0) return -1;
      if (this.hashes[id] === hash && this.equals(this.words[id] ?? '', text, start, end)) return id;
    }
  }

  private equals(word: string, text: string, start: number, end: number): boolean {
    if (word.length !== end - start) return false;
    for (let at = 0; at < word.length; at++)
      if (word.charCodeAt(at) !== LOWER[text.charCodeAt(start + at)]) return false;
    return true;
  }

  /** The words of a text, as `tokenize` finds them. Linear; makes no string for an ASCII word. */
  scan(text: string): ScannedText {
    let scanned = withRoom(null, 64 + (text.length >> 2));
    let { ids, starts, ends, joined } = scanned;
    let count = 0;
    let lastEnd = 0;
    let lastLength = 0;
    for (let at = 0; at < text.length; ) {
      let code = text.charCodeAt(at);
      if (code < 128 && KIND[code] === 0) {
        at++;
        continue;
      }
      const start = at;
      let hash = FIRST_HASH;
      while (code < 128 && KIND[code] === WORD) {
        hash = Math.imul(hash ^ (LOWER[code] ?? 0), HASH_FACTOR);
        at++;
        code = at < text.length ? text.charCodeAt(at) : 0;
      }
      let id = -1;
      let length = at - start;
      if (length > 0 && (code < 128 || isTypesetting(code))) id = this.idAt(text, start, at, hash);
      else {
        const token = nextToken(text, start);
        if (!token) {
          at = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
          continue;
        }
        at = token.end;
        id = this.idOf(token.word);
        length = token.word.length;
      }
      if (count === ids.length) {
        scanned = withRoom(scanned, count * 2);
        ({ ids, starts, ends, joined } = scanned);
      }
      const bySpace = start === lastEnd + 1 && text.charCodeAt(lastEnd) === SPACE;
      joined[count] = count > 0 && (bySpace || joins(text, lastEnd, start, lastLength)) ? 1 : 0;
      ids[count] = id;
      starts[count] = start;
      ends[count] = at;
      lastEnd = at;
      lastLength = length;
      count++;
    }
    return { count, ids, starts, ends, joined };
  }
}

/** Room for so many words, with those there are. */
function withRoom(from: ScannedText | null, capacity: number): ScannedText {
  const larger = {
    count: 0,
    ids: new Int32Array(capacity),
    starts: new Int32Array(capacity),
    ends: new Int32Array(capacity),
    joined: new Uint8Array(capacity),
  };
  if (from) {
    larger.ids.set(from.ids);
    larger.starts.set(from.starts);
    larger.ends.set(from.ends);
    larger.joined.set(from.joined);
  }
  return larger;
}
