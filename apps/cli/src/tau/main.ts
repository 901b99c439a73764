/** `npm run tau -- DIR [--json] [--violations FILE] [--crash N] [--seed N]`: a benchmark folder through the retail pack. */
import { parseArgs } from 'node:util';
import { replayWithCrashes } from './crash.ts';
import { type Benchmark, DataError, readBenchmark, readViolations } from './data.ts';
import { retailDefinition } from './organisation.ts';
import { replaySummary, replayText, violationSummary, violationText } from './report.ts';
import { openJudge, replayAll, type ViolationResult } from './run.ts';

const USAGE = 'usage: npm run tau -- DIR [--json] [--violations FILE | --crash N [--seed N]]';

interface Options {
  readonly folder: string;
  readonly json: boolean;
  readonly violations: string | undefined;
  readonly crash: number | undefined;
  readonly seed: number;
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
    },
  });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new DataError(USAGE);
  if (values.violations !== undefined && values.crash !== undefined) throw new DataError(USAGE);
  const crash = values.crash === undefined ? undefined : wholeNumber('--crash', values.crash);
  const { json, violations } = values;
  return { folder, json, violations, crash, seed: wholeNumber('--seed', values.seed) };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new DataError(`${name} ${text}: expected a whole number from 0 to 999999\n${USAGE}`);
}

/** True when everything is as it should be. */
async function run({ folder, json, violations, crash, seed }: Options): Promise<boolean> {
  const benchmark = readBenchmark(folder);
  if (violations !== undefined) {
    const summary = violationSummary(await judgeAll(benchmark, violations));
    print(json, summary, violationText(summary));
    return summary.ok;
  }
  const summary =
    crash === undefined
      ? replaySummary(await replayAll(benchmark, await retailDefinition()))
      : await crashed(folder, benchmark, { kills: crash, seed });
  print(json, summary, replayText(summary));
  return summary.ok;
}

async function crashed(folder: string, { tasks }: Benchmark, how: { kills: number; seed: number }) {
  const { results, kills } = await replayWithCrashes(folder, tasks, how);
  return replaySummary(results, kills);
}

async function judgeAll(benchmark: Benchmark, file: string): Promise<ViolationResult[]> {
  const violations = readViolations(file, benchmark);
  const judge = await openJudge(benchmark, await retailDefinition());
  try {
    const results: ViolationResult[] = [];
    for (const violation of violations) results.push(await judge.judge(violation));
    return results;
  } finally {
    judge.close();
  }
}

const print = (json: boolean, summary: object, text: string): void =>
  void process.stdout.write(`${json ? JSON.stringify(summary, null, 2) : text}\n`);

try {
  process.exitCode = (await run(readOptions(process.argv.slice(2)))) ? 0 : 1;
} catch (error) {
  const usage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof DataError) && !usage) throw error;
  process.stderr.write(`${(error as Error).message}${usage ? `\n${USAGE}` : ''}\n`);
  process.exitCode = 2;
}
