/** `npm run sim -- [--seeds N] [--start S] [--pack support|retail] [--days D] [--json] [--mutants] [--long] [--cells N]`. */
import { parseArgs } from 'node:util';
import { CELLS, playCells } from './cells/play.ts';
import { playLong } from './long.ts';
import { hunt, MUTANTS } from './mutants/index.ts';
import { loadPlay, PACKS, type PackName, type Play } from './packs.ts';
import { added, cellsText, emptySummary, failureText, type Summary, summaryText } from './report.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';
import { toTheEnd } from './under-way.ts';

const USAGE = `usage: npm run sim -- [options]
  --seeds N      how many seeds (200); with --mutants, how many to try on each planted bug
  --start S      the first seed (1)
  --pack NAME    ${PACKS.join(' or ')}; both when absent
  --days D       virtual days of each seed; the seed decides when absent
  --without IDS  leave out these people (W…) and faults (F…), as a failing seed says
  --mutants      plant each known bug and see whether the auditor finds it
  --long         25 seats, 180 days, 200 cases a day, without faults; --days, --cases, --seats change it
  --cells N      20 organisations in N cells that ask each other, one cell fails for half an hour
  --json         one line of JSON on standard output`;

class Usage extends Error {}

interface Options {
  readonly seeds: number;
  readonly start: number;
  readonly packs: readonly PackName[];
  readonly days: number | undefined;
  readonly without: readonly string[];
  readonly json: boolean;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

function read() {
  return parseArgs({
    options: {
      ...{ seeds: { type: 'string' }, start: { type: 'string', default: '1' }, pack: { type: 'string' } },
      ...{
        days: { type: 'string' },
        without: { type: 'string', default: '' },
        cases: { type: 'string', default: '200' },
      },
      ...{ seats: { type: 'string', default: '25' }, json: { type: 'boolean', default: false } },
      ...{ mutants: { type: 'boolean', default: false }, long: { type: 'boolean', default: false } },
      ...{ cells: { type: 'string' }, help: { type: 'boolean', default: false } },
    },
  }).values;
}

function whole(name: string, text: string, least: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw new Usage(`--${name} ${text}: expected a whole number from ${least}`);
}

function packsOf(name: string | undefined): readonly PackName[] {
  if (name === undefined) return PACKS;
  const found = PACKS.find((pack) => pack === name);
  if (found) return [found];
  throw new Usage(`--pack ${name}: expected ${PACKS.join(' or ')}`);
}

async function runSeeds(play: Play, options: Options): Promise<Summary> {
  const { seeds, start, days, without, json } = options;
  let sum = emptySummary(play.pack, start);
  const began = performance.now();
  for (let seed = start; seed < start + seeds; seed++) {
    const wanted = { seed, play, days, without: new Set(without) };
    const outcome = await simulate(wanted);
    sum = added(sum, outcome, (performance.now() - began) / 1000);
    if (outcome.findings.length > 0) {
      const least = await shrink(wanted, outcome);
      say(failureText(play.pack, least.outcome, least.without, days));
    }
    if (!json && sum.seeds % 100 === 0) say(summaryText(sum));
  }
  return sum;
}

async function runMutants(options: Options, most: number): Promise<boolean> {
  const play = await loadPlay('support');
  let survived = 0;
  for (const mutant of MUTANTS) {
    const { found, tried } = await hunt(play, mutant, options.start, most);
    if (!found) survived += 1;
    const { id, what } = mutant;
    const first = found?.findings.find(({ rule }) => mutant.by.includes(rule));
    if (options.json)
      print(JSON.stringify({ mutant: id, what, seed: found?.seed ?? null, tried, finding: first ?? null }));
    else if (found && first)
      print(`found     ${id}: ${what}\n          seed ${found.seed}: ${first.rule}: ${first.detail}`);
    else print(`SURVIVED  ${id}: ${what} (${tried} seeds)`);
  }
  say(`${MUTANTS.length - survived} of ${MUTANTS.length} planted bugs were found`);
  return survived === 0;
}

async function runLong(values: ReturnType<typeof read>, json: boolean): Promise<boolean> {
  const play = await loadPlay('support');
  const options = {
    ...{ play, seed: whole('start', values.start, 0), days: whole('days', values.days ?? '180', 1) },
    ...{ casesPerDay: whole('cases', values.cases, 1), seats: whole('seats', values.seats, 7) },
  };
  let before = 0;
  const result = await playLong(options, (day, records, cpu) => {
    if (json || day % 10 !== 0) return;
    say(
      `day ${day}: ${records} records; ${((cpu - before) / 10).toFixed(2)} s of processor time a day since the last line`,
    );
    before = cpu;
  });
  const { seconds, cpu, records, cases, hash, heap } = result;
  if (json) print(JSON.stringify({ seats: options.seats, days: options.days, ...result }));
  else
    print(
      `${options.seats} seats, ${options.days} days, ${cases} cases: ${records} records in ${seconds.toFixed(1)} s, ` +
        `${cpu.toFixed(1)} s of processor time (${Math.round(records / cpu)} a second), heap ${Math.round(heap)} MiB, ledger ${hash}`,
    );
  return true;
}

/** The same twenty organisations, whatever the number of cells. */
const TWENTY = 20;

async function runCells(values: ReturnType<typeof read>, json: boolean): Promise<boolean> {
  const cells = whole('cells', values.cells ?? '', 2);
  if (TWENTY % cells !== 0) throw new Usage(`--cells ${cells}: expected 2, 4, 5, 10 or 20`);
  const shape = { ...CELLS, cells, organisations: TWENTY / cells, seed: whole('start', values.start, 0) };
  const outcome = await playCells({ ...shape, play: await loadPlay('support') });
  print(json ? JSON.stringify({ ...shape, ...outcome }) : cellsText(cells, outcome));
  return outcome.findings.length === 0 && outcome.twice === 0 && outcome.opened === outcome.asked;
}

async function main(): Promise<boolean> {
  const values = read();
  if (values.help) {
    print(USAGE);
    return true;
  }
  const options: Options = {
    ...{ seeds: whole('seeds', values.seeds ?? '200', 1), start: whole('start', values.start, 0), json: values.json },
    ...{ packs: packsOf(values.pack), days: values.days === undefined ? undefined : whole('days', values.days, 1) },
    without: values.without === '' ? [] : values.without.split(','),
  };
  if (values.cells !== undefined) return runCells(values, options.json);
  if (values.long) return runLong(values, options.json);
  if (values.mutants) return runMutants(options, values.seeds === undefined ? 150 : options.seeds);
  const sums: Summary[] = [];
  for (const pack of options.packs) {
    sums.push(await runSeeds(await loadPlay(pack), options));
    if (!options.json) print(summaryText(sums.at(-1)!));
  }
  if (options.json) print(JSON.stringify(sums));
  return sums.every(({ failed }) => failed.length === 0);
}

try {
  process.exitCode = (await toTheEnd(main(), say)) ? 0 : 1;
} catch (error) {
  const usage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof Usage) && !usage) throw error;
  process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
  process.exitCode = 2;
}
