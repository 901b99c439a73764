import { describe, expect, it } from 'vitest';
import { authorisationMatrix, loadPack } from '../src/index.ts';
import { CONNECTORS, folder, load, problemsOf, SHOP, shopWith } from './helpers.ts';
import { GOVERNANCE_MISTAKES } from './mistakes-governance.ts';
import { ORGANISATION_MISTAKES } from './mistakes-organisation.ts';

const ORG = 'organisation.yaml';
const TOOLS = 'tools/orders.yaml';
const CONTRACTS = 'contracts.yml';
const RULES = 'rules.yaml';

describe('checks over the whole pack', () => {
  it('find nothing wrong with the valid pack', async () => {
    expect(await load(SHOP)).toMatchObject({ ok: true, warnings: [] });
  });

  for (const { title, file, from, to, says, field, hint } of [...ORGANISATION_MISTAKES, ...GOVERNANCE_MISTAKES]) {
    it(`${title} is reported once, with its place`, async () => {
      const problems = await problemsOf(shopWith(file, from, to));
      const rule = /PCK\d+/.exec(title)?.[0];
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({ rule, file, field, message: expect.stringMatching(says) });
      expect(problems[0]?.hint).toMatch(hint ?? /\w/);
      expect(problems[0]?.line).toBeGreaterThan(0);
    });
  }

  it('[PCK10] two seats with one id: the message names both places', async () => {
    const problems = await problemsOf({
      ...SHOP,
      'z.yaml':
        'seats:\n  - { id: desk, title: Again, unit: support, supervisor: owner, charter: { purpose: x, tier: bounded } }\n',
    });
    expect(problems).toEqual([
      expect.objectContaining({ rule: 'PCK10', file: 'z.yaml', line: 2, column: 11, field: 'seats[desk].id' }),
    ]);
    expect(problems[0]?.message).toContain('already defined at organisation.yaml:10:9');
  });

  it('[PCK32] a read-only seat with a right to write is told that the right can never be used', async () => {
    const problems = await problemsOf(shopWith(ORG, 'tier: bounded', 'tier: read-only'));
    expect(problems.map((problem) => [problem.rule, problem.field])).toEqual([
      ['PCK32', 'seats[desk].charter.rights[1].capability'],
      ['PCK32', 'seats[desk].charter.rights[2].capability'],
    ]);
  });

  it('[PCK32] a right to an effect that the tier never allows is an error, one by a pattern is not', async () => {
    const files = shopWith(ORG, 'tier: bounded', 'tier: coordinator');
    const problems = await problemsOf(files);
    expect(problems.map((problem) => [problem.rule, problem.field])).toEqual([
      ['PCK32', 'seats[desk].charter.rights[1].capability'],
    ]);
    expect(problems[0]?.message).toMatch(
      /coordinator, so this right can never be used for orders.refund \(compensable\)/,
    );
    const result = await load(shopWith(ORG, '- capability: orders.refund', '- capability: "orders.*"', files));
    expect(result.ok && authorisationMatrix(result.pack.definition)).toContain('orders.refund | no | compensable');
  });

  it('[PCK50] a write that a seat may do needs a contract', async () => {
    const files = shopWith(
      CONTRACTS,
      '  - id: unrefund\n    capability: orders.unrefund\n    requires: [refund_id]\n',
      '',
    );
    const problems = await problemsOf(shopWith(CONTRACTS, 'steps: [refund, unrefund]', 'steps: [refund]', files));
    expect(problems).toEqual([expect.objectContaining({ rule: 'PCK50', field: 'capabilities[orders.unrefund]' })]);
    expect(problems[0]?.message).toMatch(/may be used by desk, the contract "refund" to undo, but has no contract/);
  });

  const chainWith = (returns: string) => {
    const files = shopWith(TOOLS, 'returns: { refund_id: string }', `returns: { refund_id: ${returns} }`);
    const compensate = '    compensate: { capability: orders.unrefund, args: { refund_id: result.refund_id } }\n';
    return problemsOf(shopWith(CONTRACTS, compensate, '', files));
  };

  it('[PCK64] a chain whose types do not agree cannot connect (R-E29)', async () => {
    const problems = await chainWith('integer');
    expect(problems.map((problem) => [problem.rule, problem.field])).toEqual([
      ['PCK64', 'flows[there-and-back].steps[1]'],
    ]);
    expect(problems[0]?.message).toBe(
      'step 2 "unrefund" requires "refund_id", a string, but step 1 "refund" gives integer',
    );
  });

  it('[PCK64] a chain that rests on a field that may be absent cannot connect', async () => {
    const problems = await chainWith('{ type: string, optional: true }');
    expect(problems.map((problem) => problem.rule)).toEqual(['PCK64']);
    expect(problems[0]?.message).toMatch(/gives string that may be absent/);
  });

  it('[PCK14] a pack without seats is told that somebody must be at the top', async () => {
    const problems = await problemsOf({ 'pack.yaml': 'pack: empty\nversion: 1\nname: Empty\n' });
    expect(problems).toEqual([expect.objectContaining({ rule: 'PCK14', file: 'pack.yaml' })]);
  });

  it('[PCK16] one person may sit in two seats', async () => {
    const files = shopWith(
      ORG,
      'principal: refunder, kind: script, script: agents/desk.ts',
      'principal: ann, kind: human',
    );
    expect(await load(files)).toMatchObject({ ok: true, warnings: [] });
  });

  it('[PCK66] both events of a span are checked, and a report comes from a capability that exists', async () => {
    const measured = async (measure: string) => {
      const files = shopWith(RULES, '{ count: { event: operation.settled, where: body.ok == true } }', measure);
      const result = await load(files);
      return result.ok ? [] : result.problems.map(({ rule, field }) => [rule, field]);
    };
    const span = (from: string, where: string) =>
      `{ between: { from: { event: ${from} }, to: { event: operation.settled, where: ${where} }, of: operation, p: 95 } }`;
    expect(await measured(span('operation.settled', 'body.ok == true'))).toEqual([]);
    expect(await measured(span('operation.never', '1 + 1'))).toEqual([
      ['PCK66', 'metrics[refunds].measure.between.from.event'],
      ['PCK66', 'metrics[refunds].measure.between.to.where'],
    ]);
    expect(await measured('{ reported: { capability: orders.get, field: total } }')).toEqual([]);
    expect(await measured('{ reported: { capability: orders.ghost, field: total } }')).toEqual([
      ['PCK66', 'metrics[refunds].measure.reported.capability'],
    ]);
  });

  it.each([
    ['of: desk', 'of'],
    ['from: 3', 'from'],
    ['start: 2026-01-01', 'start'],
    ['start: 2027-01-01, deadline: 2026-01-01', 'start'],
    ['deadline: 2026-01-01, steps: [{ by: 2026-02-01, value: 3 }]', 'steps'],
    ['serves: ghost', 'serves'],
  ])('[PCK67] a target that cannot be meant so: %s (R-A15)', async (more, field) => {
    const files = shopWith(RULES, 'direction: at-most', `direction: at-most, ${more}`);
    expect((await problemsOf(files)).map((each) => [each.rule, each.field])).toEqual([
      ['PCK67', `targets[few].${field}`],
    ]);
  });

  it('[PCK66] without a list of event kinds only their shape is checked', async () => {
    const dir = await folder(shopWith(RULES, 'operation.settled', 'operation.other'));
    expect((await loadPack(dir, { connectors: CONNECTORS })).ok).toBe(true);
  });
});

