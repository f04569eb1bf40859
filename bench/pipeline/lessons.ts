/** A library of transcripts of any size, from a real lecture; no two cues alike, so that nothing is reused. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { readTranscript } from '../../domain/transcripts/read-transcript.ts';

const LECTURE = 'tests/fixtures/transcripts/mit_ocw/mit18s096_L01_intro_terms.srt';
const HOUR_MS = 3_600_000;

/** Writes `hours` files of an hour each; the lecture begins again where it ends. */
export async function writeLessons(folder: string, hours: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { cues } = readTranscript(await readFile(fromRoot(LECTURE)), LECTURE);
  const lengthMs = cues.at(-1)?.endMs ?? HOUR_MS;
  for (let hour = 0; hour < hours; hour += 1) {
    const blocks: string[] = [];
    for (let offset = 0; offset < HOUR_MS; offset += lengthMs)
      for (const { startMs, endMs, text } of cues) {
        if (offset + endMs > HOUR_MS) break;
        const number = blocks.length + 1;
        blocks.push(`${number}\n${time(offset + startMs)} --> ${time(offset + endMs)}\n${text} (${hour}.${number})\n`);
      }
    await writeFile(path.join(folder, `hour-${String(hour).padStart(4, '0')}.srt`), blocks.join('\n'));
  }
}

function time(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)},${String(ms % 1_000).padStart(3, '0')}`;
}
