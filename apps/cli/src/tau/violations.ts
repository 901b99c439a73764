/** [TAU8] Requests that break the retail policy, made from writes that are right: each operator breaks one thing. */
import type { Action, Benchmark, Change, Database, Task, Violation } from './data.ts';
import { documentsOf, patched } from './patch.ts';
import { randomFrom } from './random.ts';
import { initialState } from './run.ts';
import { edgeOf, malformed, type Site, TWISTS, type Twist } from './twists.ts';

export interface Broken {
  /** What was done to the right write. */
  readonly operator: string;
  /** The rule of the write's contract that must speak against it; empty when another check must. */
  readonly rule: string;
  readonly violation: Violation;
}

interface Write {
  readonly task: Task;
  readonly write: Action;
  /** What the task changed before. */
  readonly before: readonly Change[];
}

/** One right write after another, with the changes made before it. */
function* rightWrites({ tasks }: Benchmark): Generator<Write> {
  for (const task of tasks) {
    const before: Change[] = [];
    for (const write of task.actions) {
      if (write.type === 'WRITE' && write.error === null && task.session.user)
        yield { task, write, before: [...before] };
      before.push(...write.patch);
    }
  }
}

/** The state a write is made in. */
function siteOf({ database }: Benchmark, { task, write, before }: Write): Site {
  const db = patched(initialState(database, task), before, task.id);
  return { db, user: String(task.session.user), args: write.arguments };
}

/** Every violation of a rule of a contract that can be made from the benchmark's right writes. */
export const violationsOf = (benchmark: Benchmark): Generator<Broken> =>
  twisted(benchmark, (site, name) => TWISTS[name]?.(site) ?? []);

/** Writes at the very edge of what the policy allows; these must be admitted. */
export const edgesOf = (benchmark: Benchmark): Generator<Broken> =>
  twisted(benchmark, (site, name) => [edgeOf(site, name)].filter((edge) => edge !== undefined));

function* twisted(benchmark: Benchmark, how: (site: Site, name: string) => Iterable<Twist>): Generator<Broken> {
  for (const right of rightWrites(benchmark)) {
    const site = siteOf(benchmark, right);
    for (const twist of how(site, right.write.name)) yield brokenBy(site.db, right, twist);
  }
}

function brokenBy(db: Database, { task, write, before }: Write, twist: Twist): Broken {
  const args = Object.entries({ ...write.arguments, ...twist.args }).filter(([name]) => !twist.without?.includes(name));
  return {
    operator: twist.operator,
    rule: twist.rule,
    violation: {
      ...{ task: task.id, name: twist.name ?? write.name, arguments: Object.fromEntries(args) },
      session: { user: twist.user === undefined ? task.session.user : twist.user },
      state_patch: [...documentsOf(db, before), ...(twist.changes ?? [])],
    },
  };
}

/** The same write once more, after it was made: a second cancellation, modification, return or exchange of one order. */
export function* repeatsOf(benchmark: Benchmark): Generator<Broken> {
  for (const right of rightWrites(benchmark)) {
    const { task, write, before } = right;
    if (write.name.endsWith('_address')) continue;
    const after = [...before, ...write.patch];
    const db = patched(initialState(benchmark.database, task), after, task.id);
    yield brokenBy(db, { ...right, before: after }, { operator: 'second-time', rule: '' });
  }
}

/** Every violation by every operator. */
function* allViolations(benchmark: Benchmark): Generator<Broken> {
  yield* violationsOf(benchmark);
  yield* twisted(benchmark, malformed);
  yield* repeatsOf(benchmark);
}

/** Violations of each operator on each kind of write, at most; all of them are thousands. */
export const MOST = 12;

/** [TAU8] A seeded choice of violations: up to `most` by each operator on each kind of write, in a stable order. */
export function chosenViolations(benchmark: Benchmark, seed: number, most: number): Broken[] {
  const kinds = new Map<string, Broken[]>();
  for (const broken of allViolations(benchmark)) {
    const kind = `${broken.operator} ${broken.violation.name}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), broken]);
  }
  const random = randomFrom(seed);
  return [...kinds.values()].flatMap((list) => sample(list, most, random));
}

/** `count` elements in their order, or all when there are fewer. */
function sample<T>(list: readonly T[], count: number, random: () => number): T[] {
  const places = list.map((_, i) => ({ i, by: random() })).sort((a, b) => a.by - b.by);
  const chosen = new Set(places.slice(0, count).map(({ i }) => i));
  return list.filter((_, i) => chosen.has(i));
}

/** The file of `--violations`, with the operator and rule of each beside what that command reads. */
export const violationsJson = (broken: readonly Broken[]): string =>
  `[\n${broken.map(({ violation, operator, rule }) => JSON.stringify({ operator, rule, ...violation })).join(',\n')}\n]\n`;
