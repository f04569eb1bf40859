import type { Repair } from '../../contracts/transcripts.ts';

const LISTED = 200;

/** Collects what a reader mended; past 200 entries it only counts, so that a ruined file stays a small report. */
export class Repairs {
  private readonly listed: Repair[] = [];
  private unlisted = 0;

  add(line: number | null, what: string): void {
    if (this.listed.length < LISTED) this.listed.push({ line, what });
    else this.unlisted++;
  }

  list(): Repair[] {
    if (this.unlisted === 0) return [...this.listed];
    return [...this.listed, { line: null, what: `and ${this.unlisted} more repairs` }];
  }
}
