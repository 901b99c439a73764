import { describe, expect, it } from 'vitest';
import { load, packOf, problemsOf, SHOP, shopWith } from './helpers.ts';

const FLOW = '  - { id: there-and-back, input: [order_id, amount], steps: [refund, unrefund] }';
const FILE = 'contracts.yml';
const GUARD = 'scope: lane, target: there-and-back,';
const guarded = shopWith('rules.yaml', 'scope: tool, target: orders,', GUARD);
const shop = (rollout: string, files: Readonly<Record<string, string>> = guarded) =>
  shopWith(FILE, FLOW, FLOW.replace(' }', `, rollout: { outcome: Money is back, metric: refunds${rollout} } }`), files);
const warnings = async (files: Readonly<Record<string, string>>) =>
  (await load(files)).warnings.filter(({ rule }) => /PCK14/.test(rule));

describe('lanes in a pack', () => {
  it('[PCK140] a rollout loads with its defaults: where it begins, what each stage asks for (R-A42, R-E66)', async () => {
    const { definition } = await packOf(shop(''));
    const { rollout } = definition.flows[0]!;
    expect(rollout).toMatchObject({ start: 'observe', onTrip: 'assist', limits: { each: 5_000_000 } });
    expect(rollout!.stages.assist.enter).toMatchObject({ days: 28, criteria: [{ measure: 'agreement', atLeast: 80 }] });
    expect([rollout!.stages.bounded.share, rollout!.stages['end-to-end'].share]).toEqual([25, 100]);
    expect(await warnings(shop(''))).toEqual([]);
  });

  it.each([
    ['[PCK140] an unknown baseline', ', baseline: nobody', 'baseline'],
    ['[PCK140] an unknown seat', ', seats: [{ seat: nobody, share: 100 }]', 'seats[0].seat'],
    ['[PCK140] an unknown raiser', ', raisers: [nobody]', 'raisers[0]'],
    ['[PCK140] a step that is none', ', steps: [refunds]', 'steps[0]'],
    ['[PCK140] a tolerance for no argument', ', compare: { tolerances: { sum: ignore } }', 'compare.tolerances.sum'],
    ['[PCK140] a needed read that is none', ', missing: { reads: [mail.send] }', 'missing.reads[0]'],
    ['[PCK8] shares that do not sum to a hundred', ', seats: [{ seat: desk, share: 60 }]', 'seats'],
    ['[PCK8] a choice among one', ', seats: [{ seat: desk, share: 100 }], selection: {}', 'selection'],
  ])('%s is refused, with its place', async (_, more, field) => {
    const [first, ...rest] = await problemsOf(shop(more));
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      file: FILE,
      field: `flows[there-and-back].rollout.${field}`,
      line: expect.any(Number),
    });
  });

  it('[PCK141] a lane that begins beyond assist without a kill switch is refused (R-E68)', async () => {
    expect((await problemsOf(shop(', start: bounded', SHOP)))[0]).toMatchObject({
      ...{ rule: 'PCK141', field: 'flows[there-and-back].rollout.start' },
      hint: expect.stringContaining('target: there-and-back'),
    });
    await packOf(shop(', start: bounded'));
  });

  it('[PCK142] a lane without one is warned of: it can never leave assist', async () => {
    expect((await warnings(shop('', SHOP))).map(({ rule }) => rule)).toEqual(['PCK142']);
  });

  it('[PCK143] so is a lane that does not say what it is for (R-E14)', async () => {
    const bare = shopWith(FILE, FLOW, FLOW.replace(' }', ', rollout: { metric: refunds } }'), guarded);
    expect((await warnings(bare)).map(({ rule }) => rule)).toEqual(['PCK143']);
  });

  it('[PCK140] two lanes do not share out the same topic', async () => {
    const other =
      '  - { id: other, input: [order_id, amount], steps: [refund], rollout: { outcome: x, metric: refunds, topics: [refund] } }';
    const files = shop(', topics: [refund]');
    const [first] = await problemsOf(shopWith(FILE, FLOW.slice(0, 20), `${other}\n${FLOW.slice(0, 20)}`, files));
    expect(first?.message).toContain('shared out by the lane');
  });
});
