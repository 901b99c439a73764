import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '../src/core/quantities.ts';
import { fitnessOf, partsOf } from '../src/rollout/fitness.ts';
import { verdictOf } from '../src/rollout/proof.ts';
import { shareOf, shareOfTopic } from '../src/rollout/share.ts';
import { emptyTally } from '../src/rollout/tally.ts';
import { find } from './support/op-definition.ts';
import type { World } from './support/op-world.ts';
import { carryOut, FREE, lane, laneWorld, type RolloutInput, replayed, solve } from './support/rol-world.ts';

const SEATS = [
  { seat: 'desk', share: 50 },
  { seat: 'mate', share: 50 },
];
const weights = { success: 40, corrections: 30, cost: 20, value: 10 };
const competing = (selection: RolloutInput['selection'] = {}, more: RolloutInput = {}) =>
  laneWorld({
    ...{ start: 'end-to-end', stages: FREE, seats: SEATS },
    selection: { every: '7d', cooldown: '7d', sample: 4, ...selection },
    ...more,
  });
const shares = (world: World) => [...lane(world).seats.values()].map(({ share }) => share);

let count = 0;
function work(world: World, seat: string, good: number, bad: number): void {
  if (seat !== 'desk') world.join(seat);
  for (let i = 0; i < good + bad; i++) {
    const op = world.request('orders.note', { order_id: `w${count++}`, text: 'x' }, {}, seat);
    if (i < good) {
      carryOut(world, op);
      continue;
    }
    world.lease(op);
    world.fail(op, 'deterministic');
  }
}

describe('[ROL15] who gets a case', () => {
  it('depends on its id and the shares alone, and follows them', () => {
    const world = competing(
      {},
      {
        seats: [
          { seat: 'desk', share: 70 },
          { seat: 'mate', share: 30 },
        ],
      },
    );
    const got = Array.from({ length: 2000 }, (_, i) => shareOf(world.state, `C-${i}`, 'notes')!);
    expect(got.map(({ seat }) => seat)).toEqual(
      Array.from({ length: 2000 }, (_, i) => shareOf(world.state, `C-${i}`, 'notes')!.seat),
    );
    const desk = got.filter(({ seat }) => seat === 'desk').length;
    expect(desk).toBeGreaterThan(1320);
    expect(desk).toBeLessThan(1480);
  });

  it('is the stage: nobody while it is observed, the person with a shadow, then the share of the stage (R-A42)', () => {
    const of = (start: 'observe' | 'shadow' | 'bounded') => {
      const world = competing({}, { start, stages: {} });
      return Array.from({ length: 1000 }, (_, i) => shareOf(world.state, `C-${i}`, 'notes')!);
    };
    expect(new Set(of('observe').map(({ seat, shadow }) => `${seat}/${shadow}`))).toEqual(new Set(['lead/null']));
    expect(new Set(of('shadow').map(({ seat, shadow }) => `${seat}/${shadow}`))).toEqual(
      new Set(['lead/desk', 'lead/mate']),
    );
    const agents = of('bounded').filter(({ seat }) => seat !== 'lead').length;
    expect(agents).toBeGreaterThan(200);
    expect(agents).toBeLessThan(300);
  });

  it('passes over who does not work now, and is nobody where no lane shares traffic out', () => {
    const world = competing();
    world.ok('seat.pause', { seat: 'desk', reason: 'x' });
    expect(new Set(Array.from({ length: 50 }, (_, i) => shareOf(world.state, `C-${i}`, 'notes')!.seat))).toEqual(
      new Set(['mate']),
    );
    expect(shareOf(world.state, 'C-1', 'other')).toBeNull();
    expect(shareOf(laneWorld({ start: 'assist' }).state, 'C-1', 'notes')).toBeNull();
    expect([shareOfTopic(world.state, 'C-1', 'damage')?.lane, shareOfTopic(world.state, 'C-1', 'x')]).toEqual([
      'notes',
      null,
    ]);
  });
});

