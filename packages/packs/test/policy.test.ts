import { describe, expect, it } from 'vitest';
import { mutatePolicies, type Problem, readScenarios, type Sited, testPolicies } from '../src/index.ts';
import { type Files, folder, loadDir, SHOP, shopWith } from './helpers.ts';

const CONTRACTS = 'contracts.yml';
const ORG = 'organisation.yaml';

/** What every scenario of the shop shares; a refund that is admitted after the approval that its contract asks for. */
const REFUND = `    seat: desk
    capability: orders.refund
    args: { order_id: A-1, amount: $6.00 }
    given: { reads: { order: { order_id: A-1, total: $90.00, status: paid } } }
`;

const shop = (scenarios: string, files: Files = SHOP): Files => ({ ...files, 'policy-tests/a.yaml': scenarios });

async function open(files: Files) {
  const dir = await folder(files);
  const loaded = await loadDir(dir);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return { definition: loaded.pack.definition, read: await readScenarios(dir, loaded.pack.definition) };
}

async function scenariosOf(
  files: Files,
): Promise<{ definition: Parameters<typeof testPolicies>[0]; scenarios: readonly Sited[] }> {
  const { definition, read } = await open(files);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return { definition, scenarios: read.scenarios };
}

async function report(files: Files) {
  const { definition, scenarios } = await scenariosOf(files);
  return testPolicies(definition, scenarios);
}

async function mistakes(scenarios: string): Promise<readonly Problem[]> {
  const { read } = await open(shop(scenarios));
  return read.ok ? [] : read.problems;
}

/** One scenario that expects what the shop does not do, so that the differences say what it does. */
const differences = async (scenario: string, files: Files = SHOP) =>
  (await report(shop(`scenarios:\n  - id: one\n${scenario}`, files))).results.flatMap((each) => each.differences);

describe('reading scenarios', () => {
  it.each([
    [
      'scenarios:\n  - id: one\n    seat: desk\n    expect: { verdict: deny }\n',
      'a.yaml:2',
      'capability',
      /"capability" is missing/,
    ],
    [
      `scenarios:\n  - id: one\n${REFUND}    expect: { verdict: maybe }\n`,
      'a.yaml:7',
      'expect.verdict',
      /allowed values/,
    ],
    [
      `scenarios:\n  - id: one\n${REFUND}    expect: { verdict: deny }\n    colour: red\n`,
      'a.yaml:8',
      'colour',
      /no field/,
    ],
    [
      `scenarios:\n  - id: one\n${REFUND}    expect: { verdict: deny }\n    variants:\n      - { id: two, args: 5 }\n`,
      'a.yaml:9',
      'args',
      /5 is not valid/,
    ],
    [
      `common: { given: { cas: {} } }\nscenarios:\n  - id: one\n${REFUND}    expect: { verdict: deny }\n`,
      'a.yaml:1',
      'given.cas',
      /no field "cas"/,
    ],
  ])('[POL1] names file, line and field (%#)', async (text, place, field, message) => {
    const [problem] = await mistakes(text);
    expect(`${problem?.file}:${problem?.line}`).toBe(`policy-tests/${place}`);
    expect(problem?.field).toMatch(new RegExp(`^scenarios\\[one(/two)?\\]\\.${field.replaceAll('.', '\\.')}$`));
    expect(problem?.message).toMatch(message);
    expect(problem?.rule).toBe('POL1');
  });

  it('[POL1] two scenarios of one name, in two files', async () => {
    const text = `scenarios:\n  - id: one\n${REFUND}    expect: { verdict: deny }\n`;
    const { read } = await open({ ...shop(text), 'policy-tests/b.yaml': text });
    expect(read).toMatchObject({
      ok: false,
      problems: [{ file: 'policy-tests/b.yaml', line: 2, message: expect.stringContaining('a.yaml:2') }],
    });
  });

  it('[POL1] text that is no YAML, and a file that is no list of scenarios', async () => {
    expect(await mistakes('scenarios: ]')).toMatchObject([{ rule: 'PCK4', file: 'policy-tests/a.yaml' }]);
    expect(await mistakes('- one')).toMatchObject([{ rule: 'POL1', file: 'policy-tests/a.yaml' }]);
  });

  it.each([
    ['seat: desk', 'seat: dask', 'seat', /no "dask" among the seats/],
    ['orders.refund', 'orders.refnd', 'capability', /no "orders.refnd" among the capabilities/],
    ['reads: { order', 'reads: { item', 'given.reads.item', /reads "item"/],
    ['status: paid', 'state: paid', 'given.reads.order', /never returns this: .*status/],
    ['$90.00', 'much', 'given.reads.order', /total/],
    ['given: {', 'given: { paused: [dusk],', 'given.paused[0]', /no "dusk"/],
    ['given: {', 'given: { delegatedBy: [dusk],', 'given.delegatedBy[0]', /no "dusk"/],
  ])('[POL2] "%s" written as "%s" does not fit the pack', async (from, to, field, message) => {
    const found = await mistakes(`scenarios:\n  - id: one\n${REFUND.replace(from, to)}    expect: { verdict: deny }\n`);
    const wrong = found.find((each) => each.field === `scenarios[one].${field}`);
    expect(wrong).toMatchObject({ rule: 'POL2', file: 'policy-tests/a.yaml', message: expect.stringMatching(message) });
    expect(wrong?.line).toBeGreaterThan(2);
  });

  it('[POL2] [POL3] amounts are written as people do, and variants change what they name', async () => {
    const { scenarios } = await scenariosOf(
      shop(`common: { given: { case: { priority: high } } }
scenarios:
  - id: one
    title: First
${REFUND}    effect: { after: { order_id: A-1, total: $90.00, status: refunded } }
    expect: { verdict: deny, rules: [x], failed: [] }
    variants:
      - { id: two, args: { note: hi }, given: { reads: null }, effect: null, expect: { verdict: ask } }
`),
    );
    const [one, two] = scenarios.map(({ scenario }) => scenario);
    expect(one).toMatchObject({ title: 'First', args: { amount: 6_000_000 }, given: { case: { priority: 'high' } } });
    expect(one?.given.reads).toEqual({ order: { order_id: 'A-1', total: 90_000_000, status: 'paid' } });
    expect(two).toEqual({
      id: 'one/two',
      seat: 'desk',
      capability: 'orders.refund',
      args: { order_id: 'A-1', amount: 6_000_000, note: 'hi' },
      given: { case: { priority: 'high' } },
      expect: { verdict: 'ask' },
    });
  });
});

