/**
 * Draws `lesson/slides/*.png` from `lesson/slides.json`. The pictures are committed, so that making the video needs no font;
 * run this after changing a slide, with an ffmpeg that reads SVG (Debian's does) and DejaVu Sans installed:
 *
 *   node --import tsx samples/make-slides.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readSlides, slidePicture } from './lesson.ts';
import { makeCandles, SERIES } from './make-candles.ts';
import { slideSvg } from './slide-svg.ts';

const closes = makeCandles(SERIES['SAMPLE-BTC_1d']).map((candle) => candle.close);
const folder = dirname(slidePicture(0));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'slides-'));
for (const [index, slide] of (await readSlides()).entries()) {
  const svg = join(scratch, 'slide.svg');
  writeFileSync(svg, slideSvg(slide, closes));
  const few = 'split[a][b];[a]palettegen=max_colors=32:stats_mode=single[p];[b][p]paletteuse=dither=none';
  const output = ['-vf', few, '-frames:v', '1', '-update', '1', '-bitexact', slidePicture(index)];
  execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-i', svg, ...output]);
}
rmSync(scratch, { recursive: true });
