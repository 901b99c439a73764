/**
 * How the cost of one operation, from request to verification, grows with the seats, the open cases and the history of an
 * organisation; and what open cases take in memory. The kernel and the sealing of its records alone: storing them costs
 * the same whatever the state is.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Actor, type Definition, type KernelRecord, type State, SYSTEM, step, useSha256 } from '@reeve/kernel';
import { GENESIS, seal, sha256Node } from '@reeve/ledger';
import { everything } from './lib/everything.ts';
import { median, processorTime, type Row } from './lib/measure.ts';
import { appliedState, OWNER, organisation } from './lib/world.ts';

const CLERK = { principal: 'p-0', seat: 'clerk-0' };
const BASE = { seats: 20, cases: 500, history: 1000 };
type Sizes = typeof BASE;
const FACTORS = [1, 3, 10, 30, 100];
/** The growth for which the design sets a bound, and the bound. */
const BOUND = { seats: 10, cases: 10, history: 100, most: 1.3 } as const;
const MEASURED = 300;
/** Seats beyond the first ones, for what one takes. */
const IDLE = 10_000;
/** Operations of the past per case, which is then cancelled. */
const PER_CASE = 20;

/** An organisation driven by commands, one millisecond apart. */
export class Driver {
  readonly state: State;
  #now = 2;
  #asked = 0;

  readonly #keep: (records: readonly KernelRecord[]) => void;

  /** @param keep is given the records of each command; they are sealed and forgotten unless told otherwise */
  constructor(
    seats: number,
    keep = (records: readonly KernelRecord[]) => void seal(GENESIS.hash, records),
    of: (seats: number) => Definition = organisation,
  ) {
    this.#keep = keep;
    this.state = appliedState(of(seats));
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

type Make = (seats: number) => Driver;
const plain: Make = (seats) => new Driver(seats);
/** The same with every module that has something to do on each operation. */
const engaged: Make = (seats) => new Driver(seats, undefined, everything);

/** An organisation of these sizes; what is past is over. */
function grown({ seats, cases, history }: Sizes, make: Make): { driver: Driver; open: string[] } {
  const driver = make(seats);
  for (let done = 0; done < history; done += PER_CASE) {
    const past = driver.open();
    for (let n = 0; n < Math.min(PER_CASE, history - done); n++) driver.operate(past);
    driver.run('case.cancel', OWNER, { case: past, reason: 'bench' });
  }
  return { driver, open: Array.from({ length: cases }, () => driver.open()) };
}

function costOf(sizes: Sizes, runs: number, make: Make): number {
  const { driver, open } = grown(sizes, make);
  let next = 0;
  const some = () => {
    for (let n = 0; n < MEASURED; n++) driver.operate(open[next++ % open.length]!);
  };
  some();
  return median(Array.from({ length: runs }, () => processorTime(MEASURED, some)));
}

/** The cost at each factor of one size, and how it has grown at the factor the design names. */
function along(size: keyof Sizes, runs: number, make: Make): Row[] {
  const costs = FACTORS.map((factor) => costOf({ ...BASE, [size]: BASE[size] * factor }, runs, make));
  const rows: Row[] = costs.map((value, i) => {
    const x = FACTORS[i]!;
    const plot = { chart: 'growth', line: size, x };
    return { what: `operation, ${BASE[size] * x} ${size}`, value, unit: 'µs', ...(make === plain ? { plot } : {}) };
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
function memoryOf(line: string, one: (driver: Driver, i: number) => void, make = plain): Row[] {
  const before = heap();
  const driver = make(BASE.seats);
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
  costOf(BASE, 3, plain);
  const times = Math.max(5, runs);
  const sizes = ['seats', 'cases', 'history'] as const;
  return [...sizes.flatMap((size) => along(size, times, plain)), ...openCases()];
}

/** Seats that do nothing, in kilobytes each. */
function idleSeats(): Row[] {
  const before = heap();
  const few = engaged(BASE.seats);
  const little = heap();
  const many = engaged(BASE.seats + IDLE);
  const value = ((heap() - little - (little - before)) * 1000) / IDLE;
  // Both are looked at, so that neither is collected before it was counted.
  const seats = many.state.organisation.seats.size - few.state.organisation.seats.size;
  return [{ what: `memory of an idle seat, all modules on (${seats} more seats)`, value, unit: 'kB' }];
}

/** What the organisation engine costs: the same operation and the same growth with all of its modules on. */
export async function engine(runs: number): Promise<Row[]> {
  useSha256(sha256Node);
  const times = Math.max(5, runs);
  for (const make of [plain, engaged]) costOf(BASE, 3, make);
  const bare = costOf(BASE, times, plain);
  const full = costOf(BASE, times, engaged);
  return [
    { what: 'operation, no metrics, lanes, hours, services', value: bare, unit: 'µs' },
    { what: 'operation, all modules on', value: full, unit: 'µs' },
    { what: 'what the modules add', value: full / bare, unit: '×' },
    ...(['seats', 'cases', 'history'] as const).flatMap((size) => along(size, times, engaged)),
    ...memoryOf('open cases, all modules on', (driver) => void driver.open(), engaged),
    ...idleSeats(),
  ];
}
