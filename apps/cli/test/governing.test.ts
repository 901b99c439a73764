/** Authority and money over the command line, against a server that nobody works in: the tests make what happens. */
import { beforeAll, describe, expect, it } from 'vitest';
import { reeve } from './support/cli.ts';
import { office } from './support/office.ts';

const { here, house, text, json, order, as } = office();
const refund = (amount: number) => ({ order_id: `AC-${amount}`, amount, reason: 'damaged' });

beforeAll(async () => {
  const body = { subject: 'Broken', customer: 'lee@post.example', text: 'It broke.' };
  await order('case.open', body);
  // The front desk has no right to refund: three refusals are a warning.
  for (const amount of [1, 2, 3])
    await as('front-desk', 'operation.request', { capability: 'orders.refund', case: 'C-1', args: refund(amount) });
  const packet = { subproblem: 'Refund it.', context: {}, tried: [], output: 'what was done', success: 'it is paid' };
  const grants = [{ capability: 'orders.refund', limit: 20_000_000 }];
  const task = { case: 'C-1', to: 'billing-specialist', packet: { ...packet, grants } };
  await as('front-desk', 'task.delegate', task);
});
describe('standing grants', () => {
  const GIVE = [
    'grants',
    'give',
    'billing-specialist',
    'orders.refund',
    '--uses',
    '5',
    '--for',
    '2d',
    '--reason',
    'rush',
  ];

  it('[CLI45] are given within limits, listed page by page, shown with what is left of them, and revoked', async () => {
    const given = await json(...GIVE, '--each', '80', '--total', '200.50', '--case', 'c-1', '--only', 'reason=damaged');
    expect(given).toMatchObject({ grant: 'G-1' });
    expect(await text(...GIVE)).toMatch(/^G-2: billing-specialist may use orders.refund 5 times without asking/);
    const [first, second] = [
      await json('grants', '--limit', '1'),
      await json('grants', '--limit', '1', '--cursor', 'G-2'),
    ];
    expect([first.next, first.grants[0].id, second.next, second.grants[0].id]).toEqual([
      'G-2',
      'G-2',
      undefined,
      'G-1',
    ]);
    expect(second.grants[0]).toMatchObject({ each: 80e6, total: 200_500_000, used: 0, case: 'C-1', live: true });
    expect(await text('grants')).toMatch(
      /G-1 .* 0 of 5 +\$80.00 each, \$0.00 of \$200.50, only C-1, reason: \["damaged"\]/,
    );
    expect((await json('seat', 'show', 'billing-specialist')).grants).toBe(2);
    expect(await text('grants', 'revoke', 'g-1', '--reason', 'over')).toContain('revoked: G-1');
    expect((await json('grants', '--seat', 'billing-specialist')).grants).toHaveLength(1);
    expect(await text('grants', '--all')).toContain('revoked by operator');
    const again = await reeve(here, 'grants', 'revoke', 'G-1', '--reason', 'over');
    expect([again.code, again.err]).toEqual([4, expect.stringContaining('already revoked')]);
  });

  it.each([
    [['--each', 'much'], '--each cannot be "much"'],
    [['--for', 'ever'], '--for cannot be "ever"'],
    [['--uses', '0'], '--uses cannot be "0"'],
    [['--only', 'email'], '--only cannot be "email"'],
  ])('[CLI2] say what is wrong with %j', async (options, says) => {
    const { code, err } = await reeve(here, ...GIVE, ...options);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  });
});

it('[CLI46] deputies are named for a time, listed on both sides, and withdrawn', async () => {
  const name = ['deputies', 'name', 'front-desk', 'operator', '--reason', 'holiday', '--until'];
  expect(await text(...name, '14d')).toMatch(/^D-1: operator decides for front-desk until/);
  expect(await json(...name, '2099-01-01', '--from', '2098-12-01')).toMatchObject({ deputy: 'D-2' });
  const { deputies } = await json('deputies', '--seat', 'operator');
  expect(deputies.map((each: { id: string; now: boolean }) => [each.id, each.now])).toEqual([
    ['D-2', false],
    ['D-1', true],
  ]);
  expect((await json('seat', 'show', 'operator')).standsInFor).toHaveLength(2);
  await text('deputies', 'withdraw', 'd-2', '--reason', 'stays');
  expect(await text('deputies')).toMatch(/D-1 +front-desk +operator .* yes +operator +holiday/);
  expect((await reeve(here, ...name, 'soon')).err).toContain('--until cannot be "soon"');
  expect((await reeve(here, 'deputies', 'withdraw', 'X-1', '--reason', 'x')).code).toBe(2);
});

