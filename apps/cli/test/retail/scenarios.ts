/** The violations that the τ² operators make of the pack's small shop, as scenarios for `reeve policy test packs/retail`. */
import { compileCondition, type Definition } from '@reeve/kernel';
import { stringify } from 'yaml';
import type { Benchmark, Change, Task, Violation } from '../../src/tau/data.ts';
import { patched } from '../../src/tau/patch.ts';
import { initialState, type Judge, openJudge, type ViolationResult } from '../../src/tau/run.ts';
import { chosenViolations } from '../../src/tau/violations.ts';
import { liesOf } from './lies.ts';

type Mapping = Record<string, unknown>;

const HEADER = `# Generated from data/shop.json and data/effects.json by test/scenarios.ts: a right write of each kind, and what each
# operator of \`npm run tau -- DIR --generate-violations\` makes of it, as the gate judged it on the shop itself.
# Accept a change with: npx vitest run apps/cli/test/retail/scenarios.test.ts -u
`;

/** The text of policy-tests/violations.yaml. */
export async function scenarioText(definition: Definition, benchmark: Benchmark): Promise<string> {
  const judge = await openJudge(benchmark, definition);
  const scenarios: Mapping[] = [];
  for (const task of benchmark.tasks) {
    const base = await rightScenario(judge, task);
    const variants: Mapping[] = [{ id: 'unsure', confidence: 0.5, expect: { verdict: 'ask', rules: ['confidence'] } }];
    for (const [id, violation] of violationsOfTask(definition, benchmark, task)) {
      variants.push({ id, ...differenceOf(base, scenarioOf(await judge.judge(violation), base)) });
    }
    const effect = { after: afterOf(benchmark, task, writeOf(task).patch) };
    const admitted = { ...(base.expect as Mapping), failed: [] };
    scenarios.push({
      ...base,
      effect,
      expect: admitted,
      variants: [...variants, ...lies(definition, benchmark, task, base)],
    });
  }
  judge.close();
  return HEADER + stringify({ scenarios }, { lineWidth: 120, aliasDuplicateObjects: false });
}

/** One violation for each operator and the arguments it changes; what is no capability here has no scenario. */
function violationsOfTask(definition: Definition, benchmark: Benchmark, task: Task): Map<string, Violation> {
  const found = new Map<string, Violation>();
  for (const { operator, violation } of chosenViolations(benchmark, 1, Number.POSITIVE_INFINITY)) {
    if (violation.task !== task.id || !definition.capabilities.some(({ id }) => id === violation.name)) continue;
    const right = writeOf(task).arguments;
    const [changed] = Object.keys({ ...right, ...violation.arguments }).filter(
      (name) => JSON.stringify(right[name]) !== JSON.stringify(violation.arguments[name]),
    );
    const id = operator === 'blank-address' ? `blank-${changed}` : operator;
    if (!found.has(id)) found.set(id, violation);
  }
  return found;
}

const writeOf = (task: Task) => task.actions.at(-1)!;

async function rightScenario(judge: Judge, task: Task): Promise<Mapping> {
  const { name, arguments: args } = writeOf(task);
  const right = await judge.judge({ task: task.id, name, arguments: args, session: task.session, state_patch: [] });
  return { id: name.replaceAll('_', '-'), ...scenarioOf(right, {}) };
}

/** What was judged, as facts and expectation. What was refused before anything was read keeps the reads of `base`. */
function scenarioOf({ violation, reasons, outcome, reads }: ViolationResult, base: Mapping): Mapping {
  const found = Object.entries(reads ?? {}).map(([name, { value }]) => [name, value]);
  const known = (base.given as { reads?: Mapping } | undefined)?.reads;
  const facts = reads === null ? known : Object.fromEntries(found);
  return {
    seat: 'agent',
    capability: violation.name,
    args: violation.arguments,
    given: { case: { customer: violation.session.user ?? '(not authenticated)' }, ...(facts ? { reads: facts } : {}) },
    expect: {
      verdict: { admitted: 'allow', asked: 'ask', refused: 'deny' }[outcome],
      rules: [...new Set(reasons.map(({ rule }) => rule))].sort(),
    },
  };
}

/** What the contract's fresh read finds when the shop made these changes. */
function afterOf({ database }: Benchmark, task: Task, changes: readonly Change[]): Mapping {
  const { order_id: order, user_id: user } = writeOf(task).arguments as { order_id?: string; user_id?: string };
  const after = patched(initialState(database, task), changes, task.id);
  const document = order === undefined ? after.users?.[String(user)] : after.orders?.[order];
  return { found: true, ...document };
}

/** One effect for each set of post-conditions that finds it out. */
function lies(definition: Definition, benchmark: Benchmark, task: Task, base: Mapping): Mapping[] {
  const { name, arguments: args, patch } = writeOf(task);
  const contract = definition.contracts.find(({ capability }) => capability === name)!;
  const { reads } = base.given as { reads: Mapping };
  const found = new Map<string, Mapping>();
  for (const lie of liesOf({ capability: name, args, changes: patch })) {
    const after = afterOf(benchmark, task, lie.changes);
    const failed = contract.post
      .filter(({ that }) => !holds(that, { args, reads, after }))
      .map(({ rule }) => `${contract.id}/${rule}`);
    const key = failed.join();
    if (failed.length > 0 && !found.has(key))
      found.set(key, {
        id: `lie-${found.size + 1}`,
        effect: { after },
        expect: { ...(base.expect as Mapping), failed },
      });
  }
  return [...found.values()];
}

function holds(condition: string, scope: Mapping): boolean {
  const held = compileCondition(condition)(scope);
  return held.ok && held.value;
}

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The least that, laid over `base`, gives `other`. `expect` is never mixed, so it is given whole. */
function differenceOf(base: Mapping, other: Mapping): Mapping {
  const changed = Object.entries(other).flatMap(([key, value]): [string, unknown][] => {
    const before = base[key];
    if (JSON.stringify(before) === JSON.stringify(value)) return [];
    return [[key, isMapping(before) && isMapping(value) && key !== 'expect' ? differenceOf(before, value) : value]];
  });
  const gone = Object.keys(base).filter((key) => key !== 'id' && !Object.hasOwn(other, key));
  return Object.fromEntries([...changed, ...gone.map((key) => [key, null])]);
}
