/** What `npm run tau` does: a benchmark folder through the retail pack, or violations of its policy made from it. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { replayWithCrashes } from './crash.ts';
import { type Benchmark, DataError, readBenchmark, readViolations } from './data.ts';
import { retailDefinition } from './organisation.ts';
import {
  generatedSummary,
  generatedText,
  replaySummary,
  replayText,
  violationSummary,
  violationText,
} from './report.ts';
import { openJudge, replayAll, type ViolationResult } from './run.ts';
import { chosenViolations, MOST, violationsJson } from './violations.ts';

const USAGE =
  'usage: npm run tau -- DIR [--json] [--violations FILE | --crash N [--seed N] | --generate-violations [--seed N] [--most N] --out FILE]';

interface Options {
  readonly folder: string;
  readonly json: boolean;
  readonly violations: string | undefined;
  readonly crash: number | undefined;
  readonly seed: number;
  /** Where violations are to be written, and how many of each kind at most. */
  readonly generate: { readonly out: string; readonly most: number } | undefined;
}

function readOptions(argv: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      violations: { type: 'string' },
      crash: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'generate-violations': { type: 'boolean', default: false },
      most: { type: 'string', default: String(MOST) },
      out: { type: 'string' },
    },
  });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new DataError(USAGE);
  const generates = values['generate-violations'];
  const works = [values.violations !== undefined, values.crash !== undefined, generates].filter(Boolean);
  if (works.length > 1 || generates !== (values.out !== undefined)) throw new DataError(USAGE);
  const generate = values.out === undefined ? undefined : { out: values.out, most: wholeNumber('--most', values.most) };
  const crash = values.crash === undefined ? undefined : wholeNumber('--crash', values.crash);
  const { json, violations } = values;
  return { folder, json, violations, crash, seed: wholeNumber('--seed', values.seed), generate };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new DataError(`${name} ${text}: expected a whole number from 0 to 999999\n${USAGE}`);
}

/** A summary: as data, and in words. */
interface Told {
  readonly summary: object;
  readonly text: string;
  /** Is everything as it should be? */
  readonly ok: boolean;
}

async function run({ folder, violations, crash, seed, generate }: Options): Promise<Told> {
  const benchmark = readBenchmark(folder);
  if (generate) return generateTo(benchmark, generate, seed);
  if (violations !== undefined) {
    const summary = violationSummary(await judgeAll(benchmark, violations));
    return { summary, text: violationText(summary), ok: summary.ok };
  }
  const summary =
    crash === undefined
      ? replaySummary(await replayAll(benchmark, await retailDefinition()))
      : await crashed(folder, benchmark, { kills: crash, seed });
  return { summary, text: replayText(summary), ok: summary.ok };
}

/** [TAU8] */
function generateTo(benchmark: Benchmark, { out, most }: { out: string; most: number }, seed: number): Told {
  const broken = chosenViolations(benchmark, seed, most);
  writeFileSync(out, violationsJson(broken));
  const summary = generatedSummary(broken, out);
  return { summary, text: generatedText(summary), ok: true };
}

async function crashed(folder: string, { tasks }: Benchmark, how: { kills: number; seed: number }) {
  const { results, kills } = await replayWithCrashes(folder, tasks, how);
  return replaySummary(results, kills);
}

async function judgeAll(benchmark: Benchmark, file: string): Promise<ViolationResult[]> {
  const violations = readViolations(file, benchmark);
  const judge = await openJudge(benchmark, await retailDefinition(), violations);
  try {
    const results: ViolationResult[] = [];
    for (const violation of violations) results.push(await judge.judge(violation));
    return results;
  } finally {
    judge.close();
  }
}

/** Where the command writes. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Runs one command line. @returns the exit code: 0, 1 when something is not as it should be, 2 for a mistake in what was given */
export async function tau(argv: readonly string[], { out, err }: Output): Promise<0 | 1 | 2> {
  try {
    const options = readOptions(argv);
    const { summary, text, ok } = await run(options);
    out(`${options.json ? JSON.stringify(summary, null, 2) : text}\n`);
    return ok ? 0 : 1;
  } catch (error) {
    const usage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    if (!(error instanceof DataError) && !usage) throw error;
    err(`${(error as Error).message}${usage ? `\n${USAGE}` : ''}\n`);
    return 2;
  }
}
