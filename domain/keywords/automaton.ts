/** Aho-Corasick over words: all places of all phrases in one pass over the text. */
import type { ScannedText, Vocabulary } from './vocabulary.ts';

/** `[first, last]` are positions of words; `phrase` is the phrase's position in the list. */
export type Place = { phrase: number; first: number; last: number };
type Node = { next: Map<number, number>; fail: number; phrase: number; depth: number; output: number };

export class PhraseAutomaton {
  private readonly nodes: Node[] = [{ next: new Map(), fail: 0, phrase: -1, depth: 0, output: 0 }];
  /** Where each word of the vocabulary leads from the beginning; most words of a text lead nowhere. */
  private readonly entry: Int32Array;
  /** Of each node the longest phrase that ends there, as its node; 0 for none. */
  private readonly ending: Int32Array;

  /** Each phrase is a list of words that the vocabulary has. */
  constructor(phrases: string[][], vocabulary: Vocabulary) {
    for (const [phrase, words] of phrases.entries())
      this.insert(
        words.map((word) => vocabulary.idOf(word)),
        phrase,
      );
    this.link();
    this.entry = new Int32Array(vocabulary.size);
    for (const [word, child] of this.node(0).next) this.entry[word] = child;
    this.ending = Int32Array.from(this.nodes, ({ phrase, output }, id) => (phrase >= 0 ? id : output));
  }

  private node(id: number): Node {
    const node = this.nodes[id];
    if (!node) throw new RangeError(`no node ${id}`);
    return node;
  }

  private insert(words: number[], phrase: number): void {
    let at = 0;
    for (const word of words) {
      let next = this.node(at).next.get(word);
      if (next === undefined) {
        next = this.nodes.length;
        this.nodes.push({ next: new Map(), fail: 0, phrase: -1, depth: this.node(at).depth + 1, output: 0 });
        this.node(at).next.set(word, next);
      }
      at = next;
    }
    if (at !== 0) this.node(at).phrase = phrase;
  }

  /** Breadth first: where to go on after a mismatch (`fail`), and the nearest shorter phrase that ends in the same place (`output`). */
  private link(): void {
    const queue = [...this.node(0).next.values()];
    for (let head = 0; head < queue.length; head++) {
      const id = queue[head] ?? 0;
      const node = this.node(id);
      const fail = this.node(node.fail);
      node.output = fail.phrase >= 0 ? node.fail : fail.output;
      for (const [word, child] of node.next) {
        this.node(child).fail = this.step(node.fail, word);
        queue.push(child);
      }
    }
  }

  private step(from: number, word: number): number {
    for (let at = from; ; at = this.node(at).fail) {
      const next = this.node(at).next.get(word);
      if (next !== undefined) return next;
      if (at === 0) return 0;
    }
  }

  /** Every place of every phrase, also overlapping ones. A word whose `joined` is 0 starts afresh. */
  find({ count, ids, joined }: ScannedText): Place[] {
    const places: Place[] = [];
    let at = 0;
    for (let last = 0; last < count; last++) {
      const word = ids[last] ?? -1;
      if (word < 0) {
        at = 0;
        continue;
      }
      at = at === 0 || joined[last] === 0 ? (this.entry[word] ?? 0) : this.step(at, word);
      if (at === 0) continue;
      for (let end = this.ending[at] ?? 0; end !== 0; end = this.node(end).output) {
        const { phrase, depth } = this.node(end);
        places.push({ phrase, first: last - depth + 1, last });
      }
    }
    return places;
  }
}
