import { describe, expect, it } from 'vitest';
import { budgetLines } from '../src/budget/views.ts';
import { definition } from '../src/definition.ts';
import { outcome, roi } from '../src/economy/definition.ts';
import { MONTHS_KEPT } from '../src/economy/evolve.ts';
import { bandOf, costPerOutcome, paid, profitAndLoss, seatsWithCosts } from '../src/economy/views.ts';
import type { Operation } from '../src/operations/state.ts';
import { type DefinitionInput, find, shop } from './support/op-definition.ts';
import { WORKER, World } from './support/op-world.ts';

const DAY = 86_400_000;
type Input = ReturnType<typeof shop> & Pick<DefinitionInput, 'prices' | 'outcomes' | 'metrics'>;

const world = (change: (d: Input) => void = () => undefined) =>
  new World((d) => {
    d.settings.verifier = 'lead';
    const input = d as Input;
    input.prices = [
      { id: 'bob', of: 'lead', unit: 'reviews', price: 400, from: '2026-01-01' },
      { id: 'all', of: 'human', unit: 'minutes', price: 60, from: '2026-01-01' },
    ];
    input.outcomes = [{ id: 'solved', topic: 'damage', value: 5000 }];
    change(input);
  });

const seat = (w: World, id: string) => profitAndLoss(w.state).seats.find((line) => line.id === id)!;
const unit = (w: World, id: string) => profitAndLoss(w.state).units.find((line) => line.id === id)!;
const costs = (w: World, id: string) => costPerOutcome(w.state).seats.find((each) => each.seat === id)!;

let count = 0;
function refund(w: World, amount: number, more = {}): Operation {
  const op = w.refund(amount, `o${count++}`, more);
  w.lease(op);
  w.complete(op, { refund_id: 'r' });
  return op;
}
function close(w: World, id = 'C-1', topic: string | null = 'damage'): void {
  if (topic !== null) w.ok('case.classify', { case: id, topic }, w.seat('desk'));
  if (w.state.cases.cases.get(id)?.status === 'assigned') w.ok('case.start', { case: id }, w.seat('desk'));
  const note = w.note(`n${count++}`, { case: id });
  w.lease(note);
  w.complete(note);
  w.ok('case.resolve', { case: id, summary: 'done', evidence: [note.id] }, w.seat('desk'));
  w.ok('case.verify', { case: id, passed: true, checks: ['looked'] }, w.seat('lead'));
  if (w.state.cases.cases.get(id)?.status !== 'closed') w.ok('case.close', { case: id }, w.seat('desk'));
}
function run(w: World, money: number, end: 'run.finish' | 'run.fail' | null = 'run.finish'): void {
  const id = w.ok('run.start', { seat: 'desk', worker: 'w' }).run;
  if (money > 0) w.ok('run.spend', { run: id, step: 1, money, what: 'thought' }, WORKER);
  if (end === 'run.finish') w.ok(end, { run: id, report: { outcome: 'done' } }, WORKER);
}

