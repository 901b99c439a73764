import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../src/operations/state.ts';
import { STAGES, type Stage } from '../src/rollout/definition.ts';
import { isAutonomous, isRecorded, laneDefs, next, stageOf, switchesOf } from '../src/rollout/lanes.ts';
import { find } from './support/op-definition.ts';
import type { World } from './support/op-world.ts';
import { FREE, guard, lane, laneWorld, replayed } from './support/rol-world.ts';

type Move = [kind: number, a: number, b: number];
const HOURS = 3_600_000;

/** What anybody might try, refused or not: the kernel must hold whatever it is asked. */
const MOVES: readonly ((w: World, a: number, b: number) => unknown)[] = [
  (w, a, b) =>
    w.send(
      'lane.raise',
      { lane: 'notes', to: a < 7 ? next(lane(w).stage) : STAGES[a % 5], reason: 'x' },
      w.seat(b % 2 === 0 ? 'boss' : 'desk'),
    ),
  (w, a, b) =>
    w.send(
      'lane.raise',
      { lane: 'notes', to: STAGES[a % 5], seat: b % 2 === 0 ? 'desk' : 'mate', reason: 'x' },
      w.seat('boss'),
    ),
  (w, a) => w.send('lane.lower', { lane: 'notes', to: STAGES[a % 5], reason: 'x' }, w.seat('lead')),
  (w, a) => w.send('lane.lower', { lane: 'notes', seat: 'desk', to: STAGES[a % 5], reason: 'x' }, w.seat('lead')),
  (w, a, b) => ask(w, ['desk', 'desk', 'mate', 'lead'][a % 4]!, b),
  (w, a, b) => ask(w, 'desk', a * 10 + b),
  (w) => {
    for (const op of those(w, 'admitted')) lease(w, op);
  },
  (w) => {
    for (const op of those(w, 'leased')) end(w, op);
  },
  (w, a) => decide(w, a, 'lead'),
  (w, a) => decide(w, a, 'mate'),
  (w) =>
    w.send(
      'approval.grant',
      { seat: 'desk', capability: 'orders.note', reason: 'x', uses: 9, for: HOURS },
      w.seat('lead'),
    ),
  (w, a) => a % 4 === 0 && w.send('switch.trip', { scope: 'lane', id: 'notes', reason: 'x' }, w.seat('boss')),
  (w) => w.send('switch.rearm', { scope: 'lane', id: 'notes', reason: 'x' }),
  (w, a) => {
    if (a % 3 !== 0) return;
    if (w.definition.switches.length > 0) w.definition.switches = [];
    else guard(Object.assign(w.definition, { metrics: [] }));
    find(w.definition.flows, 'notes').rollout!.start = 'observe';
    w.send('organisation.apply', {
      base: w.state.organisation.digest,
      reason: 'x',
      definition: structuredClone(w.definition),
    });
  },
  (w, a) => w.wait(a * HOURS),
];

function ask(w: World, seat: string, n: number): void {
  for (const order_id of [`o${n}`, `p${w.state.seq}`, `q${w.state.seq}`])
    w.send(
      'operation.request',
      { capability: 'orders.note', args: { order_id, text: 'x' }, case: 'C-1' },
      w.seat(seat),
    );
}
const those = (w: World, status: string) =>
  [...w.state.operations.operations.values()].filter((op) => op.status === status);

function lease(w: World, op: Operation): void {
  const before = w.log.length;
  w.send('operation.lease', { operation: op.id, executor: 'x', ttl: HOURS }, { principal: 'system' });
  if (!w.log.slice(before).some(({ kind }) => kind === 'operation.leased')) return;
  if (['lead', 'boss'].includes(op.seat)) return;
  const stage = stageOf(lane(w), laneDefs(w.state).get('notes')!, op.seat);
  expect([op.id, isRecorded(stage)]).toEqual([op.id, false]);
  const approval = op.approval === null ? null : w.approval(op.approval);
  if (stage === 'assist') expect([op.id, approval?.status, approval?.decidedBy]).toEqual([op.id, 'approved', 'lead']);
}
const end = (w: World, op: Operation): void => {
  w.send('operation.complete', { operation: op.id, attempt: op.attempt, result: {} }, { principal: 'system' });
};
function decide(w: World, n: number, seat: string): void {
  for (const id of [...w.state.governance.pending])
    w.send('approval.decide', { approval: id, verdict: n % 5 === 0 ? 'reject' : 'approve' }, w.seat(seat));
}

function holds(w: World): void {
  const { stage } = lane(w);
  if (isAutonomous(stage)) expect(switchesOf(w.state.organisation.definition, 'notes')).not.toEqual([]);
  if (isAutonomous(stage)) expect(w.state.governance.switches.has('lane:notes')).toBe(false);
}

const move: fc.Arbitrary<Move> = fc.tuple(fc.nat(MOVES.length - 1), fc.nat(9), fc.nat(9));

describe('[ROL2, ROL3, ROL4] whatever anybody tries', () => {
  it('what is watched never executes, assisted work has a person behind it, nothing is autonomous without a kill switch (R-E1)', () => {
    const seen = new Set<Stage>();
    let leased = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...STAGES.slice(0, 3)),
        fc.array(move, { minLength: 20, maxLength: 80, size: 'max' }),
        (start, moves) => {
          const w = laneWorld({ start, stages: FREE, baseline: 'lead' }, (d) => {
            guard(d);
            find(d.contracts, 'note').approval = {
              approvers: ['lead', 'mate'],
              silence: { after: '2h', rule: 'proceed' },
            };
          });
          w.join('mate');
          for (const [kind, a, b] of moves) {
            MOVES[kind]!(w, a, b);
            holds(w);
            seen.add(lane(w).stage);
          }
          leased += w.of('operation.leased').length;
          expect(replayed(w).rollout).toEqual(w.state.rollout);
        },
      ),
      { seed: 42, numRuns: 40 },
    );
    // It got everywhere, and something was carried out.
    expect([...seen].sort()).toEqual([...STAGES].sort());
    expect(leased).toBeGreaterThan(20);
  });
});
