import type { z } from 'zod';
import type { KernelRecord } from '../../src/core/events.ts';
import { evolve } from '../../src/core/evolve.ts';
import { createState } from '../../src/core/state.ts';
import type { Operation } from '../../src/operations/state.ts';
import type { rollout, Stage } from '../../src/rollout/definition.ts';
import type { Lane } from '../../src/rollout/state.ts';
import { find, type Shop } from './op-definition.ts';
import { World } from './op-world.ts';

export type RolloutInput = z.input<typeof rollout>;

/** The kill switch without which nothing is autonomous. */
export const guard = (d: Shop): void => {
  d.metrics.push({ id: 'returned', title: 'Returned', measure: { count: { event: 'case.reopened' } } });
  d.switches.push({
    id: 'guard',
    scope: 'lane',
    target: 'notes',
    metrics: ['returned'],
    when: 'metrics.returned >= 5',
    because: 'cases come back',
  });
};

/** A shop whose notes are a lane; desk and mate are scripts, lead and boss are people. Rights of people cover notes, too. */
export function laneWorld(given: RolloutInput = {}, change: (d: Shop) => void = guard): World {
  const world = new World((d) => {
    d.flows.push({
      id: 'notes',
      title: 'Notes',
      steps: ['note'],
      rollout: { topics: ['damage'], baseline: 'lead', ...given },
    });
    find(d.seats, 'lead').charter.rights = [{ capability: 'orders.note' }];
    d.outcomes = [{ id: 'solved', topic: 'damage', value: 5000 }];
    change(d);
  });
  world.join('lead');
  return world;
}

export const lane = (world: World): Lane => world.state.rollout.lanes.get('notes')!;
export const raise = (world: World, to: Stage, more = {}) =>
  world.send('lane.raise', { lane: 'notes', to, reason: 'it did well', ...more }, world.seat('boss'));
export const CRITERIA = { days: 0, sample: 0, criteria: [] };
/** Every stage is entered without criteria: each test says those it is about. */
export const FREE: RolloutInput['stages'] = {
  shadow: { enter: CRITERIA },
  assist: { enter: CRITERIA },
  bounded: { enter: CRITERIA, stay: { criteria: [] } },
  'end-to-end': { enter: CRITERIA, stay: { criteria: [] } },
};

/** Carry a note out, if it may be. */
export function carryOut(world: World, op: Operation): void {
  world.lease(op);
  world.complete(op);
}

let count = 0;
/** A case opened, worked on by a seat with one note, resolved, checked and closed. */
export function solve(world: World, seat: string, verified = true): string {
  const opened = world.ok('case.open', { subject: 'Scratch', customer: `c${count++}@example.com`, owner: seat });
  const id = String(opened.case);
  world.ok('case.classify', { case: id, topic: 'damage' }, world.seat(seat));
  world.ok('case.start', { case: id }, world.seat(seat));
  const op = world.request('orders.note', { order_id: `n${count}`, text: 'seen' }, { case: id }, seat);
  carryOut(world, op);
  if (!verified) return id;
  world.ok('case.resolve', { case: id, summary: 'done', evidence: [op.id] }, world.seat(seat));
  world.ok('case.verify', { case: id, passed: true, checks: ['looked'] }, world.seat('boss'));
  if (world.state.cases.cases.get(id)?.status !== 'closed') world.ok('case.close', { case: id }, world.seat(seat));
  return id;
}

/** The records alone, read back as the ledger would give them, make the same state of lanes. */
export function replayed(world: World) {
  const again = createState(world.state.org);
  for (const record of JSON.parse(JSON.stringify(world.log)) as KernelRecord[]) evolve(again, record);
  return again;
}
