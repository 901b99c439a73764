import { describe, expect, it } from 'vitest';
import { DAY } from '../src/core/quantities.ts';
import { measureLines } from '../src/rollout/measures.ts';
import { find } from './support/op-definition.ts';
import type { World } from './support/op-world.ts';
import { carryOut, guard, lane, laneWorld, type RolloutInput, replayed } from './support/rol-world.ts';

const shadow = (compare: RolloutInput['compare'] = {}, more: RolloutInput = {}) =>
  laneWorld({ start: 'shadow', compare, ...more }, (d) => {
    guard(d);
    Object.assign(find(d.capabilities, 'orders.note').args!, { amount: { type: 'number', optional: true } });
  });
const note = (world: World, seat: string, args = {}) =>
  world.request('orders.note', { order_id: 'o1', text: 'Broken zip', ...args }, {}, seat);
/** What a person does, to its end: what holds the order makes others wait. */
const act = (world: World, args = {}) => {
  const op = note(world, 'lead', args);
  carryOut(world, op);
  return op;
};
const outcomes = (world: World) => world.of('lane.compared').map(({ body }) => body.outcome);
const agreement = (world: World) => measureLines(lane(world).all).find(({ measure }) => measure === 'agreement')!;

describe('[ROL8] a proposal is held against what a person then did on the same case (R-A42)', () => {
  it('by capability, target and arguments', () => {
    const world = shadow();
    const proposal = note(world, 'desk');
    const action = note(world, 'lead');
    expect(world.of('lane.compared')[0]?.body).toMatchObject({
      ...{ lane: 'notes', case: 'C-1', seat: 'desk', proposal: proposal.id, action: action.id, outcome: 'agreed' },
      fields: { target: true, order_id: true, text: true },
    });
    expect(agreement(world)).toMatchObject({ value: 100, n: 1 });
  });

  it('whoever comes first, and names what differs, argument by argument', () => {
    const world = shadow();
    act(world, { text: 'Zip replaced' });
    note(world, 'desk');
    expect(world.of('lane.compared')[0]?.body).toMatchObject({
      outcome: 'differed',
      fields: { target: true, order_id: true, text: false },
    });
    expect(lane(world).differences).toHaveLength(1);
    expect(agreement(world)).toMatchObject({ value: 0, n: 1 });
  });

  it('within the tolerances that are declared: not looked at, as text, by an amount, by a share', () => {
    const fields = (tolerances: NonNullable<RolloutInput['compare']>['tolerances'], amount: number) => {
      const world = shadow({ tolerances });
      note(world, 'desk', { amount: 100 });
      note(world, 'lead', { amount, text: ' broken  ZIP ' });
      return world.of('lane.compared')[0]!.body.fields;
    };
    expect(fields({ text: 'ignore' }, 100)).toEqual({ target: true, order_id: true, amount: true });
    expect(fields({ text: 'text', amount: { within: 5 } }, 105)).toMatchObject({ text: true, amount: true });
    expect(fields({ amount: { within: 5 } }, 106)).toMatchObject({ text: false, amount: false });
    expect(fields({ amount: { percent: 10 } }, 110)).toMatchObject({ amount: true });
    expect(fields({ amount: { percent: 10 } }, 80)).toMatchObject({ amount: false });
  });

  it('of another target is a difference in the target', () => {
    const world = shadow();
    note(world, 'desk');
    note(world, 'lead', { order_id: 'o2' });
    expect(world.of('lane.compared')[0]?.body.fields).toMatchObject({ target: false, order_id: false });
  });

  it('each seat has one try at each action, and several seats are held against one', () => {
    const world = shadow();
    world.join('mate');
    act(world);
    note(world, 'desk', { text: 'a guess' });
    note(world, 'desk');
    note(world, 'mate');
    expect(world.of('lane.compared').map(({ body }) => [body.seat, body.outcome])).toEqual([
      ['desk', 'differed'],
      ['mate', 'agreed'],
    ]);
  });
});

