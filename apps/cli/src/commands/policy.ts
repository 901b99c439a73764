import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { LoadedPack, MutationReport, PolicyReport } from '@reeve/packs';
import type { Context } from '../context.ts';
import { print, usage } from '../context.ts';
import { EXIT, type Exit, Failure } from '../failure.ts';
import { loadPackFolder } from '../house.ts';
import { matrixChanges, problemsText } from '../text/plan.ts';
import { goldenText, policyText } from '../text/policy.ts';

/** Where a pack keeps the matrix that was agreed to, below its folder. */
const GOLDEN = 'golden/matrix.txt';

/** The pack, or nothing after its mistakes were printed. */
async function load(context: Context, directory: string): Promise<LoadedPack | null> {
  const loaded = await loadPackFolder(resolve(context.io.cwd, directory));
  if (loaded.ok) return loaded.pack;
  const { problems, warnings } = loaded;
  if (context.json) context.io.out(`${JSON.stringify({ ok: false, problems, warnings })}\n`);
  else context.io.err(problemsText(directory, problems, warnings));
  return null;
}

export interface MatrixOptions {
  readonly write?: boolean;
  readonly check?: boolean;
}

/** `reeve policy matrix`: who may do what, printed, written down as agreed, or compared with what was. */
export async function matrix(context: Context, directory: string, options: MatrixOptions): Promise<Exit> {
  if (options.write && options.check)
    throw usage('--write and --check exclude each other', 'one agrees to the matrix, the other compares', 'give one');
  const pack = await load(context, directory);
  if (!pack) return EXIT.invalid;
  const { authorisationMatrix } = await import('@reeve/packs');
  const now = authorisationMatrix(pack.definition);
  const file = join(pack.dir, GOLDEN);
  if (options.check) return check(context, directory, file, now);
  if (options.write) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, now);
  }
  print(context, { matrix: now, ...(options.write ? { file } : {}) }, options.write ? `${file}\n` : now);
  return EXIT.done;
}

async function check(context: Context, directory: string, file: string, now: string): Promise<Exit> {
  const golden = await readFile(file, 'utf8').catch(missing(directory));
  const changes = matrixChanges(golden, now);
  const same = golden === now;
  print(context, { ok: same, changes }, goldenText({ directory, same, changes }, context.paint));
  return same ? EXIT.done : EXIT.unverified;
}

const missing = (directory: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ENOENT') throw error;
  const next = `look at it and agree: reeve policy matrix ${directory} --write`;
  throw new Failure(EXIT.invalid, `${directory} has no ${GOLDEN}`, 'there is nothing to compare with', next);
};

export interface TestOptions {
  readonly mutate?: boolean;
  readonly verbose?: boolean;
}

/** `reeve policy test`: the pack's scenarios against the gate; with `--mutate`, whether each safeguard would be missed. */
export async function policyTest(context: Context, directory: string, options: TestOptions): Promise<Exit> {
  const pack = await load(context, directory);
  if (!pack) return EXIT.invalid;
  const { readScenarios, testPolicies, mutatePolicies, SCENARIO_FOLDER } = await import('@reeve/packs');
  const read = await readScenarios(pack.dir, pack.definition);
  if (!read.ok) {
    if (context.json) context.io.out(`${JSON.stringify({ ok: false, problems: read.problems })}\n`);
    else context.io.err(problemsText(directory, read.problems, []));
    return EXIT.invalid;
  }
  if (read.scenarios.length === 0) {
    const next = 'write one: docs/how-to/write-a-contract.md shows how';
    throw new Failure(EXIT.invalid, `${directory} has no scenarios`, `${SCENARIO_FOLDER}/ holds no *.yaml`, next);
  }
  const report = testPolicies(pack.definition, read.scenarios);
  // What fails already cannot notice anything.
  const mutation = options.mutate && report.failed === 0 ? mutatePolicies(pack.definition, read.scenarios) : undefined;
  const ok = passed(report, mutation);
  const verbose = options.verbose ?? false;
  print(context, { ok, ...report, mutation }, policyText({ directory, report, mutation, verbose }, context.paint));
  return ok ? EXIT.done : EXIT.unverified;
}

const passed = (report: PolicyReport, mutation: MutationReport | undefined): boolean =>
  report.failed === 0 && (mutation?.survivors.length ?? 0) === 0;
