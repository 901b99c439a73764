import { describe, expect, it } from 'vitest';
import {
  authorisationMatrix,
  diffDefinitions,
  formatDiff,
  formatProblems,
  jsonSchemas,
  type Problem,
} from '../src/index.ts';
import { load, packOf, SHOP, shopWith } from './helpers.ts';

const ORG = 'organisation.yaml';
const TOOLS = 'tools/orders.yaml';
const RULES = 'rules.yaml';

/** The change from the shop to the shop with one text replaced, as data and as text. */
async function change(file: string, from: string, to: string) {
  const before = (await packOf(SHOP)).definition;
  const changes = diffDefinitions(before, (await packOf(shopWith(file, from, to))).definition);
  return { changes, text: formatDiff(changes) };
}

describe('the difference of two definitions', () => {
  it('[PCK90] against nothing everything is new, in a stable order', async () => {
    const { definition } = await packOf(SHOP);
    const changes = diffDefinitions(null, definition);
    expect(changes.map((each) => `${each.action} ${each.kind} ${each.id}`).slice(0, 5)).toEqual([
      'add name name',
      'add settings settings',
      'add units company',
      'add units support',
      'add seats desk',
    ]);
    const shuffled = { ...definition, seats: [...definition.seats].reverse() };
    expect(diffDefinitions(null, shuffled)).toEqual(changes);
    expect(diffDefinitions(definition, shuffled)).toEqual([]);
  });

  it('[PCK90] resources that came, went and changed; name and settings too', async () => {
    const before = (await packOf(SHOP)).definition;
    let files = shopWith('pack.yaml', 'name: The shop', 'name: The store');
    files = shopWith('pack.yaml', 'flag: "$5.00"', 'flag: "$6.00"', files);
    files = shopWith(RULES, '{ id: few,', '{ id: fewer,', files);
    const changes = diffDefinitions(before, (await packOf(files)).definition);
    expect(formatDiff(changes)).toBe(`~ name
    ~ name: "The shop" → "The store"
~ settings
    ~ tiers.flag: 5.00 → 6.00
- target few
+ target fewer

1 to add, 2 to change, 1 to remove`);
  });

  it('[PCK91] money and durations read as people write them, also inside lists', async () => {
    expect((await change('contracts.yml', 'expires: 7d', 'expires: 36h')).text).toContain(
      '~ approval.expires: 7d → 36h',
    );
    expect((await change(ORG, 'limit: "$100.00"', 'limit: "$90.00"')).text).toContain(
      '~ charter.rights[orders.refund].limit: 100.00 → 90.00',
    );
    expect(
      (
        await change(
          ORG,
          '{ capability: orders.get }',
          '{ capability: orders.get }\n        - { capability: "*", limit: "$1.50" }',
        )
      ).text,
    ).toContain('+ charter.rights[*]: { capability: "*", limit: 1.50 }');
  });

  it('[PCK91] numbers that are neither money nor time stay numbers', async () => {
    expect((await change(RULES, 'value: 10', 'value: 5000000')).text).toContain('~ value: 10 → 5000000');
    const tokens = shopWith(
      RULES,
      '"$500.00", perTransaction: "$80.00", perCase: "$120.00"',
      '7000000, currency: tokens',
    );
    const before = (await packOf(tokens)).definition;
    const after = (await packOf(shopWith(RULES, '7000000', '8000000', tokens))).definition;
    expect(formatDiff(diffDefinitions(before, after))).toContain('~ allocation: 7000000 → 8000000');
  });

  it('[PCK91] a new order of the same elements is a change', async () => {
    const { changes } = await change(
      ORG,
      '{ capability: orders.get }\n',
      '{ capability: orders.unrefund, when: now > 0 }\n        - { capability: orders.get }\n',
    );
    expect(changes).toHaveLength(1);
    const definition = (await packOf(SHOP)).definition;
    const turned = structuredClone(definition);
    turned.seats[0]?.charter.rights.reverse();
    expect(diffDefinitions(definition, turned)[0]?.fields).toEqual([
      {
        path: 'charter.rights (order)',
        before: ['orders.get', 'orders.refund', 'orders.unrefund'],
        after: ['orders.unrefund', 'orders.refund', 'orders.get'],
      },
    ]);
  });

  it('[PCK91] no difference is said in words', async () => {
    const { definition } = await packOf(SHOP);
    expect(formatDiff(diffDefinitions(definition, definition))).toBe('no changes');
  });
});