describe('playing scenarios', () => {
  it('[POL4] the request meets arguments, early checks, reads and gate, as in the kernel', async () => {
    const asked = `    expect: { verdict: ask, rules: [first-use, tier-flag] }\n`;
    expect(await differences(REFUND + asked)).toEqual([
      'expected ask, the gate says allow',
      'expected the rule first-use, which did not speak',
    ]);
    const first = REFUND.replace('given: {', 'given: { firstUse: true,');
    expect(await differences(first + asked)).toEqual([]);
    const wrong = REFUND.replace('amount: $6.00', 'amount: much');
    expect(await differences(`${wrong}    expect: { verdict: deny, rules: [OP6] }\n`)).toEqual([]);
    const strange = REFUND.replace('seat: desk', 'seat: owner').replace(/ {4}given.*\n/, '');
    expect(await differences(`${strange}    expect: { verdict: deny, rules: [GOV2, GOV6, tier-flag] }\n`)).toEqual([]);
  });

  it('[POL4] the case, what was stopped, and when, are as the scenario says', async () => {
    const given = (facts: string, rules: string) =>
      differences(
        `${REFUND.replace('given: {', `given: { ${facts},`)}    expect: { verdict: deny, rules: [tier-flag, ${rules}] }\n`,
      );
    expect(await given('case: { status: closed }', 'GOV5')).toEqual([]);
    expect(await given('case: { owner: owner }', 'GOV5')).toEqual([]);
    expect(await given('case: none', 'GOV5')).toEqual([]);
    expect(await given('paused: [desk]', 'GOV4')).toEqual([]);
    expect(await given('stopped: [tool/orders]', "'switch/tool:orders'")).toEqual([]);
    expect(await given('case: { priority: high, owner: owner, parties: [desk] }', 'x')).toEqual([
      'expected deny, the gate says ask',
      'expected the rule x, which did not speak',
      'did not expect the rule office-hours',
    ]);
  });

  it('[POL4] what was done earlier counts: separation, evidence, sums; approved where it waited', async () => {
    const before = `given:
      earlier:
        - seat: desk
          capability: orders.refund
          args: { order_id: A-1, amount: $80.00 }
          result: { refund_id: R-1 }
          after: { order_id: A-1, total: $90.00, status: refunded }
      reads: { order: { order_id: A-1, total: $90.00, status: paid } }
`;
    const scenario = REFUND.replace(/given.*\n/, before).replace('$6.00', '$41.00');
    // The approval that the contract asks for is given; what the seat did separates it from doing more.
    const expected = '    expect: { verdict: deny, rules: [desk-month/per-case, refund/separation, tier-flag] }\n';
    expect(await differences(scenario + expected)).toEqual([]);
    const free = shopWith(CONTRACTS, '    separation: ["orders.*"]\n', '    evidence: [orders.refund]\n');
    expect(await differences(scenario + expected, free)).toEqual([
      'cannot be played: orders.refund is not done, because it is denied: refund/evidence: the case lacks evidence: orders.refund; tier-ask: 80.00 is above 50.00 and needs a decision',
    ]);
    const sums = shopWith(CONTRACTS, '    separation: ["orders.*"]\n', '');
    const asks = '    expect: { verdict: ask, rules: [desk-month/per-case, refund/approval, tier-flag] }\n';
    expect(await differences(scenario + asks, sums)).toEqual([]);
  });

  it('[POL4] [T4] a rate is used up by what was done earlier, and delegated work needs the rights of who gave it', async () => {
    const four = [1, 2, 3].map(
      () => `        - { seat: desk, capability: orders.refund, args: { order_id: A-1, amount: $6.00 },
            result: { refund_id: R-1 }, after: { order_id: A-1, total: $90.00, status: refunded } }
`,
    );
    const scenario = REFUND.replace('given: {', `given:\n      earlier:\n${four.join('')}      reads: {`).replace(
      'reads: { reads: {',
      'reads: {',
    );
    const free = shopWith(CONTRACTS, '    separation: ["orders.*"]\n', '');
    const used = scenario.replace('status: paid } } }', 'status: paid } }');
    expect(await differences(`${used}    expect: { verdict: defer, rules: [mails, tier-flag] }\n`, free)).toEqual([]);
    const delegated = (facts: string, rules: string) =>
      differences(
        `${REFUND.replace('given: {', `given: { delegatedBy: [${facts}],`)}    expect: { verdict: deny, rules: [tier-flag, ${rules}] }\n`,
        shopWith(ORG, 'occupant: { principal: ann, kind: human }', 'occupant: { principal: bot, kind: mcp }'),
      );
    expect(await delegated('owner', 'GOV40')).toEqual([]);
  });

  it('[POL4] a broken effect is found by its post-conditions, an approval in between', async () => {
    const scenario = REFUND.replace('$6.00', '$60.00');
    const effect = (status: string) =>
      `    effect: { result: { refund_id: R-1 }, after: { order_id: A-1, total: $90.00, status: ${status} } }\n`;
    const expected = '    expect: { verdict: ask, rules: [refund/approval, tier-ask], failed: [] }\n';
    expect(await differences(scenario + effect('refunded') + expected)).toEqual([]);
    expect(await differences(scenario + effect('paid') + expected)).toEqual([
      'did not expect the broken post-condition refund/refunded',
    ]);
  });

  it('[POL5] outcomes do not depend on what was played before', async () => {
    const scenario = (id: string) => `  - id: ${id}\n${REFUND}    expect: { verdict: deny }\n`;
    const { definition, scenarios } = await scenariosOf(shop(`scenarios:\n${['a', 'b', 'c'].map(scenario).join('')}`));
    const outcomes = (list: readonly Sited[]) => testPolicies(definition, list).results.map(({ outcome }) => outcome);
    expect(new Set(outcomes(scenarios).map((each) => JSON.stringify(each))).size).toBe(1);
    expect(outcomes(scenarios.toReversed())).toEqual(outcomes(scenarios));
  });

  it('[POL6] fails by the verdict, by who spoke, and when it cannot be played, and says how', async () => {
    const results = async (expected: string) => differences(`${REFUND}    expect: ${expected}\n`);
    expect(await results('{ verdict: allow }')).toEqual([]);
    expect(await results('{ verdict: allow, rules: [tier-flag], failed: [] }')).toEqual([]);
    expect(await results('{ verdict: deny }')).toEqual(['expected deny, the gate says allow']);
    expect(await results('{ verdict: allow, rules: [] }')).toEqual(['did not expect the rule tier-flag']);
    const unread = REFUND.replace(/ {4}given.*\n/, '');
    expect(await differences(`${unread}    expect: { verdict: allow }\n`)).toEqual([
      'cannot be played: the contract of orders.refund reads order: say what is found under "reads"',
    ]);
  });

  it('[POL6] a policy that puts off is seen', async () => {
    const files = shopWith(
      'rules.yaml',
      'effect: ask, when: now > 0 && case.priority == "high"',
      'effect: defer, when: now > 0',
    );
    expect(
      await differences(`${REFUND}    expect: { verdict: defer, rules: [office-hours, tier-flag] }\n`, files),
    ).toEqual([]);
  });

  it('[POL7] a seat where nobody sits can be tested', async () => {
    const files = shopWith(ORG, '    occupant: { principal: refunder, kind: script, script: agents/desk.ts }\n', '');
    expect(await differences(`${REFUND}    expect: { verdict: allow }\n`, files)).toEqual([]);
  });
});

/** Scenarios for every safeguard of the shop. */
const ALL = `common: { given: { reads: { order: { order_id: A-1, total: $300.00, status: paid } } } }
scenarios:
  - id: refund
    seat: desk
    capability: orders.refund
    args: { order_id: A-1, amount: $4.00 }
    effect: { result: { refund_id: R-1 }, after: { order_id: A-1, total: $300.00, status: refunded } }
    expect: { verdict: allow, rules: [], failed: [] }
    variants:
      - { id: flagged, args: { amount: $5.00 }, expect: { verdict: allow, rules: [tier-flag] } }
      - { id: asks, args: { amount: $20.01 }, expect: { verdict: ask, rules: [refund/approval, tier-flag] } }
      - { id: much, args: { amount: $50.01 }, expect: { verdict: ask, rules: [refund/approval, tier-ask] } }
      - id: once-too-much
        args: { amount: $80.01 }
        expect: { verdict: ask, rules: [desk-month/per-transaction, refund/approval, tier-ask] }
      - { id: beyond, args: { amount: $100.01 }, expect: { verdict: deny, rules: [GOV2, tier-ask, desk-month/per-transaction] } }
      - { id: more-than-paid, args: { amount: $300.01 }, expect: { verdict: deny } }
      - { id: not-done, effect: { after: { order_id: A-1, total: $1.00, status: paid } }, expect: { verdict: allow, rules: [], failed: [refund/refunded] } }
      - { id: nameless, args: { order_id: "" }, expect: { verdict: deny, rules: [refund/requires] } }
      - { id: hurry, given: { case: { priority: high } }, expect: { verdict: ask, rules: [office-hours] } }
      - { id: unsure, confidence: 0.1, expect: { verdict: ask, rules: [confidence] } }
`;

describe('coverage and mutation', () => {
  it('[POL8] names rules that never spoke and contracts by which nothing was admitted', async () => {
    const { coverage } = await report(shop(`scenarios:\n  - id: one\n${REFUND}    expect: { verdict: allow }\n`));
    expect(coverage).toEqual({
      rules: 14,
      exercised: 1,
      missing: [
        'refund/not-too-much',
        'refund/refunded',
        'refund/requires/order_id',
        'refund/separation',
        'refund/approval',
        'unrefund/requires/refund_id',
        'office-hours',
        'mails',
        'desk-month/allocation',
        'desk-month/per-transaction',
        'desk-month/per-case',
        'switch/tool:orders',
        'tier-ask',
        'unrefund (never admitted)',
      ],
    });
  });

  it('[POL9] [POL10] [POL11] what is taken away must be missed, and who stands behind is named', async () => {
    const entrusts = '      entrusts: [{ capability: orders.refund, limit: "$3.00" }]\n      stop: { steps: 20 }\n';
    const files = shop(ALL, shopWith(ORG, '      stop: { steps: 20 }\n', entrusts));
    const { definition, scenarios } = await scenariosOf(files);
    const { results } = testPolicies(definition, scenarios);
    expect(results.flatMap(({ id, differences: found }) => found.map((each) => `${id}: ${each}`))).toEqual([]);
    const mutation = mutatePolicies(definition, scenarios);
    expect(mutation).toEqual({
      // All of refund, one of unrefund, the policy, two of the rate, two of the right, one of what is entrusted, three of the
      // budget, two of the switch, the demand for confidence, two tiers.
      mutants: 20,
      survivors: [
        'refund/not-too-much',
        'refund/separation/orders.*',
        'unrefund/requires/refund_id',
        'mails',
        'mails/limit',
        'seats/desk/rights/orders.refund/when',
        'seats/desk/rights/orders.refund/limit',
        'seats/desk/entrusts/orders.refund/limit',
        'desk-month/allocation',
        'desk-month/per-case',
        'brake/switch',
        'brake/condition',
      ],
      backedUp: ['desk-month/per-transaction', 'settings/tiers/flag', 'settings/tiers/ask'],
    });
    const required = mutation.survivors.concat(mutation.backedUp).filter((id) => id.includes('requires/amount'));
    expect(required).toEqual([]);
  });
});
