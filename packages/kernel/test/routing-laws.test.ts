import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createState, evolve, type KernelRecord } from '../src/index.ts';
import { isAble } from '../src/routing/choose.ts';
import { bandOfLoad, hasRoom, pendingOf, percentOf, recount, routingOf } from '../src/routing/load.ts';
import { emptyRouting, SLOTS } from '../src/routing/state.ts';
import { at, OWNER, PACKET, type World } from './support/org-shop.ts';
import { ask, BILLING, finish, inOffice, ORDERS, pause, resume, routings } from './support/route-office.ts';

const MINUTE = 60_000;
const WORKERS = ['orders-a', 'orders-b', 'orders-c', 'billing-a', 'billing-b', 'law', 'helper'];
const NEEDS = [
  ORDERS,
  BILLING,
  { skills: ['law'] },
  { skills: ['orders'] },
  { topic: 'invoice' },
  { skills: ['welding'] },
];

/** One thing that may happen; what the state does not allow is refused and changes nothing. */
const MOVES: Record<string, (w: World, a: number, b: number) => void> = {
  open: (w, a, b) =>
    void ask(w, NEEDS[a % NEEDS.length], { customer: `k${b % 6}`, priority: ['high', 'normal', 'low'][b % 3] }),
  given: (w, a, b) => void ask(w, NEEDS[a % 4], { customer: `k${b % 6}`, owner: WORKERS[a % WORKERS.length] }),
  start: (w, a) => void on(w, a, 'case.start', {}),
  wait: (w, a) => void on(w, a, 'case.wait', { question: 'Which?' }),
  block: (w, a) => void on(w, a, 'case.block', { reason: 'stuck' }),
  back: (w, a) => void on(w, a, 'case.resume', {}),
  cancel: (w, a) => void on(w, a, 'case.cancel', { reason: 'x' }),
  reopen: (w, a) => void on(w, a, 'case.reopen', { reason: 'x' }),
  escalate: (w, a) => void on(w, a, 'case.escalate', { reason: 'x' }),
  classify: (w, a, b) => void on(w, a, 'case.classify', { priority: ['high', 'normal', 'low'][b % 3] }),
  transfer: (w, a, b) =>
    void on(w, a, 'case.transfer', { reason: b % 2 ? 'missing_skills' : 'overloaded', needs: NEEDS[b % 4] }),
  route: (w, a, b) => void on(w, a, 'case.route', { needs: NEEDS[b % 4] }),
  delegate: (w, a, b) => void on(w, a, 'task.delegate', { to: WORKERS[b % WORKERS.length], packet: PACKET }),
  pause: (w, a) => void w.send('seat.pause', { seat: WORKERS[a % WORKERS.length], reason: 'x' }, OWNER),
  resume: (w, a) => void w.send('seat.resume', { seat: WORKERS[a % WORKERS.length], reason: 'x' }, OWNER),
  lend: (w, a) => void w.send('seat.lend', { seat: WORKERS[a % WORKERS.length], unit: 'orders', reason: 'x' }, OWNER),
  time: (w, a) => void w.wait((a % 400) * MINUTE),
};

function on(w: World, n: number, kind: string, body: Record<string, unknown>): void {
  const ids = [...w.state.cases.cases.keys()];
  const c = w.state.cases.cases.get(ids[n % Math.max(1, ids.length)] ?? '');
  if (c) w.send(kind as 'case.start', { case: c.id, ...body }, at(c.owner));
}

const names = Object.keys(MOVES);
const often = [...names, 'open', 'open', 'open', 'start', 'start', 'transfer', 'cancel'];
const play = fc.array(fc.tuple(fc.constantFrom(...often), fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 80 });

function after(moves: readonly (readonly [string, number, number])[], check: (w: World) => void, routing = {}): World {
  const w = inOffice({ ahead: 2, ...routing });
  for (const [name, a, b] of moves) {
    MOVES[name]!(w, a, b);
    check(w);
  }
  return w;
}

