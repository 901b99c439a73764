/** What a restructuring does to each seat, and what takes it back. */
import { describe, expect, it } from 'vitest';
import { type Definition, restructuringPlan, restructuringStep, reverseOf } from '../src/index.ts';
import { at, type Draft, OWNER, opened, seat, shop, type World } from './support/org-shop.ts';

const HUMAN = { principal: 'temp', kind: 'human' as const };
const inForce = (w: World): Definition => w.state.organisation.definition!;
const stepsOf = (steps: unknown[]) => steps.map((step) => restructuringStep.parse(step));
const change = (w: World, steps: unknown[]) => w.ok('organisation.restructure', { steps, reason: 'spring' }, OWNER);

/** Does it, and what takes it back. */
function back(w: World, steps: unknown[]) {
  const before = inForce(w);
  change(w, steps);
  return { before, ...reverseOf(before, inForce(w), stepsOf(steps)) };
}
/** Where each seat stands, whatever the order they are written in. */
const places = ({ seats }: Definition) =>
  Object.fromEntries(seats.map(({ id, supervisor, unit, occupant }) => [id, [supervisor, unit, occupant?.principal]]));

const DAY_MONEY = { allocation: '$100.00', period: 'day' } as const;
/** The shop with a unit that has money of its own, and a capability that moves some. */
const paying = (): Draft =>
  shop({
    units: [
      { id: 'company', title: 'Company', kind: 'company' },
      { id: 'cash', title: 'Cash', parent: 'company' },
    ],
    budgets: [{ id: 'till', title: 'Till', unit: 'cash', ...DAY_MONEY }],
    capabilities: [
      ...shop().capabilities!,
      {
        ...{ id: 'money.pay', tool: 'shop', effect: 'compensable', cost: { expr: 'args.amount' } },
        args: { amount: 'money' },
      },
    ],
  } as Partial<Draft>);

describe('what becomes of the seats', () => {
  it('[RST14] says place, reports, budgets and the most damage of each seat concerned, before and after', () => {
    const w = opened(paying());
    const { effects } = restructuringPlan(
      w.state,
      stepsOf([{ do: 'reassign', seat: 'orders', supervisor: 'billing', unit: 'cash' }]),
    );
    const orders = effects.find((effect) => effect.seat === 'orders')!;
    expect(orders).toMatchObject({
      before: { supervisor: 'lead', unit: 'company', occupant: 'p-orders' },
      after: { supervisor: 'billing', unit: 'cash', occupant: 'p-orders' },
      damage: {
        before: { money: null, budgets: [] },
        after: { money: 100_000_000, budgets: ['till'], can: ['mail.send', 'money.pay'] },
      },
    });
    expect(orders.damage.before!.text).not.toBe(orders.damage.after!.text);
    const spans = Object.fromEntries(effects.map((effect) => [effect.seat, effect.reports]));
    expect(spans).toEqual({
      orders: { before: 0, after: 0 },
      billing: { before: 0, after: 1 },
      lead: { before: 3, after: 2 },
    });
    expect(w.state.organisation.seats.get('orders')!.supervisor).toBe('lead');
  });

  it('[RST14] has nothing after a seat that goes, nothing before one that is new, and who really sits there', () => {
    const w = opened();
    w.ok('seat.occupy', { seat: 'desk', occupant: HUMAN, reason: 'look' }, OWNER);
    const { effects } = restructuringPlan(
      w.state,
      stepsOf([
        { do: 'merge', seats: ['orders'], into: 'billing' },
        { do: 'split', seat: 'desk', into: [{ id: 'front', title: 'Front' }] },
      ]),
    );
    const of = (id: string) => effects.find((effect) => effect.seat === id)!;
    expect(of('orders')).toMatchObject({ after: null, damage: { after: null }, reports: { before: 0, after: 0 } });
    expect(of('front')).toMatchObject({ title: 'Front', before: null, damage: { before: null } });
    expect(of('desk')).toMatchObject({ before: { occupant: 'temp' }, after: { occupant: 'temp' } });
  });
});