describe('[ECO2] what outcomes are worth', () => {
  it('is the value of the topic, to the owner of a closed case, until it is reopened (R-E15)', () => {
    const w = world();
    close(w);
    expect([seat(w, 'desk').value, unit(w, 'support').value, unit(w, 'finance').value]).toEqual([5000, 5000, 0]);
    expect(profitAndLoss(w.state).organisation.value).toBe(5000);
    w.ok('case.reopen', { case: 'C-1', reason: 'again' });
    expect([seat(w, 'desk').value, costs(w, 'desk').outcomes]).toEqual([0, 0]);
    close(w);
    expect([seat(w, 'desk').value, costs(w, 'desk').outcomes]).toEqual([5000, 1]);
  });

  it('is what the definition said when it happened', () => {
    const w = world();
    close(w);
    (w.definition as Input).outcomes![0]!.value = 1;
    w.apply();
    expect(seat(w, 'desk').value).toBe(5000);
    w.ok('case.reopen', { case: 'C-1', reason: 'again' });
    expect(seat(w, 'desk').value).toBe(0);
  });

  it('is nothing for another topic, or for a case nobody classified', () => {
    const w = world();
    w.ok('case.open', { subject: 'Two', customer: 'lee@example.com' });
    close(w, 'C-1', 'delivery');
    close(w, 'C-2', null);
    expect(seat(w, 'desk').value).toBe(0);
    expect(costPerOutcome(w.state).topics.map((t) => [t.topic, t.closed])).toEqual([
      ['delivery', 1],
      ['(none)', 1],
    ]);
  });

  it('is that of an event, or of a unit of a metric that counts or sums', () => {
    const w = world((d) => {
      d.metrics = [
        { id: 'sent', title: 'Sent', measure: { count: { event: 'case.noted' } } },
        { id: 'waited', title: 'Waited', measure: { sum: { event: 'run.spent', field: 'tokens' } } },
        { id: 'mean', title: 'Mean', measure: { mean: { event: 'case.noted', field: 'text' } } },
      ];
      d.outcomes = [
        { id: 'satisfied', when: { event: 'case.feedback', where: 'body.satisfied' }, value: 100 },
        { id: 'noted', metric: 'sent', value: 7 },
        { id: 'tokens', metric: 'waited', value: 2 },
        { id: 'nothing', metric: 'mean', value: 1000 },
      ];
    });
    w.ok('case.note', { case: 'C-1', text: 'hello' }, w.seat('desk'));
    expect(seat(w, 'desk').value).toBe(7);
    const id = w.ok('run.start', { seat: 'desk', worker: 'w' }).run;
    w.ok('run.spend', { run: id, step: 1, tokens: 11, what: 'x' }, { principal: 'desk-agent', seat: 'desk' });
    expect(seat(w, 'desk').value).toBe(29);
    close(w);
    w.ok('case.feedback', { case: 'C-1', satisfied: true });
    expect(seat(w, 'desk').value).toBe(129);
    w.ok('case.feedback', { case: 'C-1', satisfied: false });
    expect(seat(w, 'desk').value).toBe(129);
  });

  it('is of exactly one kind', () => {
    const ok = (more: object) => outcome.safeParse({ id: 'x', value: 1, ...more }).success;
    expect([ok({}), ok({ topic: 'a' }), ok({ topic: 'a', metric: 'm' }), ok({ metric: 'm' })]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});

describe('[ECO3] what work costs', () => {
  it('is what operations moved and runs used, with or without a budget', () => {
    const w = world();
    refund(w, 300);
    run(w, 50);
    expect(seat(w, 'desk').costs).toEqual({ compute: 50, operations: 300, review: 0, total: 350 });
  });

  it('is nothing until the effect is there, and nothing when it was undone', () => {
    const w = world();
    const op = w.refund(300);
    w.lease(op);
    expect(seat(w, 'desk').costs.total).toBe(0);
    w.complete(op, { refund_id: 'r' });
    expect(seat(w, 'desk').costs.total).toBe(300);
    w.verify(op, { refunded: 0 });
    const undo = w.op(op.compensation!);
    w.lease(undo);
    w.complete(undo);
    expect(seat(w, 'desk').costs.total).toBe(0);
  });

  it('is counted once when a human says again that it landed, and not at all when he says it did not', () => {
    for (const landed of [true, false]) {
      const w = world((d) => {
        const { compensate: _, ...rest } = find(d.contracts, 'refund');
        d.contracts = d.contracts.map((each) => (each.id === 'refund' ? (rest as typeof each) : each));
      });
      const op = refund(w, 300);
      w.verify(op, { refunded: 0 });
      expect(op.status).toBe('escalated');
      w.ok('operation.settle', { operation: op.id, landed, note: 'looked' });
      expect(seat(w, 'desk').costs.operations).toBe(landed ? 300 : 0);
    }
  });
});

describe('[ECO4] human time', () => {
  it('is a cost of the seat whose work was looked at, by the price of who looked (R-E51)', () => {
    const w = world();
    const op = w.refund(60_000_000);
    w.decide(w.asked().id, 'approve');
    expect(w.of('economy.reviewed')[0]?.body).toMatchObject({
      ...{ about: 'A-1', by: 'lead', of: 'desk', case: 'C-1', minutes: 1.5, money: 400 },
      prices: [{ line: 'bob', quantity: 1 }],
    });
    expect(op.status).toBe('requested');
    close(w);
    expect([seat(w, 'desk').costs.review, costs(w, 'desk').reviews]).toEqual([800, 2]);
  });

  it('is minutes where they were measured', () => {
    const w = world((d) => {
      d.prices!.push({ id: 'bob-minutes', of: 'lead', unit: 'minutes', price: 120, from: '2026-01-01' });
    });
    w.refund(60_000_000);
    w.decide(w.asked().id, 'approve', 'lead', { spent: 90_000 });
    expect(w.of('economy.reviewed')[0]?.body).toMatchObject({
      ...{ minutes: 1.5, money: 180 },
      prices: [{ line: 'bob-minutes', quantity: 1.5 }],
    });
    expect(costs(w, 'desk').minutes).toBe(1.5);
  });

  it('of everybody in a quorum counts', () => {
    const w = world((d) => {
      find(d.contracts, 'refund').approval = { approvers: ['lead', 'boss'], quorum: 2 };
    });
    w.refund(60_000_000);
    w.decide(w.asked().id, 'approve', 'boss', { spent: 120_000 });
    w.decide(w.asked().id, 'approve', 'lead', { spent: 60_000 });
    // The boss has no price of his own: two minutes at 60; lead has one for a review.
    expect(w.of('economy.reviewed').map((r) => [r.body.by, r.body.money])).toEqual([
      ['boss', 120],
      ['lead', 400],
    ]);
    expect(costs(w, 'desk')).toMatchObject({ reviews: 2, minutes: 3, costs: { review: 520 } });
  });

  it("without a price is counted as unpriced, and silence is nobody's time", () => {
    const w = world((d) => {
      d.prices = [];
    });
    w.refund(60_000_000);
    w.decide(w.asked().id, 'approve');
    expect(costs(w, 'desk')).toMatchObject({ reviews: 1, unpriced: 1, costs: { review: 0 } });
    w.refund(60_000_000, 'o2');
    w.wait(2 * DAY);
    expect(w.asked().status).toBe('rejected');
    expect(costs(w, 'desk').reviews).toBe(1);
  });
});

describe('[ECO5] the views', () => {
  it('give profit, margin, return and the change against the period before (R-A21, R-A22)', () => {
    const w = world();
    refund(w, 2000);
    w.wait(15 * DAY);
    refund(w, 1000);
    run(w, 600);
    close(w);
    expect(profitAndLoss(w.state)).toMatchObject({ period: '2026-12', currency: 'USD' });
    expect(seat(w, 'desk')).toMatchObject({
      ...{ value: 5000, costs: { compute: 600, operations: 1000, review: 400, total: 2000 }, profit: 3000 },
      ...{ margin: 60, roi: 150, band: 'good', previous: { value: 0, cost: 2000, profit: -2000 } },
      trend: { value: null, cost: 0 },
    });
    const quarter = profitAndLoss(w.state, { period: '2026-Q4' }).organisation;
    expect(quarter).toMatchObject({ value: 5000, costs: { total: 4000 }, roi: 25, band: 'investigate' });
    expect(profitAndLoss(w.state, { period: '2026-10' }).organisation).toMatchObject({
      value: 0,
      roi: null,
      band: null,
    });
  });

  it('add up: seats to units, units to the organisation (R-E54)', () => {
    const w = world();
    w.join('mate');
    refund(w, 100);
    const op = w.request('orders.refund', { order_id: 'm', amount: 50 }, {}, 'mate');
    w.read(op);
    w.lease(op);
    w.complete(op, { refund_id: 'r' });
    const { units, organisation } = profitAndLoss(w.state);
    const total = (id: string) => units.find((line) => line.id === id)?.costs.total;
    expect([total('support'), total('finance'), total('company'), organisation.costs.total]).toEqual([
      150, 0, 150, 150,
    ]);
  });

  it('[ECO5] give the lines of the units and seats that are asked for, as they are among all of them', () => {
    const w = world();
    w.join('mate');
    refund(w, 100);
    const all = profitAndLoss(w.state);
    const some = profitAndLoss(w.state, { units: ['support', 'nowhere'], seats: ['mate', 'desk'] });
    expect(some.organisation).toEqual(all.organisation);
    expect(some.units).toEqual(all.units.filter(({ id }) => id === 'support'));
    expect(some.seats).toEqual(['mate', 'desk'].map((id) => all.seats.find((line) => line.id === id)));
    expect(seatsWithCosts(w.state)).toEqual(costPerOutcome(w.state).seats.map((each) => each.seat));
    const [first] = costPerOutcome(w.state).seats;
    expect(costPerOutcome(w.state, { seats: [first!.seat] }).seats).toEqual([first]);
    expect(() => seatsWithCosts(w.state, '2026-Q5')).toThrow(RangeError);
  });

  it('give the cost per run, per success and per outcome, rework and human time (R-E50)', () => {
    const w = world();
    run(w, 100);
    w.ok('case.message', { case: 'C-1', text: 'and?' });
    run(w, 50, null);
    close(w);
    expect(costs(w, 'desk')).toMatchObject({
      ...{ runs: 2, finished: 1, success: 50, perRun: 275, perSuccess: 550, outcomes: 1, perOutcome: 550 },
      ...{ reviews: 1, minutes: 0, rework: 0, unpriced: 0 },
    });
    w.ok('case.reopen', { case: 'C-1', reason: 'again' });
    refund(w, 70);
    expect(costs(w, 'desk')).toMatchObject({ rework: 70, outcomes: 0, perOutcome: null });
    close(w);
    expect(costs(w, 'desk')).toMatchObject({ rework: 470, outcomes: 1, perOutcome: 1020 });
  });

  it('give the cost of a closed case by topic, all seats and human time together', () => {
    const w = world();
    refund(w, 300);
    close(w);
    const topics = () => costPerOutcome(w.state).topics;
    expect(topics()).toEqual([
      { topic: 'damage', closed: 1, cost: 700, value: 5000, perOutcome: 700, roi: (100 * 4300) / 700 },
    ]);
    w.ok('case.reopen', { case: 'C-1', reason: 'again' });
    refund(w, 100);
    expect(topics()).toMatchObject([{ closed: 0, cost: 700, value: 0, perOutcome: null, roi: -100 }]);
    close(w);
    expect(topics()).toMatchObject([{ closed: 1, cost: 1200, value: 5000, perOutcome: 1200 }]);
  });

  it('refuse what is no period', () => {
    const { state } = world();
    expect(() => profitAndLoss(state, { period: 'soon' })).toThrow(/no period: write a month/);
    expect(() => costPerOutcome(state, { period: '2026-Q5' })).toThrow(RangeError);
    expect(costPerOutcome(state, { period: '2026-Q4' }).months).toEqual(['2026-10', '2026-11', '2026-12']);
  });
});

describe('[ECO7] landed work and what came back (R-E50, R-E73)', () => {
  it('are effects that stand of those asked for, and cases reopened, effects undone, decisions that refused', () => {
    const w = world((d) => {
      find(d.contracts, 'refund').approval = { when: 'args.amount > 1000', approvers: ['lead'] };
    });
    w.request('orders.get', { order_id: 'o1' });
    const good = refund(w, 100);
    w.verify(good, { refunded: 100 });
    const bad = refund(w, 100);
    w.verify(bad, { refunded: 7 });
    const undo = w.op(bad.compensation!);
    w.lease(undo);
    w.complete(undo);
    w.refund(2000, 'x1');
    w.decide(w.asked().id, 'reject', 'lead', { spent: '2m' });
    w.refund(2000, 'x2');
    w.wait(3 * DAY);
    const line = costs(w, 'desk');
    // The minutes of the lead are priced as a review: 400.
    expect(line).toMatchObject({ landed: 1, landedShare: 25, corrections: 2, rework: 400, perCorrection: 200 });
    close(w);
    w.ok('case.reopen', { case: 'C-1', reason: 'again' });
    expect(costs(w, 'desk')).toMatchObject({ landed: 2, corrections: 3 });
  });

  it('is nothing where nothing was asked for', () => {
    const w = world();
    run(w, 5);
    expect(costs(w, 'desk')).toMatchObject({ landed: 0, landedShare: null, corrections: 0, perCorrection: null });
  });
});

describe('[ECO6] bands', () => {
  const defaults = roi.parse({});

  it.each([
    [300.01, 'excellent'],
    [300, 'good'],
    [100, 'good'],
    [99.9, 'acceptable'],
    [50, 'acceptable'],
    [49.9, 'investigate'],
    [-100, 'investigate'],
    [null, null],
  ])('a return of %s percent is %s (R-A23)', (value, band) => {
    expect(bandOf(value, defaults, 0)).toBe(band);
    expect(bandOf(value, defaults, 1)).toBe(band);
    expect(bandOf(value, defaults, 2)).toBe('shutdown');
  });

  it('are data', () => {
    const own = roi.parse({ bands: [{ id: 'fine', title: 'Fine', from: 10 }], shutdown: { months: 3 } });
    expect([bandOf(10, own, 2), bandOf(9, own, 2), bandOf(10, own, 3)]).toEqual(['fine', null, 'shutdown']);
  });

  it('count whole months of loss only, one after the other', () => {
    const w = world();
    const bands: (string | null)[] = [];
    for (const month of ['2026-11', '2026-12', '2027-01']) {
      refund(w, 10);
      bands.push(profitAndLoss(w.state, { period: month }).organisation.band);
      w.wait(31 * DAY);
    }
    expect(bands).toEqual(['investigate', 'investigate', 'shutdown']);
    close(w);
    expect(profitAndLoss(w.state, { period: '2026-12' }).organisation.band).toBe('shutdown');
    w.wait(28 * DAY);
    expect(profitAndLoss(w.state, { period: '2027-02', now: w.now }).organisation.band).not.toBe('shutdown');
  });
});

describe('[ECO1] the fold', () => {
  it('keeps the latest months, and an event touches the month it is in only', () => {
    const w = world();
    run(w, 1, null);
    const first = [...w.state.economy.months.values()][0]!;
    const before = structuredClone(first);
    for (let i = 0; i < 30; i++) {
      w.wait(31 * DAY);
      refund(w, 1);
    }
    expect(first).toEqual(before);
    expect(w.state.economy.months.size).toBe(MONTHS_KEPT);
    expect(w.state.economy.months.has('2026-11')).toBe(false);
  });

  it('can be read where the definition in force is older than thresholds, prices and bands', () => {
    const w = new World((d) => void d.budgets.push({ id: 'b', allocation: 100 }));
    const { definition: inForce, settings } = w.state.organisation;
    const old = inForce as unknown as Record<string, unknown>;
    delete old.prices;
    delete old.outcomes;
    delete (settings as Partial<typeof settings>).roi;
    delete (inForce!.budgets[0] as { thresholds?: unknown }).thresholds;
    w.state.organisation = { ...w.state.organisation };
    refund(w, 95);
    close(w);
    expect(budgetLines(w.state)[0]).toMatchObject({ spent: 95, thresholds: [] });
    expect(profitAndLoss(w.state).organisation).toMatchObject({ value: 0, band: 'investigate' });
  });

  it('has defaults for an organisation that says nothing of prices and outcomes', () => {
    const parsed = definition.parse(shop());
    expect([parsed.prices, parsed.outcomes, parsed.settings.roi.bands.length]).toEqual([[], [], 4]);
  });
});

it('[ECO3] what was paid counts each operation once, however many budgets it touches, until it is undone', () => {
  const w = world((d) => {
    d.budgets.push({ id: 'all', allocation: 10_000 }, { id: 'unit', unit: 'support', allocation: 10_000 });
    d.budgets.push({ id: 'desk', seat: 'desk', allocation: 10_000 });
  });
  refund(w, 300);
  expect([paid(w.state), budgetLines(w.state).map(({ spent }) => spent)]).toEqual([300, [300, 300, 300]]);
});
