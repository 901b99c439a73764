import { describe, expect, it } from 'vitest';
import { priceAt, priceVersion } from '../src/budget/prices.ts';
import { definition } from '../src/definition.ts';
import { books } from './support/op-books.ts';
import { type DefinitionInput, find, shop } from './support/op-definition.ts';
import { reasons, WORKER, World } from './support/op-world.ts';

type Prices = NonNullable<DefinitionInput['prices']>;
const MODEL: Prices = [
  { id: 'in-1', of: 'model-x', unit: 'input-tokens', price: '$3.00', per: 1_000_000, from: '2026-01-01' },
  { id: 'in-2', of: 'model-x', unit: 'input-tokens', price: '$1.50', per: 1_000_000, from: '2026-11-22' },
  { id: 'out-1', of: 'model-x', unit: 'output-tokens', price: '$15.00', per: 1_000_000, from: '2026-01-01' },
];

type Priced = ReturnType<typeof shop> & { prices: Prices };
const world = (prices: Prices, change: (d: Priced) => void = () => undefined) =>
  new World((d) => {
    (d as Priced).prices = structuredClone(prices);
    change(d as Priced);
  });
const start = (w: World) => String(w.ok('run.start', { seat: 'desk', worker: 'w' }).run);
const use = (w: World, run: string, used: object, step = 1) =>
  w.ok('run.spend', { run, step, of: 'model-x', used, what: 'thought' }, WORKER);
const DAY = 86_400_000;

describe('[BUD13] metered use', () => {
  it('costs what the table says, unit by unit, and the record carries table, line and price', () => {
    const w = world(MODEL, (d) => {
      find(d.seats, 'desk').charter.stop = { money: '$1.00' };
      d.budgets.push({ id: 'b', allocation: '$9.00' }, { id: 't', currency: 'tokens', allocation: 1_000_000 });
    });
    const run = start(w);
    use(w, run, { 'input-tokens': 10_000, 'output-tokens': 2000 });
    // 10,000 × 3 $/M = 3 ct, 2,000 × 15 $/M = 3 ct.
    const [spent] = w.of('run.spent');
    expect(spent!.body).toMatchObject({ money: 60_000, tokens: 12_000 });
    const version = priceVersion(w.state);
    expect(spent!.body.prices).toEqual([
      {
        ...{ version, line: 'in-1', of: 'model-x', unit: 'input-tokens', quantity: 10_000 },
        ...{ price: 3_000_000, per: 1_000_000, from: '2026-01-01', money: 30_000 },
      },
      {
        ...{ version, line: 'out-1', of: 'model-x', unit: 'output-tokens', quantity: 2000 },
        ...{ price: 15_000_000, per: 1_000_000, from: '2026-01-01', money: 30_000 },
      },
    ]);
    expect(w.of('budget.settled')[0]?.body.prices).toEqual(spent!.body.prices);
    expect([books(w.state, 'b').spent, books(w.state, 't').spent]).toEqual([60_000, 12_000]);
  });

  it('is rounded up, so that nothing is free, and exact for very much', () => {
    const w = world(MODEL);
    const run = start(w);
    use(w, run, { 'input-tokens': 1 }, 1);
    use(w, run, { 'input-tokens': 999_999_999_999 }, 2);
    expect(w.of('run.spent').map((r) => r.body.money)).toEqual([3, 2_999_999_999_997]);
  });

  it('costs the price of its day, UTC, and a later price changes nothing that was booked', () => {
    const w = world(MODEL);
    const run = start(w);
    w.now = Date.UTC(2026, 10, 22) - 1;
    use(w, run, { 'input-tokens': 1_000_000 }, 1);
    w.now += 1;
    use(w, run, { 'input-tokens': 1_000_000 }, 2);
    const before = structuredClone(w.of('run.spent').map((r) => r.body));
    expect(before.map((b) => [b.money, b.prices?.[0]?.line])).toEqual([
      [3_000_000, 'in-1'],
      [1_500_000, 'in-2'],
    ]);
    const version = priceVersion(w.state);
    const economy = structuredClone(w.state.economy);
    (w.definition as Priced).prices[1]!.price = '$99.00';
    w.apply();
    expect(priceVersion(w.state)).not.toBe(version);
    expect(w.of('run.spent').map((r) => r.body)).toEqual(before);
    expect(w.state.economy).toEqual(economy);
  });

  it('without a price is written down, counted in tokens, and ends the run', () => {
    const w = world(MODEL, (d) => {
      find(d.seats, 'desk').charter.stop = { money: '$1.00' };
      d.budgets.push({ id: 'b', allocation: '$9.00' }, { id: 't', currency: 'tokens', allocation: 1_000_000 });
    });
    const run = start(w);
    use(w, run, { 'input-tokens': 1_000_000 / 10, 'cached-tokens': 500 });
    expect(w.of('run.spent')[0]?.body).toMatchObject({ money: 300_000, unpriced: ['model-x/cached-tokens'] });
    expect(w.of('run.stopped')[0]?.body).toMatchObject({
      reason: 'money',
      message: 'the price table has no price for cached-tokens of "model-x"',
    });
    expect(books(w.state, 'b')).toMatchObject({ reserved: 0, spent: 300_000 });
    expect(books(w.state, 't').spent).toBe(100_500);
    expect(w.state.economy.months.get('2026-11')?.get('desk')?.unpriced).toBe(1);
  });

  it('is not also counted by the caller', () => {
    const w = world(MODEL);
    const body = { run: start(w), step: 1, of: 'model-x', used: { 'input-tokens': 1 }, money: 5, what: 'x' };
    expect(w.no('run.spend', body, WORKER)).toMatchObject({ code: 'invalid', rule: 'BUD13' });
    expect(w.of('run.spent')).toEqual([]);
  });

  it('of the same step is booked once (T16)', () => {
    const w = world(MODEL);
    const run = start(w);
    const body = { run, step: 1, of: 'model-x', used: { 'input-tokens': 1_000_000 }, what: 'x' };
    w.ok('run.spend', body, WORKER, 'spend-1');
    w.ok('run.spend', body, WORKER, 'spend-1');
    expect(w.state.runs.runs.get(run)?.spent).toBe(3_000_000);
  });
});