describe('taking back', () => {
  const layer = { id: 'head', title: 'Head', purpose: 'directs', occupant: HUMAN };
  it.each([
    ['a move', [{ do: 'reassign', seat: 'orders', supervisor: 'quality' }]],
    ['another occupant', [{ do: 'occupy', seat: 'orders', occupant: HUMAN }]],
    ['nobody', [{ do: 'occupy', seat: 'orders', occupant: null }]],
    ['a layer', [{ do: 'add-layer', seat: layer, over: ['desk', 'orders'] }]],
    [
      'a layer, and who was moved below it',
      [
        { do: 'add-layer', seat: layer, over: ['desk'] },
        { do: 'reassign', seat: 'quality', supervisor: 'head' },
      ],
    ],
    ['a part', [{ do: 'split', seat: 'desk', into: [{ id: 'front', title: 'Front' }] }]],
    [
      'the same seat moved twice',
      [
        { do: 'reassign', seat: 'orders', supervisor: 'quality' },
        { do: 'reassign', seat: 'orders', supervisor: 'other' },
      ],
    ],
  ])('[RST15] %s leads to where all were, by steps that are a restructuring themselves', (_, steps) => {
    const w = opened();
    const { before, steps: reverse, remains } = back(w, steps);
    expect(remains).toEqual([]);
    change(w, reverse);
    expect(places(inForce(w))).toEqual(places(before));
  });

  it('[RST15] joins what was split, with its topics, whatever their order', () => {
    const w = opened(
      shop({
        seats: shop().seats!.map((one) =>
          one.id === 'desk' ? { ...one, abilities: { topics: ['a', 'b', 'c'] } } : one,
        ),
      }),
    );
    const { steps, remains } = back(w, [
      { do: 'split', seat: 'desk', into: [{ id: 'front', title: 'Front', topics: ['a'] }] },
    ]);
    expect([steps, remains]).toEqual([[{ do: 'merge', seats: ['front'], into: 'desk', rights: 'keep' }], []]);
    change(w, steps);
    expect([...w.state.organisation.seats.get('desk')!.abilities.topics].sort()).toEqual(['a', 'b', 'c']);
  });

  it('[RST15] makes a layer that was taken out anew, because it had no rights', () => {
    const head = seat('head', 'lead', { charter: { purpose: 'directs', tier: 'coordinator' } });
    const below = shop().seats!.map((one) => (one.id === 'desk' ? { ...one, supervisor: 'head' } : one));
    const w = opened(shop({ seats: [...below, head] }));
    const { before, steps, remains } = back(w, [{ do: 'remove-layer', seat: 'head' }]);
    expect(remains).toEqual([]);
    change(w, steps);
    expect(places(inForce(w))).toEqual(places(before));
    expect(w.state.organisation.seats.get('head')).toMatchObject({ status: 'active' });
  });

  it('[RST15] says what steps cannot bring back: a charter that is gone, a unit that stays, rights that were added', () => {
    const charter = { purpose: 'pays', tier: 'executor' as const, rights: [{ capability: 'orders.get' }] };
    const w = opened(shop({ seats: shop().seats!.map((one) => (one.id === 'billing' ? { ...one, charter } : one)) }));
    const { steps, remains } = back(w, [
      { do: 'unit', unit: { id: 'checks', title: 'Checks', parent: 'company' } },
      { do: 'reassign', seat: 'quality', unit: 'checks' },
      { do: 'merge', seats: ['orders'], into: 'billing', rights: 'add' },
    ]);
    expect(steps).toEqual([{ do: 'reassign', seat: 'quality', unit: 'company' }]);
    expect(remains).toEqual([
      '"orders" stays retired: no step gives a seat its charter again; define it in the pack, and apply that',
      'the unit "checks" stays',
      '"billing" keeps its present charter',
    ]);
  });

  it('[RST15] is made for what is in force now: who is gone since then is named', () => {
    const w = opened();
    const before = inForce(w);
    const steps = [{ do: 'reassign', seat: 'orders', supervisor: 'quality' }];
    change(w, steps);
    change(w, [{ do: 'merge', seats: ['orders'], into: 'billing' }]);
    expect(reverseOf(before, inForce(w), stepsOf(steps))).toEqual({
      steps: [],
      remains: ['"orders" is no longer there'],
    });
  });

  it('[RST15] [RST2] gives nobody more than he had: an agent cannot take back what a person did', () => {
    const w = opened();
    const { steps } = back(w, [{ do: 'reassign', seat: 'orders', supervisor: 'quality' }]);
    expect(w.no('organisation.restructure', { steps, reason: 'no' }, at('desk'))).toMatchObject({ rule: 'RST2' });
  });
});
