/** The books against an independent model, under whatever happens to operations, runs, definitions and the process. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evolve } from '../src/core/evolve.ts';
import { createState, type State } from '../src/core/state.ts';
import { MoneyOracle } from './support/money-oracle.ts';
import { books, openReservations } from './support/op-books.ts';
import { find, type Shop } from './support/op-definition.ts';
import { busyWorld, drain, MOVE_COUNT, type Move, play } from './support/op-play.ts';
import { World } from './support/op-world.ts';

/** So little that it runs out now and then. */
function tight(d: Shop): void {
  find(d.budgets, 'month').allocation = 120;
  find(d.budgets, 'day').allocation = 90;
  find(d.budgets, 'file').allocation = 200;
  find(d.budgets, 'calls').allocation = 9;
  find(d.budgets, 'runs').allocation = 1;
}

/** The process dies: what is in memory is lost, the records are not. */
function crash(world: World): void {
  const again = createState(world.state.org);
  for (const record of structuredClone(world.log)) evolve(again, record);
  (world as { state: State }).state = again;
}

const move: fc.Arbitrary<Move> = fc.record({
  act: fc.nat({ max: MOVE_COUNT - 1 }),
  a: fc.nat({ max: 99 }),
  b: fc.nat({ max: 99 }),
});

type Step = { move: Move; crash: boolean; pause: number };
const steps = (length: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      move,
      crash: fc.nat({ max: 19 }).map((n) => n === 0),
      // Mostly none, now and then hours or days: periods end in the middle of everything.
      pause: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(7, 30, 500) }),
    }),
    { minLength: length / 4, maxLength: length },
  );

function audited(list: readonly Step[], poor: boolean, tally: Record<string, number> = {}): void {
  const world = busyWorld(poor ? tight : undefined);
  const oracle = new MoneyOracle(world);
  oracle.check();
  for (const one of list) {
    if (one.crash) crash(world);
    if (one.pause > 0) world.wait(one.pause * 3_600_000);
    play(world, one.move);
    oracle.check();
  }
  drain(world);
  oracle.check();
  expect(openReservations(world.state)).toEqual({});
  for (const [what, n] of Object.entries(oracle.tally)) tally[what] = (tally[what] ?? 0) + n;
}

describe('[BUD12] the books and an independent model', () => {
  it('[T16] [T17] agree after every move: conserved, never overspent, charged once', () => {
    fc.assert(
      fc.property(steps(140), fc.boolean(), (list, poor) => audited(list, poor)),
      { seed: 20261121, numRuns: 150 },
    );
  }, 120_000);

  it('have been through everything that can happen to money', () => {
    const tally: Record<string, number> = {};
    for (const [i, list] of fc.sample(steps(160), { seed: 3, numRuns: 80 }).entries())
      audited(list, i % 2 === 0, tally);
    const wanted = ['admitted', 'refused', 'charged', 'released', 'undone', 'retried', 'runs'];
    const rare = ['period with open reserves', 'settled in another period', 'runs refused'];
    expect(Object.keys(tally)).toEqual(expect.arrayContaining([...wanted, ...rare]));
  }, 120_000);
});

describe('[BUD12] an effect that is reported again', () => {
  it('is charged once, and comes back once when a human says it did not happen after all', () => {
    for (const landed of [true, false]) {
      const w = new World((d) => {
        const { compensate: _, ...rest } = find(d.contracts, 'refund');
        d.contracts = d.contracts.map((each) => (each.id === 'refund' ? (rest as typeof each) : each));
        d.budgets.push({ id: 'all', allocation: 100 });
      });
      const op = w.refund(40);
      w.lease(op);
      w.complete(op, { refund_id: 'r' });
      w.verify(op, { refunded: 0 });
      expect([op.status, books(w.state, 'all').spent]).toEqual(['escalated', 40]);
      w.ok('operation.settle', { operation: op.id, landed, note: 'looked' });
      const spent = landed ? 40 : 0;
      expect(books(w.state, 'all')).toEqual({ funding: -100, available: 100 - spent, reserved: 0, spent });
    }
  });
});

describe('[BUD12] [T17] reservations at once', () => {
  const asks = fc.array(fc.record({ seat: fc.constantFrom('desk', 'mate', 'clerk'), amount: fc.nat({ max: 9 }) }), {
    minLength: 50,
    maxLength: 50,
  });

  it('let in exactly what there is room for, in whatever order they come', () => {
    fc.assert(
      fc.property(asks, fc.integer({ min: 20, max: 120 }), (list, room) => {
        const w = new World((d) => {
          d.budgets.push(
            { id: 'all', allocation: room },
            { id: 'unit', unit: 'support', allocation: Math.ceil(room / 2) },
          );
        });
        for (const seat of ['mate', 'clerk']) w.join(seat);
        let [all, unit] = [room, Math.ceil(room / 2)];
        for (const [i, { seat, amount }] of list.entries()) {
          const inside = seat !== 'clerk';
          const fits = amount <= all && (!inside || amount <= unit);
          const op = w.request('orders.refund', { order_id: `o${i}`, amount }, {}, seat);
          if (op.status === 'requested') w.read(op);
          expect([i, op.status === 'admitted']).toEqual([i, fits]);
          if (!fits) continue;
          all -= amount;
          if (inside) unit -= amount;
        }
      }),
      { seed: 17, numRuns: 25 },
    );
  });

  it('of 3 from 100, fifty at once, are 33', () => {
    const w = new World((d) => void d.budgets.push({ id: 'all', allocation: 100 }));
    const ops = Array.from({ length: 50 }, (_, i) => w.refund(3, `o${i}`));
    expect(ops.filter((op) => op.status === 'admitted')).toHaveLength(33);
  });
});