describe('[BUD13] calls', () => {
  const calls: Prices = [
    { id: 'shop', of: 'shop', unit: 'calls', price: 7, from: '2026-01-01' },
    { id: 'refund', of: 'orders.refund', unit: 'calls', price: 30, from: '2026-01-01' },
  ];

  it('of a capability or its tool cost their price beside what they move (R-E51)', () => {
    const w = world(calls, (d) => void d.budgets.push({ id: 'b', allocation: 1000 }));
    const refund = w.refund(100);
    expect([refund.cost, w.note('o2').cost]).toEqual([130, 7]);
    expect(books(w.state, 'b').reserved).toBe(137);
    expect(w.of('budget.reserved')[0]?.body.prices).toMatchObject([{ line: 'refund', quantity: 1, money: 30 }]);
    w.lease(refund);
    w.complete(refund, { refund_id: 'r' });
    expect(w.of('budget.settled')[0]?.body.prices).toEqual(w.of('operation.requested')[0]?.body.prices);
  });

  it('cost what they cost when they were asked for', () => {
    const w = world(calls, (d) => void d.budgets.push({ id: 'b', allocation: 1000 }));
    const op = w.refund(100);
    w.lease(op);
    w.fail(op);
    (w.definition as Priced).prices[1]!.price = 500;
    w.apply();
    w.wait(DAY);
    w.lease(op);
    w.complete(op, { refund_id: 'r' });
    expect([op.cost, books(w.state, 'b').spent]).toEqual([130, 130]);
  });

  it('count against budgets: a call whose price is not left is denied', () => {
    const w = world(calls, (d) => void d.budgets.push({ id: 'b', allocation: 6 }));
    expect(reasons(w.note())).toEqual(['b/allocation deny']);
  });
});

describe('[BUD13] the table', () => {
  it('has no price before the first day of its first line', () => {
    const { state } = world(MODEL);
    expect(priceAt(state, 'model-x', 'input-tokens', Date.UTC(2026, 0) - 1)).toBeUndefined();
    expect(priceAt(state, 'model-x', 'input-tokens', Date.UTC(2026, 0))?.id).toBe('in-1');
    expect(priceAt(state, 'model-x', 'input-tokens', Date.UTC(2030, 0))?.id).toBe('in-2');
    expect(priceAt(state, 'model-x', 'calls', Date.UTC(2030, 0))).toBeUndefined();
  });

  it.each([
    ['from', '2026-02-30'],
    ['from', 'soon'],
    ['price', -1],
    ['price', '3 apples'],
    ['per', 0],
    ['unit', 'miles'],
  ])('refuses a line whose %s is %s', (field, wrong) => {
    const line = { ...MODEL[0]!, [field]: wrong };
    const parsed = definition.safeParse({ ...shop(), prices: [line] });
    expect(parsed.error?.issues[0]?.path).toEqual(['prices', 0, field]);
  });
});
