/**
 * `npm run bench:peers -- [--only NAMES] [--runs N] [--seconds S] [--waiting N] [--limit S] [--json FILE]`: the same durable
 * workflow of five steps on Reeve and on its peers, in turn within the same run; a table of medians and of ratios to Reeve.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { temporary } from '../lib/world.ts';
import { KINDS, type Kind, prepare, versionsOf } from './kinds.ts';
import { type Speeds, speedOf, type Waits, waitsOf } from './measured.ts';
import { report } from './report.ts';

const WIDTHS = [1, 64];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    waiting: { type: 'string', default: '100000' },
    limit: { type: 'string', default: '300' },
    json: { type: 'string' },
  },
});

/** What was asked for; ends the program where a name is none. */
function chosen(only: string | undefined): readonly Kind[] {
  const names = only?.split(',') ?? KINDS.map(({ name }) => name);
  const unknown = names.find((name) => !KINDS.some((kind) => kind.name === name));
  if (unknown === undefined) return KINDS.filter(({ name }) => names.includes(name));
  console.error(`there is no peer "${unknown}"; known are ${KINDS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

/** What the measurement gives, or why it gives nothing, told at once. */
async function tried<T>(kind: Kind, what: string, measure: () => Promise<T>): Promise<T | null> {
  const load = loadavg()[0]!.toFixed(1);
  process.stderr.write(`${kind.title}: ${what} (load ${load}) …\n`);
  try {
    return await measure();
  } catch (error) {
    process.stderr.write(`  not measured: ${(error as Error).message}\n`);
    return null;
  }
}

const kinds = chosen(values.only).filter((kind) => {
  const why = prepare(kind);
  if (why !== null) process.stderr.write(`${kind.title} is left out: ${why}\n`);
  return why === null;
});

await temporary(async (base) => {
  const loads: number[] = [];
  const speeds = new Map<string, Speeds[]>(kinds.map(({ name }) => [name, []]));
  for (let run = 0; run < Number(values.runs); run++)
    for (const kind of kinds) {
      loads.push(loadavg()[0]!);
      const what = `${WIDTHS.join(' and ')} at once, run ${run + 1}`;
      const found = await tried(kind, what, () => speedOf(kind, base, WIDTHS, Number(values.seconds)));
      if (found !== null) speeds.get(kind.name)!.push(found);
    }
  const waits = new Map<string, Waits>();
  for (const kind of Number(values.waiting) > 0 ? kinds : []) {
    loads.push(loadavg()[0]!);
    const count = Number(values.waiting);
    const found = await tried(kind, `${count} waiting`, () => waitsOf(kind, base, count, Number(values.limit)));
    if (found !== null) waits.set(kind.name, found);
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  const load = `load ${Math.min(...loads).toFixed(1)}–${Math.max(...loads).toFixed(1)}`;
  console.log(`${machine}, ${load}, medians of ${values.runs} runs of ${values.seconds} s\n`);
  console.log(report(kinds, WIDTHS, speeds, waits));
  const versions = Object.fromEntries(kinds.map((kind) => [kind.name, versionsOf(kind)]));
  const all = { machine, load, at: new Date().toISOString(), versions, ...toJson(speeds, waits) };
  if (values.json) writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);
});

function toJson(speeds: ReadonlyMap<string, Speeds[]>, waits: ReadonlyMap<string, Waits>) {
  return { speeds: Object.fromEntries(speeds), waits: Object.fromEntries(waits) };
}
