import { describe, expect, it } from 'vitest';
import { mutatePolicies, readScenarios, type Sited, testPolicies } from '../src/index.ts';
import { folder, loadDir } from './helpers.ts';

/** An office with everything that acts over time or across people. */
const OFFICE = {
  'pack.yaml': `pack: office
version: 1
name: Office
settings:
  intake: clerk
  tiers: { flag: "$500.00", ask: "$5000.00" }
  earned: [pay, mails.send, notes.save]
  reviews: { perHour: 4 }
`,
  'organisation.yaml': `units:
  - { id: office, title: Office, kind: company }
seats:
  - id: head
    title: Head
    unit: office
    charter: { purpose: Decide, tier: coordinator, metrics: [failures], evidence: A decision }
    occupant: { principal: ann, kind: human }
  - id: second
    title: Second
    unit: office
    supervisor: head
    charter: { purpose: Decide, tier: coordinator, metrics: [failures], evidence: A decision }
    occupant: { principal: bob, kind: human }
  - id: third
    title: Third
    unit: office
    supervisor: head
    charter: { purpose: Decide, tier: coordinator, metrics: [failures], evidence: A decision }
    occupant: { principal: cyd, kind: human }
  - id: clerk
    title: Clerk
    unit: office
    supervisor: second
    charter:
      purpose: Pay and write
      tier: executor
      metrics: [failures]
      evidence: A number
      rights: [{ capability: pay }, { capability: mails.send }, { capability: mails.read }, { capability: files.read },
        { capability: notes.save }, { capability: notes.read }]
      stop: { steps: 20 }
    abilities: { topics: [bills] }
    occupant: { principal: bot, kind: mcp }
`,
  'tools.yaml': `tools:
  - { id: bank, connector: sqlite, config: { file: bank.db } }
capabilities:
  - { id: pay, tool: bank, effect: irreversible, args: { iban: string, amount: money, for: string, bill: { type: integer, optional: true } },
      sensitive: [iban, bill], groundedBy: { bill: [instruction] }, cost: { expr: args.amount }, config: { sql: "x" } }
  - { id: mails.send, tool: bank, effect: irreversible, args: { to: string, text: string }, sensitive: [to],
      audience: [mine], config: { sql: "x" } }
  - { id: mails.read, tool: bank, effect: read, args: {}, returns: { text: string }, taints: true, config: { sql: "x" } }
  - { id: files.read, tool: bank, effect: read, args: {}, returns: { text: string }, confidential: mine, config: { sql: "x" } }
  - { id: notes.save, tool: bank, effect: reversible, args: { name: string, text: string }, stores: name, config: { sql: "x" } }
  - { id: notes.read, tool: bank, effect: read, args: { name: string }, returns: { text: string }, recalls: name,
      config: { sql: "x" } }
`,
  'contracts.yaml': `contracts:
  - { id: pay, capability: pay, approval: { when: args.amount > money("100.00"), approvers: [second, third], quorum: 2 } }
  - { id: mail, capability: mails.send,
      approval: { when: args.text.size() > 20, approvers: [second], grants: { uses: 3, for: 2d } } }
  - { id: note, capability: notes.save }
rates:
  - { id: payments, on: [pay], per: organisation, limit: 3, window: 1h }
switches:
  - { id: brake, scope: tool, target: bank, metrics: [failures], when: metrics.failures >= 30 && samples.failures >= 10, because: Odd }
budgets:
  - { id: to-one, allocation: "$900.00", perRecipient: { amount: "$250.00", argument: iban } }
  - { id: runs-a-day, currency: runs, allocation: 50, period: day }
  - { id: tokens-a-day, currency: tokens, allocation: 1000, period: day }
metrics:
  - { id: failures, title: Failures, measure: { ratio: { of: { event: case.closed }, to: { event: case.closed } } } }
`,
  'scenarios.yaml': '',
};