describe('warnings', () => {
  const warned = async (file: string, from: string, to: string) => {
    const result = await load(shopWith(file, from, to));
    expect(result.ok).toBe(true);
    return result.warnings.map((warning) => [warning.rule, warning.field]);
  };

  it('[PCK16] one agent in two seats', async () => {
    const occupant = 'occupant: { principal: ann, kind: human }';
    const agent = 'occupant: { principal: refunder, kind: mcp }';
    expect(await warned(ORG, occupant, agent)).toContainEqual(['PCK16', 'seats[owner].occupant.principal']);
  });

  it('[PCK17] a script that a human would never run', async () => {
    const found = await warned(ORG, 'principal: refunder, kind: script', 'principal: bob, kind: human');
    expect(found).toEqual([['PCK17', 'seats[desk].occupant.script']]);
  });

  it('[PCK70] a seat without a metric (R-E60)', async () => {
    const found = await warned(ORG, 'metrics: [refunds], ', '');
    expect(found).toEqual([['PCK70', 'seats[owner].charter.metrics']]);
  });

  it('[PCK71] a right that covers writes by a pattern (R-E60, R-E18)', async () => {
    const found = await warned(ORG, '{ capability: orders.get }', '{ capability: "orders.*" }');
    expect(found).toEqual([['PCK71', 'seats[desk].charter.rights[0].capability']]);
  });

  it('[PCK72] a charter that does not say what evidence is left (R-E60, R-E59)', async () => {
    const found = await warned(ORG, "      evidence: The refund's number\n", '');
    expect(found).toEqual([['PCK72', 'seats[desk].charter.evidence']]);
  });

  it('[PCK73] a seat with sixteen direct reports (R-D10, R-D51)', async () => {
    const more = Array.from(
      { length: 15 },
      (
        _,
        i,
      ) => `  - { id: s${i}, title: S, unit: support, supervisor: owner, occupant: { principal: p${i}, kind: human },
    charter: { purpose: x, tier: bounded, metrics: [refunds], evidence: x } }\n`,
    );
    const result = await load({ ...SHOP, 'more.yaml': `seats:\n${more.join('')}` });
    expect(result.warnings.map((warning) => [warning.rule, warning.field])).toEqual([['PCK73', 'seats[owner]']]);
  });

  it('[PCK144] a primary number with fewer than two or more than five secondary ones beside it (R-A14)', async () => {
    const one = (id: string, kpi: string) =>
      `  - { id: ${id}, metric: refunds, unit: support, value: 1, direction: at-least, kpi: ${kpi} }\n`;
    const withTargets = async (secondary: number) => {
      const more = Array.from({ length: secondary }, (_, i) => one(`s${i}`, 'secondary')).join('');
      const result = await load({ ...SHOP, 'targets.yaml': `targets:\n${one('first', 'primary')}${more}` });
      return result.warnings.map((warning) => [warning.rule, warning.field]);
    };
    const found = [['PCK144', 'targets[first].kpi']];
    expect([await withTargets(1), await withTargets(2), await withTargets(5), await withTargets(6)]).toEqual([
      ...[found, [], [], found],
    ]);
  });

  it('[PCK74] a capability that no seat may use and no contract calls', async () => {
    const extra = '  - { id: orders.list, tool: orders, effect: read, config: { sql: x } }\n';
    const found = await warned(TOOLS, 'capabilities:\n', `capabilities:\n${extra}`);
    expect(found).toEqual([['PCK74', 'capabilities[orders.list]']]);
  });

  it('[PCK115] budgets that allocate more than the one around them', async () => {
    const more = 'budgets:\n  - { id: all, allocation: "$499.99" }\n';
    expect(await warned(RULES, 'budgets:\n', more)).toEqual([['PCK115', 'budgets[all].allocation']]);
    expect(await warned(RULES, 'budgets:\n', more.replace('499.99', '500.00'))).toEqual([]);
  });

  it('[PCK76] post-conditions that nothing would ever check', async () => {
    const verify = '    verify: { capability: orders.get, args: { order_id: args.order_id } }\n';
    expect(await warned(CONTRACTS, verify, '')).toEqual([['PCK76', 'contracts[refund].post']]);
  });

  it('[PCK71] earned autonomy by a pattern that covers writes', async () => {
    const found = await warned('pack.yaml', 'settings:\n', 'settings:\n  earned: [orders.refund, "orders.*"]\n');
    expect(found).toEqual([['PCK71', 'settings.earned[1]']]);
  });

  it('[PCK77] an agent for whom nobody wrote when to stop, even where the default is the same', async () => {
    expect(await warned(ORG, '      stop: { steps: 20 }\n', '')).toEqual([['PCK77', 'seats[desk].charter.stop']]);
    expect(await warned(ORG, 'stop: { steps: 20 }', 'stop: { steps: 50 }')).toEqual([]);
  });

  it('[PCK78] an agent of whom nobody says what work it takes', async () => {
    const found = await warned(ORG, '    abilities: { topics: [refund] }\n', '');
    expect(found).toEqual([['PCK78', 'seats[desk].abilities']]);
    expect(await warned(ORG, 'topics: [refund]', 'domains: [money]')).toEqual([]);
  });

  it('[PCK77] [PCK78] a person needs neither', async () => {
    let files = shopWith(ORG, '    abilities: { topics: [refund] }\n', '');
    files = shopWith(ORG, '      stop: { steps: 20 }\n', '', files);
    const bob = 'principal: bob, kind: human }';
    const result = await load(shopWith(ORG, 'principal: refunder, kind: script, script: agents/desk.ts }', bob, files));
    expect(result).toMatchObject({ ok: true, warnings: [] });
  });

  it('[PCK79] a contract that rests on a read of which nobody says what it returns', async () => {
    const found = await warned(TOOLS, '    returns: { order_id: string, total: money, status: string }\n', '');
    expect(found).toEqual([['PCK79', 'capabilities[orders.get].returns']]);
  });

  it('[PCK95] a right to move money that nothing bounds', async () => {
    const limit = '          limit: "$100.00"\n';
    expect(await warned(ORG, limit, '')).toEqual([]);
    const elsewhere = shopWith(RULES, 'seat: desk, allocation', 'seat: owner, allocation');
    expect((await load(elsewhere)).warnings).toEqual([]);
    const result = await load(shopWith(ORG, limit, '', elsewhere));
    expect(result.warnings.map(({ rule, field }) => [rule, field])).toEqual([
      ['PCK95', 'seats[desk].charter.rights[1]'],
    ]);
    const unit = await load(
      shopWith(ORG, limit, '', shopWith(RULES, 'seat: desk, allocation', 'unit: company, allocation')),
    );
    expect(unit.warnings).toEqual([]);
  });

  it('[PCK75] a seat where nobody sits', async () => {
    const found = await warned(ORG, '    occupant: { principal: ann, kind: human }\n', '');
    expect(found).toEqual([['PCK75', 'seats[owner].occupant']]);
  });
});
