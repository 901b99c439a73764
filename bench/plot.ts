/** `npm run plots -- FILE.json`: draws the charts of a measurement (`npm run bench -- growth --json FILE.json`) into docs/img/. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Row } from './lib/measure.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}
interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Shown relative to the first point of each line, with the bound the design sets. */
  readonly bound?: number;
  /** Upwards too, from the power of ten below the smallest value. */
  readonly logarithmic?: true;
}

const CHARTS: Readonly<Record<string, Chart>> = {
  growth: {
    title: 'Cost of one operation as the organisation grows',
    x: 'times 20 seats, 500 open cases, 1,000 past operations',
    y: 'times the cost at 1×',
    bound: 1.3,
  },
  memory: { title: 'Memory of open cases and waiting approvals', x: 'how many', y: 'MB in use' },
  concurrency: {
    title: 'Operations a second, and what the disk does with nothing above it',
    x: 'operations at once',
    y: 'per second',
    logarithmic: true,
  },
  latency: { title: 'Latency of an operation', x: 'operations at once', y: 'ms', logarithmic: true },
};

const SIZE = { width: 640, height: 360, left: 62, right: 150, top: 42, bottom: 54 } as const;
const COLOURS = ['#1f6feb', '#c4432b', '#2e7d32', '#8250df'];
const right = SIZE.width - SIZE.right;
const bottom = SIZE.height - SIZE.bottom;

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(words)}</text>`;
const rule = (x1: number, y1: number, x2: number, y2: number, style: string): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${style}/>`;

/** The next 1, 2 or 5 times a power of ten. */
function round(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((n) => n * power >= value) ?? 10);
}

/** The lines of a chart by name, relative to their first point where the chart says so. */
function linesOf(rows: readonly Row[], name: string, chart: Chart): Map<string, Point[]> {
  const lines = new Map<string, Point[]>();
  for (const { plot, value } of rows) {
    if (plot?.chart !== name) continue;
    const line = lines.get(plot.line) ?? [];
    lines.set(plot.line, [...line, { x: plot.x, y: value }]);
  }
  if (chart.bound === undefined) return lines;
  return new Map([...lines].map(([line, points]) => [line, points.map(({ x, y }) => ({ x, y: y / points[0]!.y }))]));
}

interface Axis {
  readonly ticks: readonly number[];
  readonly Y: (y: number) => number;
}

/** A linear axis, from nothing upwards. */
function even(values: readonly number[]): Axis {
  const step = round(Math.max(...values) / 5);
  const most = step * Math.ceil(Math.max(...values) / step);
  const ticks = Array.from({ length: Math.round(most / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
  return { ticks, Y: (y) => bottom - (y / most) * (bottom - SIZE.top) };
}

/** A logarithmic axis between powers of ten. */
function powers(values: readonly number[]): Axis {
  const logs = values.filter((y) => y > 0).map(Math.log10);
  const least = Math.floor(Math.min(...logs));
  const most = Math.max(least + 1, Math.ceil(Math.max(...logs)));
  const ticks = Array.from({ length: most - least + 1 }, (_, i) => 10 ** (least + i));
  return { ticks, Y: (y) => bottom - ((Math.log10(y) - least) / (most - least)) * (bottom - SIZE.top) };
}

/** @returns the chart as SVG: a logarithmic axis to the right, a linear or logarithmic one upwards */
function svg(name: string, rows: readonly Row[]): string {
  const chart = CHARTS[name]!;
  const lines = linesOf(rows, name, chart);
  const points = [...lines.values()].flat();
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const { ticks, Y } = (chart.logarithmic ? powers : even)([chart.bound ?? 0, ...points.map(({ y }) => y)]);
  const span = Math.log(xs.at(-1)!) - Math.log(xs[0]!);
  const X = (x: number) => SIZE.left + ((Math.log(x) - Math.log(xs[0]!)) / span) * (right - SIZE.left);
  const parts = [
    text(SIZE.left, 22, chart.title, 'font-size="15" font-weight="600"'),
    ...ticks.flatMap((y) => [
      rule(SIZE.left, Y(y), right, Y(y), 'stroke="#ddd"'),
      text(SIZE.left - 8, Y(y) + 4, y.toLocaleString('en'), 'text-anchor="end"'),
    ]),
    ...xs.map((x) => text(X(x), bottom + 18, x.toLocaleString('en'), 'text-anchor="middle"')),
    text((SIZE.left + right) / 2, SIZE.height - 12, chart.x, 'text-anchor="middle"'),
    text(0, 0, chart.y, `text-anchor="middle" transform="translate(16 ${(SIZE.top + bottom) / 2}) rotate(-90)"`),
    ...drawn(lines, X, Y),
    ...(chart.bound === undefined ? [] : bound(chart.bound, Y)),
  ];
  const style = 'font-family="system-ui, sans-serif" font-size="12" fill="#333"';
  const box = `width="${SIZE.width}" height="${SIZE.height}" viewBox="0 0 ${SIZE.width} ${SIZE.height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} ${style}>\n<title>${escaped(chart.title)}</title>\n<rect width="100%" height="100%" fill="#fff"/>\n${parts.join('\n')}\n</svg>\n`;
}

const bound = (y: number, Y: (y: number) => number): string[] => [
  rule(SIZE.left, Y(y), right, Y(y), 'stroke="#888" stroke-dasharray="5 4"'),
  text(right + 10, Y(y) + 4, `target < ${y}`),
];

/** Lines with their names in a list beside them, in the order of their ends. */
function drawn(lines: Map<string, Point[]>, X: (x: number) => number, Y: (y: number) => number): string[] {
  return [...lines].flatMap(([name, points], i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const path = points.map(({ x, y }) => `${X(x).toFixed(1)},${Y(y).toFixed(1)}`).join(' ');
    const dots = points.map(
      ({ x, y }) => `<circle cx="${X(x).toFixed(1)}" cy="${Y(y).toFixed(1)}" r="3" fill="${colour}"/>`,
    );
    const label = text(right + 10, bottom - 8 - 18 * (lines.size - 1 - i), name, `fill="${colour}" font-weight="600"`);
    return [`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`, ...dots, label];
  });
}

/** Draws every chart there are points for. @returns the names of those drawn */
function draw(rows: readonly Row[], directory: string): string[] {
  mkdirSync(directory, { recursive: true });
  const names = Object.keys(CHARTS).filter((name) => rows.some(({ plot }) => plot?.chart === name));
  for (const name of names) writeFileSync(`${directory}/${name}.svg`, svg(name, rows));
  return names;
}

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('name the JSON file of a measurement: npm run bench -- growth --json growth.json');
  process.exit(2);
}
const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { rows: Row[] };
const names = draw(rows, fileURLToPath(new URL('../docs/img', import.meta.url)));
console.log(names.length > 0 ? `drawn: ${names.join(', ')}` : 'there is nothing in it that a chart shows');