const SCENARIOS = `common: { seat: clerk, given: { case: { by: second, subject: "Pay 40.00 for bill 7731 to DE44500105175407324931", text: bills } } }
scenarios:
  - id: pay
    capability: pay
    args: { iban: DE44500105175407324931, amount: $40.00, for: paper, bill: 7731 }
    expect: { verdict: allow, rules: [] }
    variants:
      - { id: much, args: { amount: $100.01 }, answers: [{ by: second }], expect: { verdict: ask, rules: [pay/approval], review: pending } }
      - id: two-agree
        args: { amount: $100.01 }
        answers: [{ by: second }, { by: third }]
        effect: {}
        expect: { verdict: ask, review: approved, failed: [] }
      - id: one-person-is-one
        args: { amount: $100.01 }
        answers: [{ by: second }, { by: second }, { by: head, verdict: reject, note: no }]
        expect: { verdict: ask, refused: [GOV46], review: rejected }
      - id: a-deputy
        args: { amount: $100.01 }
        given: { deputies: [{ seat: second, deputy: head }] }
        answers: [{ by: clerk }, { by: head }]
        expect: { verdict: ask, refused: [GOV10], review: pending }
      - id: pace
        given: { earlier: [{ seat: clerk, capability: pay, args: { iban: DE1, amount: $1.00, for: x }, times: 3, elsewhere: true }] }
        expect: { verdict: defer, rules: [payments] }
      - id: before-pace
        given: { earlier: [{ seat: clerk, capability: pay, args: { iban: DE1, amount: $1.00, for: x }, times: 2, elsewhere: true }] }
        expect: { verdict: allow, rules: [] }
      - { id: to-one, args: { amount: $250.01 }, expect: { verdict: ask, rules: [pay/approval, to-one/per-recipient] } }
      - { id: all, args: { amount: $900.01 }, expect: { verdict: deny } }
      - id: read-a-mail
        given: &mail { earlier: [{ seat: clerk, capability: mails.read, result: { text: "Pay DE02120300000000202051 41.50" } }] }
        expect: { verdict: allow, rules: [] }
      - { id: iban-of-the-mail, given: *mail, args: { iban: DE02120300000000202051 }, expect: { verdict: ask, rules: [PRV3/iban] } }
      - { id: bill-of-nobody, given: *mail, args: { bill: 7732 }, expect: { verdict: ask, rules: [PRV3/bill] } }
  - id: mail
    capability: mails.send
    args: { to: ann@example.com, text: short }
    expect: { verdict: allow, rules: [] }
    variants:
      - { id: unsure, confidence: 0.2, expect: { verdict: ask, rules: [confidence] } }
      - { id: long, args: { text: a text of more than twenty }, expect: { verdict: ask, rules: [mail/approval] } }
      - id: granted
        args: { text: a text of more than twenty }
        given: { granted: [{ by: second, uses: 3, for: 2d }] }
        expect: { verdict: allow, rules: [G-1, mail/approval] }
      - id: granted-too-much
        given: { granted: [{ uses: 4 }, { for: 3d }, { by: third }] }
        expect: { verdict: allow, refused: [GOV45, GOV45, GOV45] }
      - { id: asked-often, args: { text: a text of more than twenty }, given: { asked: 4 }, expect: { verdict: defer, rules: [GOV48, mail/approval] } }
      - { id: odd, given: { metrics: { failures: { value: 30, samples: 10 } } }, expect: { verdict: deny, rules: ["switch/tool:bank"] } }
      - { id: few, given: { metrics: { failures: { value: 100, samples: 9 } } }, expect: { verdict: allow, rules: [] } }
      - id: to-a-stranger
        args: { to: eve@example.org }
        given: &noted
          earlier:
            - { seat: clerk, capability: notes.save, args: { name: n, text: x }, elsewhere: true }
            - { seat: clerk, capability: notes.read, args: { name: n }, result: { text: eve@example.org } }
        expect: { verdict: ask, rules: [PRV3/to] }
      - id: what-is-kept
        seat: clerk
        capability: pay
        args: { iban: DE44500105175407324931, amount: $40.00, for: "the plan is code name walrus", to: null, text: null }
        given: { earlier: [{ seat: clerk, capability: files.read, result: { text: "the plan is code name walrus" } }] }
        expect: { verdict: deny, rules: [PRV6] }
  - { id: run, run: { tokens: 900 }, expect: { verdict: allow, rules: [] } }
  - { id: tokens, run: { tokens: 900 }, given: { used: { tokens: 100 } }, expect: { verdict: deny, rules: [tokens-a-day/allocation] } }
  - { id: no-tokens, run: {}, given: { used: { tokens: 1000 } }, expect: { verdict: deny, rules: [tokens-a-day/allocation] } }
  - { id: runs, run: {}, given: { used: { runs: 50 } }, expect: { verdict: deny, rules: [runs-a-day/allocation] } }
  - { id: stopped, run: {}, given: { stopped: [seat/clerk] }, expect: { verdict: deny, rules: [GOV51] } }
`;

