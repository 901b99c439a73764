import { describe, expect, it } from 'vitest';
import { createState, evolve, type KernelRecord } from '../src/index.ts';
import { shareOf } from '../src/rollout/share.ts';
import type { World as ShopWorld } from './support/op-world.ts';
import { at, type Draft, HOUR, opened } from './support/org-shop.ts';
import { laneWorld, type RolloutInput } from './support/rol-world.ts';
import { ask, office, ownerOf, routings } from './support/route-office.ts';

const HALVES = [
  { seat: 'desk', share: 50 },
  { seat: 'mate', share: 50 },
];
/** Cases come to lead or boss, who hold nothing of the lane; a quarter of it is for desk and mate. */
const sharing = (more: RolloutInput = {}) => {
  const world = laneWorld({ start: 'bounded', seats: HALVES, ...more });
  world.definition.settings.intake = 'boss';
  world.apply();
  return world;
};
const open = (world: ShopWorld, more = {}) =>
  String(world.ok('case.open', { subject: 'Scratch', customer: `c${world.state.seq}@example.com`, ...more }).case);
const DAMAGE = { needs: { skills: [], topic: 'damage' } };
const owner = (world: ShopWorld, id: string) => world.state.cases.cases.get(id)!.owner;
const mail = (world: ShopWorld, seat: string, id: string) =>
  [...world.state.inbox.messages.values()].filter(({ to, case: on }) => to === seat && on === id);
const named = (world: ShopWorld, id: string) => shareOf(world.state, id, 'notes')!;

describe('[RTE17] a lane shares out the traffic of its topics (R-A42, R-E53)', () => {
  it('when a case is opened, without routing: each goes where its share sends it, and the record says so', () => {
    const world = sharing();
    const ids = Array.from({ length: 60 }, () => open(world, DAMAGE));
    expect(ids.map((id) => owner(world, id))).toEqual(ids.map((id) => named(world, id).seat));
    expect(new Set(ids.map((id) => owner(world, id)))).toEqual(new Set(['lead', 'desk', 'mate']));
    const [first] = routings(world.log, ids[0]);
    const { lane, stage, point, share, seat } = named(world, ids[0]!);
    expect(first).toMatchObject({ cause: 'open', outcome: 'assigned', to: seat, lane: { lane, stage, point, share } });
    expect(first?.because).toContain('the share of the lane "notes" (bounded) gives it to');
  });

  it('when its topic becomes known, once; never a case whose owner was named or that somebody assigned', () => {
    const world = sharing();
    const classify = (id: string, topic: string) =>
      world.ok('case.classify', { case: id, topic }, world.seat(owner(world, id)));
    const ids = Array.from({ length: 40 }, () => open(world));
    expect(new Set(ids.map((id) => owner(world, id)))).toEqual(new Set(['boss']));
    for (const id of ids) classify(id, 'damage');
    expect(ids.map((id) => owner(world, id))).toEqual(ids.map((id) => named(world, id).seat));
    const agents = ids.filter((id) => owner(world, id) !== 'lead');
    expect(agents.length).toBeGreaterThan(0);
    expect(mail(world, owner(world, agents[0]!), agents[0]!)).toMatchObject([{ type: 'assign', from: 'boss' }]);

    const given = Array.from({ length: 20 }, () => open(world, { owner: 'clerk' }));
    for (const id of given) classify(id, 'damage');
    expect(new Set(given.map((id) => owner(world, id)))).toEqual(new Set(['clerk']));
    const moved = Array.from({ length: 20 }, () => open(world));
    for (const id of moved) world.ok('case.assign', { case: id, to: 'clerk', reason: 'mine' }, world.seat('boss'));
    for (const id of moved) classify(id, 'damage');
    expect(new Set(moved.map((id) => owner(world, id)))).toEqual(new Set(['clerk']));
    // A second classification finds the case placed.
    classify(ids[0]!, 'other');
    classify(ids[0]!, 'damage');
    expect(routings(world.log, ids[0])).toHaveLength(1);
  });

  it('in shadow the baseline owns it, and the shadow takes part and gets it as well (R-A42)', () => {
    const world = sharing({ start: 'shadow' });
    const id = open(world, DAMAGE);
    const { seat, shadow } = named(world, id);
    expect([seat, owner(world, id)]).toEqual(['lead', 'lead']);
    expect(world.state.cases.cases.get(id)?.parties).toEqual(['lead', shadow]);
    expect(mail(world, shadow!, id)).toMatchObject([{ type: 'assign', data: { lane: 'notes', shadow: true } }]);
    // What it asks for is recorded, and only the owner decides about the case.
    const op = world.request('orders.note', { order_id: 'o1', text: 'seen' }, { case: id }, shadow!);
    expect(world.of('operation.decided').findLast(({ body }) => body.operation === op.id)?.body).toMatchObject({
      verdict: 'record-only',
    });
    expect(world.no('case.start', { case: id }, world.seat(shadow!))).toMatchObject({ rule: 'CAS4' });
    const again = createState(world.state.org);
    for (const record of JSON.parse(JSON.stringify(world.log)) as KernelRecord[]) evolve(again, record);
    expect(again.routing).toEqual(world.state.routing);
    expect(again.cases).toEqual(world.state.cases);
  });

  it('passes to others when nobody whom it names is there, and is nothing to an organisation without lanes', () => {
    const world = sharing();
    world.ok('seat.pause', { seat: 'lead', reason: 'away' });
    const ids = Array.from({ length: 40 }, () => open(world, DAMAGE));
    const leads = ids.filter((id) => named(world, id).seat === 'lead');
    expect(leads.length).toBeGreaterThan(0);
    expect(new Set(leads.map((id) => owner(world, id)))).toEqual(new Set(['boss']));
    const plain = laneWorld({ start: 'bounded' });
    const id = open(plain, DAMAGE);
    plain.ok('case.classify', { case: id, topic: 'damage' }, plain.seat('desk'));
    expect([owner(plain, id), routings(plain.log, id)]).toEqual(['desk', []]);
  });

  const refunds = (rollout: object): Draft =>
    office(
      {},
      {
        flows: [{ id: 'refunds', title: 'Refunds', steps: ['mail'], rollout: { topics: ['refund'], ...rollout } }],
      },
    );

  it('comes before the score where there is routing, when a case comes and when intake routes it (RTE4)', () => {
    const lane = { start: 'assist', baseline: 'lead', seats: [{ seat: 'orders-c', share: 100 }] };
    const w = opened(refunds(lane));
    const ids = [ask(w), ask(w), ask(w)];
    expect(ids.map((id) => ownerOf(w, id))).toEqual(['orders-c', 'orders-c', 'orders-c']);
    const id = w.ok('case.open', { subject: 'Please', customer: 'kim' }).case as string;
    w.ok('case.classify', { case: id, topic: 'refund' }, at('desk'));
    expect(ownerOf(w, id)).toBe('desk');
    w.ok('case.route', { case: id }, at('desk'));
    expect(ownerOf(w, id)).toBe('orders-c');
    expect(routings(w.records, id)).toMatchObject([{ cause: 'request', lane: { lane: 'refunds', stage: 'assist' } }]);
  });

  it('lets the score decide who works where the lane names nobody, with its shadow beside', () => {
    const w = opened(refunds({ start: 'shadow', seats: [{ seat: 'orders-c', share: 100 }] }));
    const id = ask(w);
    expect(ownerOf(w, id)).toBe('orders-a');
    expect(routings(w.records, id)).toMatchObject([{ considered: 3, lane: { shadow: 'orders-c' } }]);
    expect(w.state.cases.cases.get(id)?.parties).toEqual(['orders-a', 'orders-c']);
  });
});