/** Counted again from all cases, as if nothing had been counted before. */
function counted(w: World) {
  const fresh = { ...w.state, routing: { ...emptyRouting(), cases: new Map() } };
  for (const c of w.state.cases.cases.values()) {
    const { waits } = w.state.routing.cases.get(c.id) ?? {};
    const blank = { owner: c.owner, customer: c.customer, slot: null, gave: [], hops: 0, moved: 0 };
    fresh.routing.cases.set(c.id, waits ? { ...blank, waits } : blank);
    recount(fresh, c, w.now);
  }
  return fresh.routing.seats;
}

function sameLoads(w: World): void {
  const fresh = counted(w);
  const tasks = [...w.state.cases.tasks.values()].filter((task) => task.status === 'open');
  for (const [seat, load] of w.state.routing.seats) {
    const again = fresh.get(seat);
    const of = (one: typeof again) => SLOTS.map((slot) => one?.[slot] ?? 0);
    expect([seat, ...of(load), load.tasks]).toEqual([seat, ...of(again), tasks.filter(({ to }) => to === seat).length]);
  }
}

/** Every open case has one owner who exists, and those in line are exactly those that wait. */
function nothingLost(w: World): void {
  const inLine = new Set<string>();
  for (const [key, { heap }] of w.state.routing.lines) {
    expect(heap.length).toBeGreaterThan(0);
    const standing = heap.filter(([rank, id]) => {
      const waits = w.state.routing.cases.get(id)?.waits;
      return waits?.line === key && waits.rank === rank;
    });
    for (const [, id] of standing) inLine.add(id);
    expect(standing).toContainEqual(heap[0]);
  }
  const waiting = [...w.state.routing.cases].flatMap(([id, { waits }]) => (waits ? [id] : []));
  expect([...inLine].sort()).toEqual(waiting.sort());
  expect(w.state.routing.waiting).toBe(waiting.length);
  for (const c of w.state.cases.cases.values()) {
    expect(w.state.organisation.seats.has(c.owner)).toBe(true);
    if (c.status === 'new') expect(waiting).toContain(c.id);
  }
}

/** [RTE8] As long as something waits, nobody who could do it has room. */
function nobodyIdle(w: World): void {
  for (const { needs, gave } of w.state.routing.lines.values()) {
    for (const seat of w.state.organisation.seats.values()) {
      if (seat.status !== 'active' || gave.includes(seat.id) || !isAble(w.state, seat.id, needs)) continue;
      const room = hasRoom(w.state.routing.seats.get(seat.id), seat, routingOf(w.state));
      expect([seat.id, room, needs]).toEqual([seat.id, false, needs]);
    }
  }
}

const RUNS = { numRuns: 60, seed: 4711 };