it('[CLI47] a seat is shown with its rights and the most damage it could do, delegated tasks with the rights they carry (R-E59)', async () => {
  const seat = await json('seat', 'show', 'billing-specialist');
  expect(seat.damageText).toMatch(/^2500.00 per month from refunds, at most .* without a human; can .*orders.refund/);
  const reach = seat.damage.reach.find((each: { capability: string }) => each.capability === 'orders.refund');
  expect(reach).toMatchObject({ movesMoney: true, most: 500e6 });
  const shown = await text('seat', 'show', 'billing-specialist');
  for (const part of ['Maximum damage', 'orders.refund', '$500.00', 'args.amount > 0']) expect(shown).toContain(part);
  const { delegations } = await json('delegations', '--seat', 'front-desk');
  const limited = [{ capability: 'orders.refund', limit: 20e6 }];
  expect(delegations).toMatchObject([
    { task: 'T-1', to: 'billing-specialist', line: ['T-1'], grants: limited, carries: limited },
  ]);
  expect(await text('delegations')).toContain('orders.refund up to $20.00');
  expect((await reeve(here, 'seat', 'show', 'nobody')).err).toMatch(/there is no seat nobody[\s\S]*reeve status/);
});

it('[CLI48] violations show the level, the correction in force, and each level that was reached', async () => {
  const { violations } = await json('violations');
  const line = { seat: 'front-desk', level: 1, correction: 'warn', points: 3, total: 3 };
  expect(violations).toMatchObject([{ ...line, latest: { operation: 'OP-3' } }]);
  const one = await json('violations', 'show', 'front-desk');
  expect(one).toMatchObject({
    ...line,
    status: 'active',
    raised: [{ level: 1, correction: 'warn', operation: 'OP-3' }],
  });
  expect(await text('violations', 'show', 'front-desk')).toMatch(/Levels reached\n.*level 1 at 3 points: warned \(/);
  expect(await text('violations', 'show', 'router')).toBe('router never ran into a boundary; the seat is active\n');
  expect((await reeve(here, 'violations', 'show', 'nobody')).code).toBe(4);
});

it('[CLI49] a tripped switch, on a lane too, is an incident that is closed with its cause once it is re-armed', async () => {
  expect(await text('incidents')).toBe('no incidents\n');
  await text('kill', 'lane', 'refund-and-tell', '--reason', 'wrong sums');
  const about = { id: 'I-1', cause: 'switch', about: 'lane:refund-and-tell', closed: null };
  expect((await json('incidents')).incidents).toMatchObject([about]);
  const close = ['incidents', 'close', 'i-1', '--cause', 'a typo', '--done', 'paid back', '--prevention', 'a limit'];
  expect((await reeve(here, ...close)).err).toContain('still tripped');
  await text('kill', '--rearm', 'lane', 'refund-and-tell', '--reason', 'mended');
  expect(await text('incidents', 'show', 'I-1')).toMatch(
    /What was done at once[\s\S]*re-armed by operator: mended[\s\S]*open; close it/,
  );
  expect(await text(...close)).toMatch(/^closed: I-1/);
  expect((await json('incidents', 'show', 'I-1')).closed).toMatchObject({ cause: 'a typo', by: 'operator' });
  expect(await text('incidents', 'show', 'I-1')).toContain('what keeps it from happening again: a limit');
  expect([(await json('incidents')).incidents, (await json('incidents', '--all')).incidents.length]).toEqual([[], 1]);
  expect((await reeve(here, 'incidents', 'show', 'I-9')).err).toContain('reeve incidents --all');
});

describe('[CLI61] an override', () => {
  const OVERRIDE = ['override', 'op-1', '--reason', 'agreed by phone'];
  const status = (id: string) => house().runtime.read((s) => s.operations.operations.get(id)?.status);

  it('warns first and names what to acknowledge; nothing happens', async () => {
    const { code, err } = await reeve(here, ...OVERRIDE);
    expect(code).toBe(4);
    expect(err).toMatch(
      /^error: warning: orders.refund by "front-desk" was refused because .*\n.*GOV44.*\n.*--acknowledge '/,
    );
    const no = await reeve({ ...here, terminal: { columns: 100, answer: 'n' } }, ...OVERRIDE);
    expect([no.code, await status('OP-1')]).toEqual([4, 'denied']);
  });

  it('asks on a terminal, is done as a new operation and recorded in the name of who did it', async () => {
    const { code, out, err } = await reeve({ ...here, terminal: { columns: 100, answer: 'y' } }, ...OVERRIDE);
    expect([code, out]).toEqual([0, expect.stringMatching(/^overridden: OP-1 is done after all as OP-4/)]);
    expect(err).toContain('do it all the same, in your name?');
    const overrides = await house().runtime.read((s) => s.operations.operations.get('OP-4')?.overrides);
    expect(overrides).toMatchObject({
      of: 'OP-1',
      by: 'operator',
      reason: 'agreed by phone',
    });
  });

  it('takes the rules by name, and is refused for what is never lifted: tenants and attribution', async () => {
    const other = { capability: 'orders.refund', case: 'C-1', args: refund(9) };
    const { operation } = await as('verifier', 'operation.request', other);
    expect(await status(operation as string)).toBe('denied');
    const { code, err } = await reeve(here, 'override', operation as string, '--reason', 'x', '--acknowledge', 'GOV5');
    expect([code, err]).toEqual([4, expect.stringMatching(/never overridden[\s\S]*tenant isolation, attribution/)]);
    const decision = await house().runtime.read((s) => s.operations.operations.get('OP-2')!.decision!);
    const rules = decision.reasons.filter((r) => r.verdict === 'deny').map((r) => r.rule);
    const named = ['override', 'OP-2', '--reason', 'agreed', '--acknowledge', ...rules];
    expect(await json(...named)).toMatchObject({ operation: 'OP-2', again: 'OP-6' });
  });
});

describe('money', () => {
  it('[CLI58] budgets are listed by page, seat, unit and lane, and shown with limits and accounts', async () => {
    const all = await json('money');
    expect(all).toMatchObject({ currency: 'USD', paid: 0 });
    expect(all.prices).toMatch(/^[0-9a-f]{64}$/);
    expect(all.budgets.map((each: { id: string }) => each.id).slice(0, 2)).toEqual(['refunds', 'replacements']);
    expect(await json('money', '--limit', '1')).toMatchObject({ next: 'refunds', budgets: [{ id: 'refunds' }] });
    const of = async (...options: string[]) => {
      const { budgets } = await json('money', '--limit', '1000', ...options);
      return budgets.map(({ id }: { id: string }) => id);
    };
    expect(await of('--seat', 'billing-specialist')).toEqual(['refunds']);
    expect(await of('--unit', 'specialists')).toEqual(['refunds', 'replacements']);
    expect(await of('--unit', 'quality')).toEqual([]);
    expect(await of('--lane', 'refund-and-tell')).toEqual([]);
    expect(await text('money')).toMatch(
      /refunds +seat billing-specialist +money +\d{4}-\d\d +\$0.00 +\$0.00 +\$2,500.00/,
    );
    const one = await json('money', 'show', 'refunds');
    expect(one).toMatchObject({ limits: { perTransaction: 400e6, spike: 3 }, answers: 'operator' });
    expect(one.accounts).toEqual([{ case: null, available: 2500e6, reserved: 0, spent: 0, used: 0 }]);
    expect(await text('money', 'show', 'refunds')).toMatch(
      /one operation: \$400.00[\s\S]*thresholds: 80 %, 100 %; told: operator/,
    );
    expect((await reeve(here, 'money', 'show', 'x')).err).toMatch(/there is no budget x[\s\S]*reeve money/);
  });

  it('[CLI59] prices, costs, and profit and loss are shown; a period that is none is refused', async () => {
    const prices = await json('money', 'prices');
    expect(prices.lines).toMatchObject([
      { id: 'minute-2026', price: 800_000 },
      { id: 'review-2026', inForce: true },
    ]);
    expect(await text('money', 'prices')).toContain(`version ${prices.version}`);
    const period = new Date().toISOString().slice(0, 7);
    const pnl = await json('money', 'pnl');
    expect(pnl).toMatchObject({ period, organisation: { value: 0, profit: 0, band: null } });
    expect(pnl.units.map((each: { id: string }) => each.id)).toContain('support');
    expect(await text('money', 'pnl', '--period', '2020-Q1')).toMatch(/^2020-Q1\n/);
    const costs: { seat: string; landedShare: number; costs: { total: number } }[] = (await json('money', 'costs'))
      .seats;
    // Asked for and refused: nothing landed, nothing was spent.
    expect(costs.every((each) => each.landedShare === 0 && each.costs.total === 0)).toBe(true);
    expect(await text('money', 'costs', '--period', '2020-01')).toMatch(/^no costs yet\nover 2020-01/);
    expect((await reeve(here, 'money', 'pnl', '--period', 'may')).code).toBe(3);
  });
});

it('[CLI62] reviews are empty before the first decision, and say from when on they mean something', async () => {
  expect(await json('reviews')).toMatchObject({ pending: 0, byCapability: [], settings: { least: 20 } });
  expect(await text('reviews')).toContain('said from 20 decisions on');
});