describe('the authorisation matrix', () => {
  it('[PCK92] lists every seat × capability with decision, effect, what asks, contract, policies and limit (R-E12, R-E9)', async () => {
    const text = authorisationMatrix((await packOf(SHOP)).definition);
    expect(text.split('\n').slice(2)).toEqual([
      '# all seats: from 5.00 flagged, above 50.00 asks (USD); a worker less than 90 % sure asks',
      '',
      '## desk (support, bounded)',
      'maximum damage: 80.00 per transaction, 120.00 per case, 500.00 per month (USD); writes without a price: orders.unrefund (reversible)',
      'orders.get | may | read | - | - | ask office-hours | -',
      'orders.refund | may when args.amount <= money("100.00") | compensable | first-use ask when args.amount > money("20.00") | refund | ask office-hours, defer mails | 100.00',
      'orders.unrefund | may | reversible | first-use | unrefund | ask office-hours | -',
      '',
      '## owner (company, coordinator)',
      'maximum damage: moves no money; no writes without a price',
      'orders.get | no | read | - | - | - | -',
      'orders.refund | no | compensable | - | refund | - | -',
      'orders.unrefund | no | reversible | - | unrefund | - | -',
      '',
    ]);
  });

  it('[PCK92] says what a seat may have done, and how many must agree', async () => {
    const stop = '      stop: { steps: 20 }\n';
    const entrusts = `      entrusts: [{ capability: orders.unrefund, when: now > 0, limit: $5.00 }]\n${stop}`;
    const files = shopWith('contracts.yml', 'approvers: [owner],', 'approvers: [owner, desk], quorum: 2,');
    const text = authorisationMatrix((await packOf(shopWith(ORG, stop, entrusts, files))).definition);
    expect(text).toContain('\nmay have done: orders.unrefund up to 5.00 when now > 0\n');
    expect(text).toContain('| first-use ask when args.amount > money("20.00") (2 must agree) |');
  });

  it('[PCK92] says when a capability was earned, and which edges ask otherwise', async () => {
    const files = shopWith('pack.yaml', 'settings:\n', 'settings:\n  earned: [orders.refund]\n');
    const edged = shopWith(TOOLS, 'effect: reversible\n', 'effect: irreversible\n    edges: [public]\n', files);
    const text = authorisationMatrix(
      (await packOf(shopWith(ORG, 'tier: bounded', 'tier: executor', edged))).definition,
    );
    expect(text).toContain('| compensable | earned ask when args.amount > money("20.00") |');
    expect(text).toContain('orders.unrefund | may | irreversible | irreversible public first-use |');
  });

  const damage = async (files: Record<string, string>) =>
    /maximum damage: (.*?);/.exec(authorisationMatrix((await packOf(files)).definition))?.[1];

  it('[PCK93] without a budget the sum is unbounded, and without a limit everything is', async () => {
    const { [RULES]: rules = '', ...rest } = SHOP;
    const files = { ...rest, [RULES]: rules.replace(/budgets:\n.*\n/, '') };
    expect(await damage(files)).toBe('unbounded in sum, 100.00 per transaction (USD)');
    expect(await damage(shopWith(ORG, '          limit: "$100.00"\n', '', files))).toBe('unbounded');
  });

  it('[PCK93] budgets of the units around a seat and of the organisation bound it too', async () => {
    const more = `budgets:
  - { id: all, allocation: "$90.00", period: day }
  - { id: company, unit: company, allocation: "$300.00" }
  - { id: other, seat: owner, allocation: "$1.00" }
  - { id: tokens, currency: tokens, allocation: 5 }
`;
    expect(await damage({ ...SHOP, 'more.yaml': more })).toBe(
      '80.00 per transaction, 120.00 per case, 90.00 per day, 300.00 per month (USD)',
    );
  });
});

describe('[PCK93] budgets of other kinds', () => {
  it('bound a quarter, and a case by its own account; those of a category bound nothing else', async () => {
    const more = `budgets:
  - { id: quarter, allocation: "$900.00", period: quarter }
  - { id: file, each: case, allocation: "$99.00", period: once }
  - { id: part, allocation: "$1.00", only: { topics: [damage] } }
`;
    const { definition } = await packOf({ ...SHOP, 'more.yaml': more });
    expect(authorisationMatrix(definition)).toContain(
      '80.00 per transaction, 99.00 per case, 500.00 per month, 900.00 per quarter (USD)',
    );
  });
});

describe('what people and editors read', () => {
  it('[PCK81] problems are grouped by file and show place, field, message, rule and hint', async () => {
    const result = await load(shopWith('pack.yaml', 'version: 1', 'version: one'));
    expect(result.ok ? '' : formatProblems(result.problems)).toBe(`pack.yaml
  pack.yaml:2:10 version
    "one" is not valid: expected number [PCK8]
    → correct the value`);
    const two: Problem[] = ['b', 'a', 'b'].map((file, line) => ({ file, line, rule: 'PCK1', message: `m${line}` }));
    expect(formatProblems(two)).toBe('a\n  a:1\n    m1 [PCK1]\n\nb\n  b:0\n    m0 [PCK1]\n  b:2\n    m2 [PCK1]');
  });

  it('[PCK94] there is a JSON Schema for pack.yaml and for each kind of resource, of what one writes', () => {
    const schemas = jsonSchemas();
    expect(Object.keys(schemas)).toContain('pack');
    expect(schemas.seats).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['id', 'title', 'unit', 'charter'],
    });
    expect(schemas.contracts).toMatchObject({ required: ['id', 'capability'] });
    expect(JSON.parse(JSON.stringify(schemas))).toEqual(schemas);
  });
});
