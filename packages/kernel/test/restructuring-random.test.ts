import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createState, evolve, isOpen, messagesOf, type State, supervisorCycle } from '../src/index.ts';
import { busyShop, command, type Move, moves } from './support/org-random.ts';
import { OWNER, opened, type World } from './support/org-shop.ts';

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!;
const working = (w: World) => [...w.state.organisation.seats.values()].filter((s) => s.status !== 'retired');

/** A step about seats that there are, from three numbers. */
function stepOf(w: World, { a, b, c }: Move): object {
  const seats = working(w).map((s) => s.id);
  const one = pick(seats, a);
  const other = pick(seats, b + a + 1);
  const id = `n${w.state.seq}`;
  const occupant = { principal: id, kind: c % 2 === 0 ? 'human' : 'script' };
  const steps: object[] = [
    { do: 'split', seat: one, into: [{ id, title: id, topics: ['x'], occupant }] },
    { do: 'merge', seats: [one], into: other, rights: c > 6 ? 'add' : 'keep' },
    { do: 'reassign', seat: one, supervisor: other },
    { do: 'add-layer', seat: { id, title: id, purpose: 'p', occupant }, over: [one] },
    { do: 'remove-layer', seat: one },
    { do: 'occupy', seat: one, occupant: c > 9 ? null : occupant },
  ];
  return pick(steps, c);
}

interface Work {
  cases: string[];
  tasks: string[];
  messages: string[];
  approvals: string[];
  operations: string[];
}

function openWork({ cases, inbox, governance, operations }: State): Work {
  return {
    cases: [...cases.cases.values()].filter(isOpen).map((c) => c.id),
    tasks: [...cases.tasks.values()].filter((t) => t.status === 'open').map((t) => t.id),
    messages: [...inbox.messages.keys()],
    approvals: [...governance.pending],
    operations: [...operations.open],
  };
}

/** [RST5] What must hold of every state, whatever was done before; each fault in words. */
function faults({ cases, governance, inbox, operations, runs, organisation: { seats } }: State): string[] {
  const gone = (id: string) => (seats.get(id)?.status ?? 'retired') === 'retired';
  const bad: string[] = [];
  for (const c of cases.cases.values()) if (isOpen(c) && gone(c.owner)) bad.push(`${c.id} belongs to ${c.owner}`);
  for (const t of cases.tasks.values())
    if (t.status === 'open' && (gone(t.to) || gone(t.from))) bad.push(`${t.id} from ${t.from} to ${t.to}`);
  for (const a of [...governance.pending].map((id) => governance.approvals.get(id)!)) {
    if (gone(a.requester) || a.approvers.some(gone)) bad.push(`${a.id} of ${a.requester} by ${a.approvers}`);
    const top = seats.get(a.requester)?.supervisor === undefined;
    if (!top && a.approvers.includes(a.requester)) bad.push(`${a.id} is decided by who asked`);
  }
  for (const m of inbox.messages.values()) if (gone(m.to)) bad.push(`${m.id} waits at ${m.to}`);
  for (const id of operations.open) if (gone(operations.operations.get(id)!.seat)) bad.push(`${id} is nobody's`);
  for (const run of runs.runs.values())
    if (seats.get(run.seat)?.occupant?.principal !== run.principal) bad.push(`${run.id} is ${run.principal}'s`);
  return bad;
}

function sound({ state }: World): void {
  expect(faults(state)).toEqual([]);
  const listed = [...state.organisation.seats.keys()].flatMap((id) => messagesOf(state, id).map((m) => m.id));
  expect(listed.sort()).toEqual([...state.inbox.messages.keys()].sort());
  strict(state);
}

/** A strict tree with one top, of seats that exist. */
function strict(state: State): void {
  const seats = [...state.organisation.seats.values()].filter((s) => s.status !== 'retired');
  expect(supervisorCycle(seats)).toBeNull();
  expect(seats.filter((s) => s.supervisor === undefined)).toHaveLength(1);
  const ids = new Set(seats.map((s) => s.id));
  expect(seats.filter((s) => s.supervisor !== undefined && !ids.has(s.supervisor))).toEqual([]);
}

/** Nothing is lost in a restructuring: what was open is open, but for what came back or was superseded, on the record. */
function kept(w: World, before: Work, from: number): void {
  const after = openWork(w.state);
  const written = w.records.slice(from);
  const ended = new Set(
    written.flatMap((r) => {
      if (r.kind === 'task.completed') return [r.body.task];
      if (r.kind === 'message.done') return [r.body.message];
      return r.kind === 'operation.decided' ? [r.body.operation] : [];
    }),
  );
  for (const kind of ['cases', 'tasks', 'messages', 'approvals', 'operations'] as const)
    expect(before[kind].filter((id) => !after[kind].includes(id) && !ended.has(id))).toEqual([]);
  expect(after.cases).toEqual(before.cases);
  expect(after.approvals).toEqual(before.approvals);
}

function play(w: World, sequence: readonly Move[]): number {
  let done = 0;
  for (const move of sequence) {
    if (move.wait > 0) w.wait(move.wait);
    if (move.what % 6 !== 0) {
      const { kind, body, actor, id } = command(w, move);
      // A pack of the past would take restructurings back.
      if (kind !== 'organisation.apply') w.send(kind, body, actor, id);
    } else {
      const before = openWork(w.state);
      const from = w.records.length;
      const { reply } = w.send('organisation.restructure', { steps: [stepOf(w, move)], reason: 'r' }, OWNER);
      if (reply.ok) kept(w, before, from);
      done += Number(reply.ok);
      sound(w);
    }
  }
  sound(w);
  return done;
}

describe('any sequence of restructurings under random load', () => {
  it('[RST5] [ORG2] [R-A58] [R-A53] loses no case, task, message, approval; one owner each; a strict tree', () => {
    let done = 0;
    fc.assert(
      fc.property(moves(90), (sequence) => {
        done += play(opened(busyShop()), sequence);
      }),
      { seed: 20261121, numRuns: 25, endOnFailure: true },
    );
    // The plays reach what they are about.
    expect(done).toBeGreaterThan(100);
  }, 120_000);

  it('[RST5] [KER2] is the same again when its records are read back', () => {
    for (const sequence of fc.sample(moves(120), { seed: 3, numRuns: 8 })) {
      const w = opened(busyShop());
      play(w, sequence);
      const again = createState('acme');
      for (const record of w.records) evolve(again, JSON.parse(JSON.stringify(record)));
      const { timers: _a, ...was } = w.state;
      const { timers: _b, ...is } = again;
      expect(is).toEqual(was);
    }
  }, 120_000);
});
