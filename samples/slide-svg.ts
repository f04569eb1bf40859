/** Draws the lesson's slides as SVG. Pure: the same slide and closing prices give the same picture. */
import { RSI, SMA } from 'trading-signals';
import type { Slide } from './lesson.ts';

export const SLIDE_WIDTH = 960;
export const SLIDE_HEIGHT = 540;

type Panel = { top: number; bottom: number; low: number; high: number };
type Line = { values: readonly (number | null)[]; colour: string; label: string };

const INK = '#1b2430';
const COLOURS = { price: '#1b2430', fast: '#c2410c', slow: '#1d4ed8', rsi: '#7e22ce', guide: '#94a3b8' };
const CHART_LEFT = 70;
const CHART_RIGHT = 900;

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const text = (x: number, y: number, size: number, content: string, colour = INK, weight = 'normal') =>
  `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}">${escape(content)}</text>`;

const xOf = (index: number, count: number) => CHART_LEFT + ((CHART_RIGHT - CHART_LEFT) * index) / (count - 1);
const yOf = (value: number, panel: Panel) =>
  panel.bottom - ((panel.bottom - panel.top) * (value - panel.low)) / (panel.high - panel.low);

function curve(line: Line, panel: Panel): string {
  const points = line.values.flatMap((value, index) =>
    value === null ? [] : [`${xOf(index, line.values.length).toFixed(1)},${yOf(value, panel).toFixed(1)}`],
  );
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${line.colour}" stroke-width="2.5"/>`;
}

function pricePanel(lines: readonly Line[], top: number, bottom: number): { panel: Panel; svg: string } {
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null));
  const panel = { top, bottom, low: Math.min(...values), high: Math.max(...values) };
  const legend = lines.map((line, index) => text(CHART_LEFT + 10 + index * 150, top - 14, 22, line.label, line.colour));
  return { panel, svg: lines.map((line) => curve(line, panel)).join('') + legend.join('') };
}

function averagesChart(closes: readonly number[]): string {
  const [from, to] = [560, 690];
  const average = (interval: number) => new SMA(interval).updates([...closes], false).slice(from, to);
  return pricePanel(
    [
      { values: closes.slice(from, to), colour: COLOURS.price, label: 'Price' },
      { values: average(50), colour: COLOURS.fast, label: 'SMA 50' },
      { values: average(200), colour: COLOURS.slow, label: 'SMA 200' },
    ],
    290,
    515,
  ).svg;
}

function signalChart(closes: readonly number[]): string {
  const [from, to] = [535, 610];
  const rsi = new RSI(14).updates([...closes], false).slice(from, to);
  const { svg } = pricePanel(
    [
      { values: closes.slice(from, to), colour: COLOURS.price, label: 'Price' },
      { values: new SMA(50).updates([...closes], false).slice(from, to), colour: COLOURS.fast, label: 'SMA 50' },
    ],
    175,
    340,
  );
  const panel = { top: 390, bottom: 520, low: 10, high: 90 };
  const guides = [30, 70].map((level) => {
    const y = yOf(level, panel).toFixed(1);
    const line = `<line x1="${CHART_LEFT}" y1="${y}" x2="${CHART_RIGHT}" y2="${y}" stroke="${COLOURS.guide}" stroke-dasharray="8 6" stroke-width="2"/>`;
    return line + text(28, Number(y) + 8, 22, String(level));
  });
  const crossing = rsi.findIndex((value, index) => value !== null && value >= 30 && (rsi[index - 1] ?? 100) < 30);
  const circle = `<circle cx="${xOf(crossing, rsi.length).toFixed(1)}" cy="${yOf(30, panel).toFixed(1)}" r="22" fill="none" stroke="${COLOURS.slow}" stroke-width="4"/>`;
  return (
    svg +
    guides.join('') +
    curve({ values: rsi, colour: COLOURS.rsi, label: 'RSI 14' }, panel) +
    circle +
    text(CHART_LEFT + 10, 376, 22, 'RSI 14', COLOURS.rsi)
  );
}

/** SVG text of one slide, 960 × 540. `closes` are the closing prices that the chart slides are drawn from. */
export function slideSvg(slide: Slide, closes: readonly number[]): string {
  const size = slide.chart === undefined ? 36 : 28;
  const step = slide.chart === undefined ? 80 : 52;
  const top = slide.chart === undefined ? 220 : 160;
  const lines = slide.lines.map((line, index) => text(70, top + index * step, size, line));
  const charts = { averages: averagesChart, signal: signalChart };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SLIDE_WIDTH}" height="${SLIDE_HEIGHT}" font-family="DejaVu Sans, Liberation Sans, Arial, sans-serif">`,
    `<rect width="${SLIDE_WIDTH}" height="${SLIDE_HEIGHT}" fill="#f8fafc"/>`,
    text(70, 92, 46, slide.title, INK, 'bold'),
    `<rect x="70" y="112" width="820" height="4" fill="${COLOURS.fast}"/>`,
    ...lines,
    slide.chart === undefined ? '' : charts[slide.chart](closes),
    '</svg>',
  ].join('\n');
}