describe('[ROL16] a parallel proof (R-E69)', () => {
  const proving = () =>
    laneWorld({
      start: 'end-to-end',
      stages: FREE,
      seats: [{ seat: 'desk', share: 100 }],
      proof: { sample: 10, margin: 5 },
    });

  it('says nothing before every side has the sample, counts no more than that, and is judged once (R-E72)', () => {
    const world = proving();
    for (let i = 0; i < 9; i++) solve(world, 'desk');
    for (let i = 0; i < 12; i++) solve(world, 'lead');
    expect(lane(world).proved).toBeNull();
    expect([lane(world).arms.get('desk')?.n, lane(world).arms.get('lead')?.n]).toEqual([9, 10]);
    solve(world, 'desk');
    solve(world, 'desk');
    expect(world.of('lane.proved')).toHaveLength(1);
    const { arms, baseline, sample } = world.of('lane.proved')[0]!.body;
    expect([baseline, sample, arms.map((arm) => [arm.seat, arm.n, arm.solved])]).toEqual([
      'lead',
      10,
      [
        ['desk', 10, 10],
        ['lead', 10, 10],
      ],
    ]);
    // Ten of ten against ten of ten is no proof of anything within five points.
    expect(arms[0]!.difference).toMatchObject({ value: 0, verdict: 'open' });
    expect(arms[1]!.difference).toBeNull();
    expect(replayed(world).rollout).toEqual(world.state.rollout);
  });

  it('counts what was given up against who gave it up', () => {
    const world = proving();
    const id = solve(world, 'desk', false);
    world.ok('case.escalate', { case: id, reason: 'too hard' }, world.seat('desk'));
    expect([lane(world).arms.get('desk'), lane(world).all.lost]).toMatchObject([{ n: 1, solved: 0 }, 1]);
  });

  it('calls better, worse and as good only what the whole interval says', () => {
    const said = [
      [1, 9],
      [-9, -1],
      [-4, 6],
      [-6, 6],
    ].map(([low, high]) => verdictOf(low!, high!, 5));
    expect(said).toEqual(['better', 'worse', 'as-good', 'open']);
  });
});

describe('[ROL17] fitness', () => {
  it('is the weighted mean of its parts, worked out again by hand (R-E18, R-E37)', () => {
    const a = { ...emptyTally(), landed: 8, failed: 2, closed: 4, cost: 4000, value: 8000 };
    const b = { ...emptyTally(), landed: 9, failed: 1, rejected: 5, closed: 10, cost: 20_000, value: 10_000 };
    expect(partsOf(a, [a, b])).toEqual({ success: 0.8, corrections: 1, cost: 1, value: 1 });
    expect(partsOf(b, [a, b])).toEqual({ success: 0.9, corrections: 1 - 5 / 15, cost: 0.5, value: 0.5 });
    expect(fitnessOf(partsOf(a, [a, b]), weights)).toBe(92);
    expect(fitnessOf(partsOf(b, [a, b]), weights)).toBe(71);
  });

  it('leaves out what there is nothing to tell from, and is nothing without anything', () => {
    const t = { ...emptyTally(), landed: 1 };
    expect(fitnessOf(partsOf(t, [t]), weights)).toBe(100);
    expect(fitnessOf(partsOf(emptyTally(), [t]), weights)).toBeNull();
  });
});