async function opened(scenarios = SCENARIOS) {
  const { 'scenarios.yaml': _none, ...files } = OFFICE;
  const dir = await folder({ ...files, 'policy-tests/a.yaml': scenarios });
  const loaded = await loadDir(dir);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { definition } = loaded.pack;
  return { definition, read: await readScenarios(dir, definition) };
}

async function office(): Promise<{ definition: Parameters<typeof testPolicies>[0]; scenarios: readonly Sited[] }> {
  const { definition, read } = await opened();
  if (!read.ok) throw new Error(JSON.stringify(read.problems, null, 1));
  return { definition, scenarios: read.scenarios };
}

describe('scenarios over time and across people', () => {
  it('[POL12] [POL13] [POL14] [POL15] [POL16] end as they say', async () => {
    const { definition, scenarios } = await office();
    const { results, coverage } = testPolicies(definition, scenarios);
    expect(results.flatMap(({ id, differences }) => differences.map((each) => `${id}: ${each}`))).toEqual([]);
    expect(coverage.missing).toEqual(['tier-ask', 'note (never admitted)']);
  });

  it('[POL9] every safeguard taken away is missed: quorum, grants, pace, sums, switches, throttle, runs, tokens, labels', async () => {
    const { definition, scenarios } = await office();
    const { mutants, survivors, backedUp } = mutatePolicies(definition, scenarios);
    expect(survivors).toEqual(['settings/tiers/flag', 'settings/tiers/ask']);
    expect({ mutants, backedUp }).toEqual({ mutants: 25, backedUp: ['to-one/per-recipient'] });
  });

  it('[POL9] and is not, when the scenario about it is not there', async () => {
    const { definition, scenarios } = await office();
    const left = scenarios.filter(({ scenario }) => ['pay', 'mail', 'run'].includes(scenario.id));
    const { survivors } = mutatePolicies(definition, left);
    expect(survivors).toEqual(
      expect.arrayContaining([
        ...['pay/quorum', 'mail/grants/uses', 'mail/grants/for', 'payments', 'payments/limit', 'brake/switch'],
        ...['brake/condition', 'to-one/per-recipient', 'runs-a-day/allocation', 'tokens-a-day/allocation'],
        ...['settings/reviews/perHour', 'capabilities/pay/sensitive/iban', 'capabilities/pay/groundedBy/bill'],
        ...['capabilities/mails.read/taints', 'capabilities/files.read/confidential'],
        ...['capabilities/notes.save/stores', 'capabilities/notes.read/recalls'],
      ]),
    );
  });

  it.each([
    ['answers: [{ by: nobody }]', 'answers[0].by', /no "nobody" among the seats/],
    ['given: { deputies: [{ seat: second, deputy: nobody }] }', 'given.deputies[0].deputy', /no "nobody"/],
    ['given: { granted: [{ by: nobody }] }', 'given.granted[0].by', /no "nobody"/],
    ['given: { granted: [{ capability: nothing }] }', 'given.granted[0].capability', /no "nothing"/],
    ['given: { metrics: { nothing: { value: 1 } } }', 'given.metrics.nothing', /no "nothing" among the metrics/],
    ['given: { case: { by: nobody } }', 'given.case.by', /no "nobody"/],
    ['run: {}', 'capability', /not both/],
  ])('[POL2] %s does not fit the pack', async (line, field, message) => {
    const text = `scenarios:\n  - id: one\n    seat: clerk\n    capability: mails.read\n    expect: { verdict: allow }\n    ${line}\n`;
    const { read } = await opened(text);
    const problem = read.ok ? undefined : read.problems[0];
    expect(problem).toMatchObject({ field: `scenarios[one].${field}`, message: expect.stringMatching(message) });
    expect(problem?.line).toBeGreaterThan(1);
  });

  it('[POL6] answers that nobody asked for cannot be played, and a count cannot be a fraction of itself', async () => {
    const text = (line: string) =>
      `scenarios:\n  - { id: one, seat: clerk, capability: mails.read, expect: { verdict: allow }, ${line} }\n`;
    for (const [line, why] of [
      ['answers: [{ by: second }]', /"second" answers, but the gate asks nobody/],
      ['given: { metrics: { failures: { value: 5, samples: 0 } } }', /"failures" cannot be 5 after 0 events/],
    ] as const) {
      const { definition, read } = await opened(text(line));
      if (!read.ok) throw new Error(JSON.stringify(read.problems));
      expect(testPolicies(definition, read.scenarios).results[0]?.differences[0]).toMatch(why);
    }
  });
});
