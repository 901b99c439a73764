import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peek } from '../src/core/queue.ts';
import { canonical, createState, evolve, isOpen, type KernelRecord, LANES, nextDue, type State } from '../src/index.ts';
import { busyShop, command, type Move, moves } from './support/org-random.ts';
import { apply, OWNER, openCase, SYSTEM, startRun, type World, world } from './support/org-shop.ts';

/** More and other ones for a long search: `REEVE_FUZZ_RUNS=2000 REEVE_FUZZ_SEED=7 npx vitest run …`. */
const RUNS = {
  numRuns: Number(process.env.REEVE_FUZZ_RUNS ?? 40),
  seed: Number(process.env.REEVE_FUZZ_SEED ?? 20261121),
};

function begin(): World {
  const w = world(createState('acme'));
  apply(w, busyShop(), OWNER);
  return w;
}

/** One move: time passes, timers fire as the runtime fires them, then the command. */
function play(w: World, m: Move): void {
  if (m.wait > 0) drain(w, m.wait);
  const { kind, body, actor, id } = command(w, m);
  w.send(kind, body, actor, id);
}

/** Let time pass until nothing is due. */
function drain(w: World, ms = 0): KernelRecord[] {
  const records = w.wait(ms);
  while ((nextDue(w.state) ?? Number.POSITIVE_INFINITY) <= w.now) records.push(...w.wait(0));
  return records;
}

/** As the ledger gives a record back: fields in canonical order, nothing undefined. */
const fromLedger = (record: KernelRecord): KernelRecord => JSON.parse(canonical(record));

function replay(records: readonly KernelRecord[]): State {
  const state = createState('acme');
  for (const record of records) evolve(state, record);
  return state;
}

const { timers: _none, ...EMPTY } = createState('acme');
/** All of a state but its timers: a replay still has those that fired and had nothing to do. */
const lasting = (state: State): Omit<State, 'timers'> => {
  const { timers: _timers, ...rest } = state;
  return rest;
};
const ahead = (state: State): string[] => state.timers.map(([at, key]) => `${at} ${key}`).sort();

/** What must hold of any state, worked out the slow way. */
function audit(state: State): void {
  expect(state.cases.open).toBe([...state.cases.cases.values()].filter(isOpen).length);
  for (const [seat, box] of state.inbox.seats) {
    const open = [...state.inbox.messages.values()].filter((m) => m.to === seat);
    expect(box.depth).toBe(open.length);
    let waiting = 0;
    for (const work of box.work.values()) {
      const own = open.filter((m) => (m.case ?? m.id) === work.key);
      expect(LANES.map((lane) => work.open[lane])).toEqual(
        LANES.map((lane) => own.filter((m) => m.priority === lane).length),
      );
      if (work.run !== null) continue;
      waiting += 1;
      expect(peek(work.messages)).toBe(own[0]!.id);
      expect(work.queued).toBe(true);
      expect(box.lanes[work.priority].items.slice(box.lanes[work.priority].head)).toContain(work.key);
    }
    expect(state.inbox.ready.has(seat)).toBe(waiting > 0);
  }
  expect(Object.keys(lasting(state)).sort()).toEqual(Object.keys(EMPTY).sort());
}

describe('the kernel as a function of its history', () => {
  it('[KER1] gives byte-identical records for the same commands', () => {
    const once = (list: Move[]) => {
      const w = begin();
      for (const m of list) play(w, m);
      return canonical(w.records);
    };
    fc.assert(
      fc.property(moves(60), (list) => {
        expect(once(list)).toBe(once(list));
      }),
      RUNS,
    );
  });

  it('[KER2] has the state that its records give, and timers that fired before do nothing when they fire again (R-B8)', () => {
    fc.assert(
      fc.property(moves(80), (list) => {
        const live = begin();
        for (const m of list) play(live, m);
        drain(live);
        audit(live.state);
        const again = world(replay(live.records), live.now);
        expect(lasting(again.state)).toStrictEqual(lasting(live.state));
        expect(drain(again)).toEqual([]);
        expect(ahead(again.state)).toEqual(ahead(live.state));
      }),
      RUNS,
    );
  });

  it('[KER2] goes on in the same way from a snapshot and from the ledger', () => {
    fc.assert(
      fc.property(moves(40), moves(40), (before, after) => {
        const live = begin();
        for (const m of before) play(live, m);
        drain(live);
        const at = live.records.length;
        const snapshot = world(deserialize(serialize(live.state)) as State, live.now);
        const ledger = world(replay(live.records.map(fromLedger)), live.now);
        drain(ledger);
        for (const w of [live, snapshot, ledger]) for (const m of after) play(w, m);
        const wrote = canonical(live.records.slice(at));
        expect(canonical(snapshot.records)).toBe(wrote);
        expect(canonical(ledger.records)).toBe(wrote);
        expect(snapshot.state).toStrictEqual(live.state);
      }),
      RUNS,
    );
  });

  it('[KER2] does not hasten the retry of a run after a restart (seed 3, path 446)', () => {
    const live = begin();
    openCase(live);
    const run = startRun(live, 'desk')!;
    live.ok('run.fail', { run, message: 'm' }, SYSTEM);
    drain(live, 1000);
    live.ok('run.resume', { run, worker: 'w' }, SYSTEM);
    live.ok('run.fail', { run, message: 'm' }, SYSTEM);
    const again = world(replay(live.records), live.now);
    expect(drain(again)).toEqual([]);
    expect(drain(again, 5000).map((r) => r.kind)).toEqual(['run.retried']);
  });

  it('[KER3] leaves the state as it was when a command is rejected', () => {
    let rejected = 0;
    fc.assert(
      fc.property(moves(40), (list) => {
        const w = begin();
        for (const m of list) {
          if (m.wait > 0) drain(w, m.wait);
          const before = structuredClone(w.state);
          const { kind, body, actor, id } = command(w, m);
          const { reply, records } = w.send(kind, body, actor, id);
          if (reply.ok || records.length > 0) continue;
          rejected += 1;
          expect(w.state).toStrictEqual(before);
        }
      }),
      { ...RUNS, numRuns: RUNS.numRuns / 2 },
    );
    expect(rejected).toBeGreaterThan(100);
  });

  it('[KER3] numbers its records without gaps, never back in time, each with a cause on the ledger', () => {
    fc.assert(
      fc.property(moves(60), (list) => {
        const w = begin();
        for (const m of list) play(w, m);
        for (const [i, record] of w.records.entries()) {
          expect(record.seq).toBe(i + 1);
          expect(record.at).toBeGreaterThanOrEqual(w.records[i - 1]?.at ?? 0);
          if ('seq' in record.causation) expect(record.causation.seq).toBeLessThan(record.seq);
        }
      }),
      { ...RUNS, numRuns: RUNS.numRuns / 2 },
    );
  });
});
