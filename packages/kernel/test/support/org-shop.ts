import type { z } from 'zod';
import {
  type Actor,
  type CommandKind,
  createState,
  type definition,
  type KernelRecord,
  type Rejection,
  type State,
  type StepResult,
  step,
  tick,
} from '../../src/index.ts';

export type Draft = z.input<typeof definition>;
type SeatDraft = NonNullable<Draft['seats']>[number];

export const OWNER: Actor = { principal: 'owner' };
export const SYSTEM: Actor = { principal: 'system' };
/** 2026-11-21T00:00Z. */
export const START = Date.UTC(2026, 10, 21);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Oversight that sets no timers, for tests about other ones. */
export const QUIET = { waiting: 0, reports: { daily: 'off', weekly: 'off', monthly: 'off' } } as const;

/** A seat that may do everything the shop can; `kind: 'human'` for people. */
export function seat(id: string, supervisor?: string, more: Partial<SeatDraft> = {}): SeatDraft {
  return {
    id,
    title: id,
    unit: 'company',
    ...(supervisor === undefined ? {} : { supervisor }),
    charter: { purpose: id, tier: 'executor', rights: [{ capability: '*' }] },
    occupant: { principal: `p-${id}`, kind: 'script', script: `${id}.ts` },
    ...more,
  };
}

const human = (id: string) => ({ occupant: { principal: `p-${id}`, kind: 'human' as const } });

/**
 * A small shop: boss (human) over lead (human) over desk, orders and billing (scripts); quality (human) and other
 * (human, takes part in nothing) report to boss.
 */
export function shop(over: Partial<Draft> = {}): Draft {
  return {
    name: 'Shop',
    settings: { intake: 'desk', verifier: 'quality', earned: ['mail.*'], oversight: QUIET },
    units: [{ id: 'company', title: 'Company', kind: 'company' }],
    seats: [
      seat('boss', undefined, human('boss')),
      seat('lead', 'boss', human('lead')),
      seat('desk', 'lead'),
      seat('orders', 'lead'),
      seat('billing', 'lead'),
      seat('quality', 'boss', human('quality')),
      seat('other', 'boss', human('other')),
    ],
    tools: [{ id: 'shop', connector: 'memory' }],
    capabilities: [
      { id: 'orders.get', tool: 'shop', effect: 'read', args: { order: 'string' } },
      { id: 'mail.send', tool: 'shop', effect: 'reversible', edges: ['customer-facing'], args: { text: 'string' } },
    ],
    contracts: [{ id: 'mail', capability: 'mail.send' }],
    ...over,
  };
}

/** The shop without one of its seats. */
export const without = (id: string, base = shop()): Draft => ({
  ...base,
  seats: base.seats!.filter((other) => other.id !== id),
});

/** The actor that sits in a seat of the shop. */
export const at = (id: string): Actor => ({ principal: `p-${id}`, seat: id });

/** A kernel with a clock of its own and everything it wrote. */
export interface World {
  readonly state: State;
  readonly records: KernelRecord[];
  now: number;
  /** One command; whatever comes of it. */
  send(kind: CommandKind, body: unknown, actor?: Actor, id?: string): StepResult;
  /** One command that must be accepted; its result. */
  ok(kind: CommandKind, body: unknown, actor?: Actor, id?: string): Record<string, unknown>;
  /** One command that must be refused; why. */
  no(kind: CommandKind, body: unknown, actor?: Actor, id?: string): Rejection;
  /** Let time pass; what the timers wrote. */
  wait(ms: number): KernelRecord[];
}

export function world(state: State = createState('acme'), now = START): World {
  const records: KernelRecord[] = [];
  const w: World = {
    state,
    records,
    now,
    send(kind, body, actor = OWNER, id = '') {
      const result = step(state, { id, kind, actor, body }, { now: w.now, entropy: `e${state.seq}` });
      records.push(...result.records);
      return result;
    },
    ok(kind, body, actor, id) {
      const { reply } = w.send(kind, body, actor, id);
      if (!reply.ok) throw new Error(`${kind} was refused: ${JSON.stringify(reply.rejection)}`);
      return reply.result;
    },
    no(kind, body, actor, id) {
      const { reply } = w.send(kind, body, actor, id);
      if (reply.ok) throw new Error(`${kind} was accepted: ${JSON.stringify(reply.result)}`);
      return reply.rejection;
    },
    wait(ms) {
      w.now += ms;
      const written = tick(state, { now: w.now, entropy: 'tick' });
      records.push(...written);
      return written;
    },
  };
  return w;
}

/** A world in which the shop was applied. */
export function opened(base: Draft = shop()): World {
  const w = world();
  w.ok('organisation.apply', { base: '', reason: 'first', definition: base });
  return w;
}

export const apply = (w: World, next: Draft, actor: Actor = OWNER): Record<string, unknown> =>
  w.ok('organisation.apply', { base: w.state.organisation.digest, reason: 'change', definition: next }, actor);

/** Open a case at the desk; its id. */
export const openCase = (w: World, more: Record<string, unknown> = {}): string =>
  w.ok('case.open', { subject: 'Lost parcel', customer: 'kim@example.org', ...more }).case as string;

export const theCase = (w: World, id = 'C-1') => w.state.cases.cases.get(id)!;

export const PACKET = { subproblem: 'Find the parcel', output: 'where it is', success: 'the tracking says so' };

/** Do an operation to its end; its id, which is evidence from then on. */
export function operate(w: World, id: string, on: string, capability = 'orders.get'): string {
  const args = capability === 'mail.send' ? { text: `hello ${w.state.seq}` } : { order: `AC-${w.state.seq}` };
  const operation = w.ok('operation.request', { capability, args, case: on }, at(id)).operation as string;
  const effect = capability === 'mail.send';
  if (effect) w.ok('operation.lease', { operation, executor: 'x', ttl: HOUR }, SYSTEM);
  w.ok('operation.complete', { operation, attempt: effect ? 1 : 0, result: {} }, SYSTEM);
  return operation;
}

/** Start the run a seat's inbox asks for; null when nothing waits. */
export function startRun(w: World, id: string): string | null {
  const { reply } = w.send('run.start', { seat: id, worker: 'w' }, SYSTEM);
  return reply.ok ? (reply.result.run as string) : null;
}

export const finishRun = (w: World, run: string): void =>
  void w.ok('run.finish', { run, report: { outcome: 'done' } }, SYSTEM);

/** Start and finish runs until a seat's inbox is empty; the messages in the order taken. */
export function workOff(w: World, id: string): string[] {
  const taken: string[] = [];
  for (let run = startRun(w, id); run !== null; run = startRun(w, id)) {
    taken.push(w.state.runs.runs.get(run)!.message);
    finishRun(w, run);
  }
  return taken;
}

/** Take a case up to `resolved`: the desk starts, looks, and resolves with what it saw. */
export function resolveCase(w: World, id: string): string {
  w.ok('case.start', { case: id }, at('desk'));
  const evidence = operate(w, 'desk', id);
  w.ok('case.resolve', { case: id, summary: 'Found it', evidence: [evidence] }, at('desk'));
  return evidence;
}

/** Messages waiting for a seat, as `type:from`. */
export function inbox(w: World, id: string): string[] {
  return [...w.state.inbox.messages.values()].filter((m) => m.to === id).map((m) => `${m.type}:${m.from}`);
}

/** Kinds of the records written since `from`. */
export const kinds = (records: readonly KernelRecord[]): string[] => records.map((record) => record.kind);