describe('[ROL18] traffic moves', () => {
  it('from the weakest to the fittest, a step at a time, with the numbers before and after on the record (R-E53)', () => {
    const world = competing();
    work(world, 'desk', 5, 0);
    work(world, 'mate', 3, 2);
    world.wait(7 * DAY);
    expect(shares(world)).toEqual([60, 40]);
    const { held, lines } = world.of('lane.selected')[0]!.body;
    expect(held).toBeNull();
    expect(lines.map(({ seat, n, fitness, before, after }) => [seat, n, fitness, before, after])).toEqual([
      ['desk', 5, 100, 50, 60],
      ['mate', 5, 77.14, 50, 40],
    ]);
    expect(lines[1]!.tally).toMatchObject({ landed: 3, failed: 2 });
  });

  it('not on too little work, not without a difference, not within the cool-down; each time it says so', () => {
    const world = competing({ cooldown: '20d' });
    work(world, 'desk', 5, 0);
    world.wait(7 * DAY);
    work(world, 'mate', 5, 0);
    world.wait(7 * DAY);
    work(world, 'mate', 1, 4);
    world.wait(7 * DAY);
    work(world, 'mate', 0, 5);
    work(world, 'desk', 5, 0);
    world.wait(7 * DAY);
    expect(world.of('lane.selected').map(({ body }) => body.held)).toEqual([
      '"mate" did 0 pieces of work since the last move, 4 are needed',
      '"mate" and "desk" are less than 5 points apart',
      null,
      'the cool-down after the last move is not over',
    ]);
  });

  it('begins anew when the definition shares it out anew, and keeps what was moved when it does not', () => {
    const world = competing();
    work(world, 'desk', 5, 0);
    work(world, 'mate', 0, 5);
    world.wait(7 * DAY);
    find(world.definition.flows, 'notes').title = 'Other';
    world.apply();
    expect(shares(world)).toEqual([60, 40]);
    find(world.definition.flows, 'notes').rollout!.seats = [
      { seat: 'desk', share: 20 },
      { seat: 'mate', share: 80 },
    ];
    world.apply();
    expect([shares(world), world.of('lane.shared')]).toMatchObject([[20, 80], [{ body: { lane: 'notes' } }]]);
  });
});

describe('[ROL19] who is weak', () => {
  it('is trusted a stage less at a time, and a person is asked to redesign, then to retire; nobody is retired by itself (R-E74)', () => {
    const world = competing({ proposeAfter: 2, lowerBelow: 70, cooldown: '1h' }, { stages: FREE });
    const back = () => {
      world.ok('lane.raise', { lane: 'notes', seat: 'mate', to: 'end-to-end', reason: 'again' }, world.seat('boss'));
    };
    for (let week = 0; week < 4; week++) {
      work(world, 'desk', 5, 0);
      work(world, 'mate', 0, 5);
      world.wait(7 * DAY);
      expect(lane(world).caps.get('mate')).toBe('bounded');
      back();
    }
    expect(world.of('lane.lowered')[0]?.body).toMatchObject({
      seat: 'mate',
      from: 'end-to-end',
      to: 'bounded',
      by: 'selection',
    });
    const asked = world.of('lane.selected').map(({ body }) => body.lines[1]!.proposal);
    expect(asked).toEqual([null, 'redesign', null, 'retire']);
    expect(world.told('lead', 'guidance')).toHaveLength(2);
    expect(world.state.organisation.seats.get('mate')?.status).toBe('active');
  });
});

describe('[ROL20] whatever happens', () => {
  const event = fc.tuple(fc.constantFrom('desk', 'mate'), fc.nat(4), fc.nat(4), fc.integer({ min: 0, max: 9 }));

  it('shares sum to 100, nobody goes below the floor, steps are bounded, and a replay moves the same (R-E53)', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 25 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 50 }),
        (list, step, floor) => {
          const world = competing(
            { step, floor, sample: 2, every: '1d', cooldown: '1d', margin: 1 },
            { stages: { ...FREE } },
          );
          for (const [seat, good, bad, days] of list) {
            if (lane(world).caps.size === 0) work(world, seat, good, bad);
            world.wait(days * DAY);
            const now = shares(world);
            expect(now.reduce((sum, each) => sum + each, 0)).toBe(100);
            for (const each of now) expect(each).toBeGreaterThanOrEqual(floor);
          }
          for (const { body } of world.of('lane.selected'))
            for (const { before, after } of body.lines) expect(Math.abs(after - before)).toBeLessThanOrEqual(step);
          expect(replayed(world).rollout).toEqual(world.state.rollout);
        },
      ),
      { seed: 20, numRuns: 25 },
    );
  });
});
