/**
 * How the cost of one operation, from request to verification, grows with the seats, the open cases and the history of an
 * organisation; and what open cases take in memory. The kernel and the sealing of its records alone: storing them costs
 * the same whatever the state is.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Actor, type KernelRecord, type State, SYSTEM, step, useSha256 } from '@reeve/kernel';
import { GENESIS, seal, sha256Node } from '@reeve/ledger';
import { median, processorTime, type Row } from './lib/measure.ts';
import { appliedState, OWNER, organisation } from './lib/world.ts';

const CLERK = { principal: 'p-0', seat: 'clerk-0' };
const BASE = { seats: 20, cases: 500, history: 1000 };
type Sizes = typeof BASE;
const FACTORS = [1, 3, 10, 30, 100];
/** The growth for which the design sets a bound, and the bound. */
const BOUND = { seats: 10, cases: 10, history: 100, most: 1.3 } as const;
const MEASURED = 300;
/** Operations of the past per case, which is then cancelled. */
const PER_CASE = 20;

/** An organisation driven by commands, one millisecond apart. */
export class Driver {
  readonly state: State;
  #now = 2;
  #asked = 0;

  readonly #keep: (records: readonly KernelRecord[]) => void;

  /** @param keep is given the records of each command; they are sealed and forgotten unless told otherwise */
  constructor(seats: number, keep = (records: readonly KernelRecord[]) => void seal(GENESIS.hash, records)) {
    this.#keep = keep;
    this.state = appliedState(organisation(seats));
  }

  run(kind: string, actor: Actor, body: unknown): Record<string, unknown> {
    const command = { id: actor === SYSTEM ? '' : `${kind}-${this.#now}`, kind, actor, body };
    const { reply, records } = step(this.state, command, { now: ++this.#now, entropy: 'x' });
    if (!reply.ok) throw new Error(`${kind} was refused: ${reply.rejection.message}`);
    this.#keep(records);
    return reply.result;
  }

  open(clerk = 0): string {
    const about = { subject: 'bench', customer: `c${this.#now}@d.example`, text: 'Where is it?' };
    return this.run('case.open', OWNER, { ...about, owner: `clerk-${clerk}`, priority: 'high' }).case as string;
  }

  /** An operation of the clerk who owns the case, about which a policy wants a decision. */
  ask(about: string, clerk: number): void {
    const args = { entry: `never-1-${this.#asked++}`, amount: 2_000_000 };
    const actor = { principal: `p-${clerk}`, seat: `clerk-${clerk}` };
    this.run('operation.request', actor, { capability: 'book.write', case: about, args });
  }

  /** The whole life of one operation: four commands, seven records. */
  operate(about: string): void {
    const args = { entry: `entry-${this.#asked++}`, amount: 10 };
    const { operation } = this.run('operation.request', CLERK, { capability: 'book.write', case: about, args });
    this.run('operation.lease', SYSTEM, { operation, executor: 'bench', ttl: 40_000 });
    this.run('operation.complete', SYSTEM, { operation, attempt: 1, result: { found: true }, evidence: [] });
    this.run('operation.verify', SYSTEM, { operation, after: { value: { found: true }, at: this.#now } });
  }
}

/** An organisation of these sizes; what is past is over. */
function grown({ seats, cases, history }: Sizes): { driver: Driver; open: string[] } {
  const driver = new Driver(seats);
  for (let done = 0; done < history; done += PER_CASE) {
    const past = driver.open();
    for (let n = 0; n < Math.min(PER_CASE, history - done); n++) driver.operate(past);
    driver.run('case.cancel', OWNER, { case: past, reason: 'bench' });
  }
  return { driver, open: Array.from({ length: cases }, () => driver.open()) };
}

function costOf(sizes: Sizes, runs: number): number {
  const { driver, open } = grown(sizes);
  let next = 0;
  const some = () => {
    for (let n = 0; n < MEASURED; n++) driver.operate(open[next++ % open.length]!);
  };
  some();
  return median(Array.from({ length: runs }, () => processorTime(MEASURED, some)));
}

/** The cost at each factor of one size, and how it has grown at the factor the design names. */
function along(size: keyof Sizes, runs: number): Row[] {
  const costs = FACTORS.map((factor) => costOf({ ...BASE, [size]: BASE[size] * factor }, runs));
  const rows: Row[] = costs.map((value, i) => {
    const x = FACTORS[i]!;
    return {
      what: `operation, ${BASE[size] * x} ${size}`,
      value,
      unit: 'µs',
      plot: { chart: 'growth', line: size, x },
    };
  });
  const bound = BOUND[size];
  const value = costs[FACTORS.indexOf(bound)]! / costs[0]!;
  const target = `< ${BOUND.most}`;
  return [
    ...rows,
    { what: `growth of its cost, ${bound} × ${size}`, value, unit: '×', target, met: value < BOUND.most },
  ];
}

const MANY = [1000, 10_000, 30_000, 100_000];

/** Megabytes of objects that are really in use. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 1e6;
}

/** What so many of something take in an organisation that has nothing else. */
function memoryOf(line: string, one: (driver: Driver, i: number) => void): Row[] {
  const before = heap();
  const driver = new Driver(BASE.seats);
  let made = 0;
  return MANY.map((many) => {
    for (; made < many; made++) one(driver, made);
    const plot = { chart: 'memory', line, x: many };
    return { what: `memory of ${many} ${line}`, value: heap() - before, unit: 'MB', plot };
  });
}

/** Each of 19 clerks asks about cases of its own; the cases are 500, so that what is counted is what waits. */
function asking(): (driver: Driver, i: number) => void {
  const cases: string[] = [];
  return (driver, i) => {
    const who = (i % BASE.cases) % 19;
    if (i < BASE.cases) cases.push(driver.open(who));
    driver.ask(cases[i % BASE.cases]!, who);
  };
}

const openCases = (): Row[] => memoryOf('open cases', (driver) => void driver.open());

/** Memory of open cases and of what waits for a decision, up to 100,000 of each. */
export const holding = async (): Promise<Row[]> => [...openCases(), ...memoryOf('approvals', asking())];

export async function growth(runs: number): Promise<Row[]> {
  useSha256(sha256Node);
  // Compiles what is measured.
  costOf(BASE, 3);
  const times = Math.max(5, runs);
  return [...along('seats', times), ...along('cases', times), ...along('history', times), ...openCases()];
}