describe('whatever happens', () => {
  it('[RTE10] what is counted is what a look at all cases finds', () => {
    fc.assert(
      fc.property(play, (moves) => void after(moves, sameLoads)),
      RUNS,
    );
  });

  it('[RTE13] no case is lost, and those in line are those that wait', () => {
    fc.assert(
      fc.property(play, (moves) => void after(moves, nothingLost)),
      RUNS,
    );
  });

  it('[RTE8] nobody who could do what waits is without work for want of being asked', () => {
    fc.assert(
      fc.property(play, (moves) => void after(moves, nobodyIdle)),
      RUNS,
    );
  });

  it('[RTE6] no ping-pong: no case ever comes back by routing to who gave it away, and hops end', () => {
    fc.assert(
      fc.property(play, (moves) => {
        const gave = new Map<string, Set<string>>();
        const hops = new Map<string, number>();
        for (const record of after(moves, () => {}).records) {
          if (record.kind === 'case.transferred') {
            const { case: id, from, hop } = record.body;
            gave.set(id, (gave.get(id) ?? new Set()).add(from));
            hops.set(id, hop);
          }
          if (record.kind === 'case.routed' && record.body.outcome === 'assigned')
            expect([gave.get(record.body.case)?.has(record.body.to!) ?? false, record.seq]).toEqual([
              false,
              record.seq,
            ]);
          if (record.kind === 'case.routed' && record.body.cause === 'transfer')
            expect(record.body.outcome === 'nobody' || hops.get(record.body.case)! <= 3).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('[RTE4] a replay of the records, and a snapshot of the state, come to the same', () => {
    fc.assert(
      fc.property(play, (moves) => {
        const w = after(moves, () => {});
        const again = createState('acme');
        for (const record of JSON.parse(JSON.stringify(w.records)) as KernelRecord[]) evolve(again, record);
        expect(again.routing).toEqual(w.state.routing);
      }),
      RUNS,
    );
  });
});

describe('in the end', () => {
  it('[RTE8] no starvation: whatever was asked is done, however much comes in between, in the order of rank', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(3), fc.nat(60)), { minLength: 5, maxLength: 60 }), (asked) => {
        const w = inOffice({ ahead: 1, customers: { perHour: 10_000, fair: 3 } });
        for (const [customer, needs, minutes] of asked) {
          w.wait(minutes * MINUTE);
          ask(w, NEEDS[needs], { customer: `k${customer}` });
        }
        for (let left = asked.length; left > 0; left--) {
          const next = [...w.state.cases.cases.values()].find((c) => c.status === 'assigned');
          if (next) finish(w, next.id);
        }
        expect([...w.state.cases.cases.values()].map((c) => c.status)).toEqual(asked.map(() => 'closed'));
      }),
      { numRuns: 30, seed: 11 },
    );
  });

  it('[RTE8] a flood of one customer does not delay another: he passes all but the first few', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 80 }), fc.integer({ min: 1, max: 6 }), (flood, others) => {
        const w = inOffice({ ahead: 1 });
        const many = Array.from({ length: flood }, () => ask(w, { skills: ['law'] }, { customer: 'many' }));
        const few = Array.from({ length: others }, (_, i) => ask(w, { skills: ['law'] }, { customer: `k${i}` }));
        const order: string[] = [];
        for (let i = 0; i < flood + others; i++) {
          const next = [...w.state.cases.cases.values()].find((c) => c.status === 'assigned' && c.owner === 'law')!;
          order.push(next.id);
          finish(w, next.id);
        }
        const { fair } = routingOf(w.state).customers;
        const last = Math.max(...few.map((id) => order.indexOf(id)));
        expect(last).toBeLessThan(fair + 1 + others);
        expect(order.filter((id) => many.includes(id))).toEqual(many);
      }),
      { numRuns: 15, seed: 5 },
    );
  });

  it('[RTE13] R-C51 imbalance is bounded: nobody stays overloaded while somebody who could help has little', () => {
    const spread = fc.array(fc.nat(2), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(spread, (owners) => {
        const w = inOffice({ ahead: 1000, rebalance: { times: 5 } });
        const three = WORKERS.slice(0, 3);
        for (const n of owners) ask(w, ORDERS, { owner: three[n % 2 === 0 ? 0 : n], priority: 'high' });
        for (let i = 0; i < 12; i++) w.wait(6 * MINUTE);
        const def = routingOf(w.state);
        const loads = three.map((id) => percentOf(w.state.routing.seats.get(id), { cases: 10 }, def));
        const worst = Math.max(...loads);
        const free = loads.filter((load) => load + 10 <= def.bands.high);
        expect([loads, bandOfLoad(worst, def) === 'overloaded' && free.length > 0]).toEqual([loads, false]);
        expect(
          three.reduce(
            (sum, id) => sum + pendingOf(w.state.routing.seats.get(id) ?? ({ high: 0, normal: 0, low: 0 } as never)),
            0,
          ),
        ).toBe(owners.length);
      }),
      { numRuns: 25, seed: 9 },
    );
  });

  it('[RTE4] R-C51 equal seats get equal work: never more than one case apart', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 29 }), (n) => {
        const w = inOffice();
        for (let i = 0; i < n; i++) ask(w, ORDERS);
        const counts = WORKERS.slice(0, 3).map((id) =>
          pendingOf(w.state.routing.seats.get(id) ?? ({ high: 0, normal: 0, low: 0 } as never)),
        );
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        expect(routings(w.records)).toHaveLength(n);
        pause(w, 'law');
        resume(w, 'law');
      }),
      { numRuns: 20, seed: 3 },
    );
  });
});