describe('[ROL9] what has no counterpart', () => {
  it('within the window is disagreement: it was not done, or nobody had proposed it', () => {
    const world = shadow({ window: '2d' });
    const proposal = note(world, 'desk');
    world.wait(DAY);
    expect(outcomes(world)).toEqual([]);
    world.wait(DAY);
    expect(outcomes(world)).toEqual(['not-done']);
    const action = note(world, 'lead', { order_id: 'o7' });
    world.wait(3 * DAY);
    expect(world.of('lane.compared').map(({ body }) => [body.outcome, body.proposal, body.action])).toEqual([
      ['not-done', proposal.id, null],
      ['missed', null, action.id],
    ]);
    expect(agreement(world)).toMatchObject({ value: 0, n: 2 });
    world.wait(30 * DAY);
    expect(outcomes(world)).toHaveLength(2);
  });

  it('may have been done outside: a person reports it, and only what is part of the lane', () => {
    const world = shadow();
    note(world, 'desk');
    const body = {
      lane: 'notes',
      case: 'C-1',
      capability: 'orders.note',
      args: { order_id: 'o1', text: 'Broken zip' },
    };
    expect(world.no('lane.report', body, world.seat('desk')).rule).toBe('ROL4');
    expect(world.no('lane.report', { ...body, capability: 'orders.ship' }, world.seat('lead')).rule).toBe('ROL9');
    expect(world.no('lane.report', { ...body, case: 'C-99' }, world.seat('lead')).rule).toBe('ROL9');
    expect(world.ok('lane.report', body, world.seat('lead'))).toMatchObject({ lane: 'notes' });
    expect(world.of('lane.compared')[0]?.body).toMatchObject({ outcome: 'agreed', action: 'H-1' });
  });

  it('is forgotten with its case, and the same after a replay', () => {
    const world = shadow();
    note(world, 'desk', { order_id: 'o3' });
    act(world, { order_id: 'o4', text: 'other' });
    expect(replayed(world).rollout).toEqual(world.state.rollout);
    world.ok('case.cancel', { case: 'C-1', reason: 'over' }, world.seat('desk'));
    for (const { id, to } of [...world.state.inbox.messages.values()])
      world.ok('message.done', { message: id }, world.seat(to));
    world.wait(60 * DAY);
    expect(world.state.cases.cases.has('C-1')).toBe(false);
    expect([world.state.rollout.waiting.size, world.state.rollout.cases.size]).toEqual([0, 0]);
  });
});

describe('[ROL10] decisions of people', () => {
  it('are agreement and disagreement, too; those of silence are neither', () => {
    const world = laneWorld({ start: 'assist' });
    note(world, 'desk');
    world.decide(world.asked().id, 'approve');
    note(world, 'desk', { order_id: 'o2' });
    world.decide(world.asked().id, 'revise', 'lead', { note: 'shorter' });
    note(world, 'desk', { order_id: 'o3' });
    world.wait(2 * DAY);
    expect(lane(world).all).toMatchObject({ proposals: 3, compared: 2, agreed: 1, approved: 1, rejected: 1 });
  });
});

describe('[ROL11] measures', () => {
  it('are shares with an interval, counts, minutes and money for each closed case', () => {
    const t = {
      ...lane(shadow()).all,
      landed: 9,
      failed: 1,
      undone: 1,
      rejected: 2,
      reopened: 1,
      closed: 4,
      lost: 1,
      minutes: 10,
      cost: 2000,
      unsafe: 1,
      proposals: 14,
    };
    const found = Object.fromEntries(measureLines(t).map(({ measure, value, n }) => [measure, [value, n]]));
    expect(found).toEqual({
      ...{ agreement: [null, 0], success: [90, 10], outcomes: [80, 5], corrections: [33.33, 12] },
      silent: [null, 0],
      ...{ unsafe: [1, 14], minutes: [2.5, 4], cost: [500, 4] },
    });
    const [, success] = measureLines(t);
    expect(success!.low).toBeLessThan(90);
    expect(success!.high).toBeGreaterThan(90);
  });

  it('count refusals by boundaries as unsafe attempts, not those for missing facts (R-E90)', () => {
    const world = laneWorld({ start: 'bounded' });
    world.request('orders.note', { order_id: 5 });
    expect(lane(world).all).toMatchObject({ proposals: 1, unsafe: 0 });
    find(world.definition.seats, 'desk').charter.rights = [{ capability: 'stock.*' }];
    world.apply();
    note(world, 'desk');
    expect(lane(world).all).toMatchObject({ proposals: 2, unsafe: 1 });
  });
});