/** Saturday 00:00 UTC is where the clock of these worlds begins; everybody named works from eight on. */
const late = (draft: Draft, ids: string[], partner?: string): Draft => ({
  ...draft,
  seats: draft.seats!.map((one) =>
    ids.includes(one.id)
      ? {
          ...one,
          hours: {
            zone: 'Europe/London',
            week: [{ days: ['sat'], from: '08:00', to: '16:00' }],
            ...(partner ? { partner } : {}),
          },
        }
      : one,
  ),
});

describe('[RTE3] [HRS2] who is outside his hours is left out (R-D63)', () => {
  it('as away; his partner is asked for himself, and what only he can do waits until his shift begins', () => {
    const w = opened(late(office(), ['orders-a', 'orders-b'], 'orders-c'));
    const ids = [ask(w), ask(w)];
    expect(ids.map((id) => ownerOf(w, id))).toEqual(['orders-c', 'orders-c']);
    expect(routings(w.records, ids[0])).toMatchObject([{ out: { away: 2 }, considered: 1 }]);

    const law = opened(late(office(), ['law']));
    const id = ask(law, { skills: ['law'] });
    expect([ownerOf(law, id), routings(law.records, id)[0]]).toMatchObject(['desk', { outcome: 'waiting' }]);
    law.wait(8 * HOUR);
    expect(ownerOf(law, id)).toBe('law');
    expect(routings(law.records, id).at(-1)).toMatchObject({ cause: 'queue', to: 'law' });
  });

  it('gives a task to who is off when nobody else can do it: it waits for him', () => {
    const w = opened(late(office(), ['law']));
    const id = ask(w);
    const packet = { subproblem: 'Is it legal?', output: 'yes or no', success: 'an answer' };
    const body = { case: id, needs: { skills: ['law'] }, packet };
    const task = w.ok('task.delegate', body, at(ownerOf(w, id))).task as string;
    expect(w.state.cases.tasks.get(task)?.to).toBe('law');
  });
});
