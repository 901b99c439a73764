import { describe, expect, it } from 'vitest';
import { DAY } from '../src/core/quantities.ts';
import { laneChecklist, ninetyDays } from '../src/rollout/checklist.ts';
import { laneMoney, laneView } from '../src/rollout/views.ts';
import { find, type Shop } from './support/op-definition.ts';
import type { World } from './support/op-world.ts';
import { FREE, guard, lane, laneWorld, solve } from './support/rol-world.ts';

const SEATS = [
  { seat: 'desk', share: 60 },
  { seat: 'mate', share: 40 },
];
const busy = (change: (d: Shop) => void = () => undefined): World =>
  laneWorld(
    {
      start: 'end-to-end',
      stages: FREE,
      seats: SEATS,
      selection: {},
      outcome: 'Scratches are noted.',
      proof: { sample: 10 },
    },
    (d) => {
      guard(d);
      find(d.capabilities, 'orders.note').cost = 300;
      d.prices = [{ id: 'bob', of: 'lead', unit: 'reviews', price: 400, from: '2026-01-01' }];
      change(d);
    },
  );
const answers = (checks: readonly { id: string; answer: string }[]) =>
  Object.fromEntries(checks.map(({ id, answer }) => [id, answer]));

describe('[ROL21] money of a lane', () => {
  it('is cost per success, per closed case and per correction with the minutes of people, by seat, people included (R-E50, R-E54)', () => {
    const world = busy((d) => {
      find(d.contracts, 'note').approval = { when: 'args.text == "odd"', approvers: ['lead'] };
    });
    const first = solve(world, 'desk');
    solve(world, 'desk');
    solve(world, 'lead');
    expect(world.note('later').status).toBe('admitted');
    world.request('orders.note', { order_id: 'x', text: 'odd' });
    world.decide(world.asked().id, 'reject', 'lead', { spent: '3m' });
    world.ok('case.reopen', { case: first, reason: 'again' });
    const [desk, lead] = laneMoney(lane(world));
    expect(desk).toMatchObject({
      ...{ seat: 'desk', proposals: 4, landed: 2, landedShare: 50, closed: 2, corrections: 2, minutes: 3 },
      // Two notes of 300 and a review of 400; one case of two stands for 5,000.
      ...{ cost: 1000, value: 5000, profit: 4000, perSuccess: 500, perOutcome: 500, perCorrection: 200 },
    });
    expect(lead).toMatchObject({
      seat: 'lead',
      landed: 1,
      closed: 1,
      cost: 300,
      value: 5000,
      corrections: 0,
      perCorrection: null,
    });
    expect(laneMoney(lane(world), '2020-01')).toEqual([]);
  });
});

describe('[ROL22] ten questions to a lane (R-E71)', () => {
  it('are answered from what there is, and what there is not is said', () => {
    const world = busy();
    expect(laneChecklist(world.state, 'other', world.now)).toBeNull();
    const empty = laneChecklist(world.state, 'notes', world.now)!;
    expect(answers(empty)).toMatchObject({
      outcome: 'yes',
      kpi: 'no data',
      contracts: 'yes',
      trail: 'no data',
      cost: 'no data',
      'first-to-lose': 'no data',
    });
    expect(empty).toHaveLength(10);
    const ids = Array.from({ length: 6 }, () => solve(world, 'desk'));
    solve(world, 'mate');
    const full = laneChecklist(world.state, 'notes', world.now)!;
    const found = (id: string) => full.find((each) => each.id === id)!.found;
    expect(found('trail')).toHaveLength(5);
    expect(found('trail').join()).toContain(`${ids[5]} by desk: OP-`);
    expect(found('cost')).toEqual(['desk: 0.00 for each of 6 closed cases', 'mate: 0.00 for each of 1 closed cases']);
    expect(found('first-to-lose')).toEqual(['desk (fitness 100, 60 % of the traffic)']);
    expect(found('access').join()).toContain('desk reads');
  });
});

describe('[ROL23] ten questions after ninety days (R-E70)', () => {
  it('are answered at any time with how many days there are, and with no where the data say no', () => {
    const world = busy();
    world.wait(90 * DAY);
    const before = ninetyDays(world.state, world.now);
    expect([before.days, before.checks.length]).toEqual([90, 10]);
    expect(answers(before.checks)).toMatchObject({
      better: 'no data',
      traffic: 'no data',
      evidence: 'no data',
      people: 'no data',
      failure: 'no data',
      kpi: 'no data',
    });
    solve(world, 'desk');
    solve(world, 'mate');
    const op = world.note('bad');
    world.lease(op);
    world.fail(op, 'deterministic');
    expect(answers(ninetyDays(world.state, world.now).checks)).toMatchObject({
      evidence: 'yes',
      governance: 'yes',
      failure: 'yes',
      traffic: 'no',
    });
    // Contracts of the shop have no titles: they are not documented.
    expect(answers(ninetyDays(world.state, world.now).checks).named).toBe('no');
  });

  it('a lane shows what a page about it needs, and nothing of an unfinished proof but how far it is', () => {
    const world = busy();
    solve(world, 'desk');
    const view = laneView(world.state, 'notes', world.now)!;
    expect(view).toMatchObject({
      stage: 'end-to-end',
      traffic: 100,
      baseline: 'lead',
      ready: null,
      guards: [{ id: 'guard', tripped: false }],
    });
    expect(view.proof).toEqual({
      ...{ sample: 10, result: null },
      progress: [
        { seat: 'desk', n: 1 },
        { seat: 'mate', n: 0 },
        { seat: 'lead', n: 0 },
      ],
    });
    expect(view.seats).toMatchObject([
      { seat: 'desk', share: 60, fitness: 100, n: 1 },
      { seat: 'mate', fitness: null, n: 0 },
    ]);
  });
});
