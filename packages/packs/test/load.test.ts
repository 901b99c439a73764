import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, load, loadDir, packOf, problemsOf, SHOP, shopWith } from './helpers.ts';

/** Rules and places of the problems, for comparison. */
const places = (problems: Awaited<ReturnType<typeof problemsOf>>) =>
  problems.map(({ rule, file, line, column }) => [rule, file, line, column]);

describe('the folder', () => {
  it('[PCK1] one that does not exist is named, with the reason', async () => {
    const result = await loadDir('/nowhere/at/all');
    expect(result).toMatchObject({ ok: false, problems: [{ rule: 'PCK1', file: '/nowhere/at/all' }] });
    expect(!result.ok && result.problems[0]?.message).toMatch(/there is nothing at this path/);
  });

  it('[PCK1] a file is not a folder', async () => {
    const dir = await folder(SHOP);
    const result = await loadDir(join(dir, 'pack.yaml'));
    expect(!result.ok && result.problems[0]).toMatchObject({
      rule: 'PCK1',
      message: expect.stringMatching(/not a folder/),
    });
  });

  it('[PCK1] an empty folder is told what to create', async () => {
    const [first] = (await problemsOf({})).filter((problem) => problem.rule === 'PCK1');
    expect(first).toMatchObject({ file: 'pack.yaml', hint: expect.stringMatching(/"pack: <id>"/) });
  });

  it('[PCK2] tickets, knowledge, node_modules, test and dot folders are not loaded', async () => {
    const broken = 'seats: [';
    const skipped = [
      'tickets/a.yaml',
      'knowledge/a.yaml',
      'node_modules/x/a.yaml',
      'test/a.yaml',
      '.git/a.yaml',
      'a/test/b.yml',
    ];
    const files = Object.fromEntries(skipped.map((name) => [name, broken]));
    expect((await load({ ...SHOP, ...files })).ok).toBe(true);
  });

  it('[PCK2] a file above 2 MB is refused unread', async () => {
    const problems = await problemsOf({ ...SHOP, 'big.yaml': `# ${'x'.repeat(2 * 1024 * 1024)}` });
    expect(problems).toMatchObject([
      { rule: 'PCK2', file: 'big.yaml', message: expect.stringMatching(/at most 2097152/) },
    ]);
  });

  it('[PCK2] more than 2000 files are refused, once', async () => {
    const dir = await folder(SHOP);
    await mkdir(join(dir, 'many'));
    await Promise.all(Array.from({ length: 2000 }, (_, i) => writeFile(join(dir, 'many', `${i}.yaml`), '')));
    const result = await loadDir(dir);
    const limits = result.ok ? [] : result.problems.filter((problem) => problem.rule === 'PCK2');
    expect(limits).toMatchObject([{ message: 'the pack has more than 2000 YAML and script files' }]);
  });

  it('[PCK2] a symbolic link out of the folder is refused, whatever its name', async () => {
    const outside = await folder({ 'secret.yaml': 'seats: []\n' });
    const dir = await folder(SHOP);
    await symlink(join(outside, 'secret.yaml'), join(dir, 'extra.yaml'));
    await symlink(outside, join(dir, 'linked'));
    await symlink('/nowhere', join(dir, 'dangling'));
    const result = await loadDir(dir);
    const refused = result.ok ? [] : result.problems.map((problem) => [problem.rule, problem.file]);
    expect(refused).toEqual([
      ['PCK2', 'dangling'],
      ['PCK2', 'extra.yaml'],
      ['PCK2', 'linked'],
    ]);
  });

  it('[PCK2] a symbolic link to a file of the pack is read', async () => {
    const dir = await folder({ ...SHOP, 'tickets/more.yaml': 'units:\n  - { id: extra, title: Extra }\n' });
    await symlink(join(dir, 'tickets', 'more.yaml'), join(dir, 'more.yaml'));
    const result = await loadDir(dir);
    expect(result.ok && result.pack.definition.units.map((unit) => unit.id)).toEqual(['company', 'extra', 'support']);
  });

  it('[PCK3] a binary file named .yaml is refused', async () => {
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d]);
    const latin = Uint8Array.from([0x6e, 0xe4, 0x6d, 0x65]);
    const problems = await problemsOf({ ...SHOP, 'logo.yaml': png, 'latin.yaml': latin });
    expect(places(problems)).toEqual([
      ['PCK3', 'latin.yaml', undefined, undefined],
      ['PCK3', 'logo.yaml', undefined, undefined],
    ]);
  });
});

describe('YAML', () => {
  it('[PCK4] a syntax error names line and column', async () => {
    const problems = await problemsOf({ ...SHOP, 'bad.yaml': 'units:\n  - { id: a, title: "A }\n' });
    expect(problems[0]).toMatchObject({ rule: 'PCK4', file: 'bad.yaml', hint: expect.stringMatching(/indentation/) });
    expect(problems[0]?.line).toBeGreaterThanOrEqual(2);
  });

  it('[PCK4] a broken file does not make everything that refers to it a mistake', async () => {
    const problems = await problemsOf(shopWith('organisation.yaml', 'title: Owner', 'title: "Owner'));
    expect(new Set(problems.map((problem) => problem.file))).toEqual(new Set(['organisation.yaml']));
  });

  it('[PCK4] a key given twice is an error at its second place', async () => {
    const problems = await problemsOf({ ...SHOP, 'twice.yaml': 'units:\n  - id: a\n    title: A\n    title: B\n' });
    expect(places(problems)).toEqual([['PCK4', 'twice.yaml', 4, 5]]);
  });

  it('[PCK4] several documents, custom tags and infinite numbers are errors', async () => {
    const problems = await problemsOf({
      ...SHOP,
      'a.yaml': 'units: []\n---\nseats: []\n',
      'b.yaml': 'units: !exec rm\n',
      'c.yaml': 'tools:\n  - { id: x, connector: sqlite, config: { file: .inf } }\n',
    });
    expect(problems.map((problem) => [problem.rule, problem.file])).toEqual([
      ['PCK4', 'a.yaml'],
      ['PCK4', 'b.yaml'],
      ['PCK4', 'c.yaml'],
    ]);
    expect(problems[2]).toMatchObject({ line: 2, field: 'tools[0].config.file' });
  });

  it('[PCK5] aliases work, and a bomb of them is refused', async () => {
    const shared =
      'tools:\n  - { id: a, connector: sqlite, config: &c { file: x.db } }\n  - { id: b, connector: sqlite, config: *c }\n';
    expect((await load({ ...SHOP, 'more.yaml': shared })).ok).toBe(true);
    const bomb = [
      'a0: &a0 [x,x,x,x,x,x,x,x,x]',
      ...Array.from({ length: 8 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`),
    ];
    expect(places(await problemsOf({ ...SHOP, 'bomb.yaml': bomb.join('\n') }))).toEqual([
      ['PCK5', 'bomb.yaml', undefined, undefined],
    ]);
  });

  it('[PCK5] an alias inside itself and bottomless nesting are refused', async () => {
    const problems = await problemsOf({
      ...SHOP,
      'ring.yaml': 'units: &a [*a, *a]\n',
      'deep.yaml': `units: ${'['.repeat(60)}${']'.repeat(60)}\n`,
      'abyss.yaml': `units: ${'['.repeat(30_000)}`,
    });
    expect(new Set(problems.map((problem) => problem.file))).toEqual(new Set(['abyss.yaml', 'deep.yaml', 'ring.yaml']));
  });
});

describe('the form of resources', () => {
  it('[PCK6] an unknown kind suggests the nearest one, and what is in it still counts as declared', async () => {
    const problems = await problemsOf(shopWith('organisation.yaml', 'seats:', 'saets:'));
    expect(problems).toMatchObject([
      { rule: 'PCK6', file: 'organisation.yaml', line: 4, column: 1, field: 'saets', hint: 'did you mean "seats"?' },
    ]);
  });

  it('[PCK6] resources that are not a list, and a file that is not a mapping', async () => {
    const problems = await problemsOf({
      ...SHOP,
      'a.yaml': 'units: { id: x }\n',
      'b.yaml': '- id: x\n',
      'c.yaml': 'just text',
    });
    expect(places(problems)).toEqual([
      ['PCK6', 'a.yaml', 1, 1],
      ['PCK6', 'b.yaml', 1, 1],
      ['PCK6', 'c.yaml', 1, 1],
    ]);
  });

  it('[PCK6] an empty file and an empty kind are no mistake', async () => {
    expect((await load({ ...SHOP, 'a.yaml': '# nothing yet\n', 'b.yaml': 'units:\n' })).ok).toBe(true);
  });

  it('[PCK6] resources in pack.yaml and pack fields elsewhere are told where they belong', async () => {
    const problems = await problemsOf({
      ...shopWith('pack.yaml', 'version: 1\n', 'version: 1\nseats: []\n'),
      'a.yaml': 'settings: {}\n',
    });
    expect(problems.map((problem) => [problem.file, problem.hint])).toEqual([
      ['a.yaml', '"settings" belongs in pack.yaml at the top of the pack'],
      ['pack.yaml', 'write "seats:" in a file of its own, e.g. seats.yaml'],
    ]);
  });

  it('[PCK7] an unknown field is named, with the nearest valid one', async () => {
    const problems = await problemsOf(shopWith('organisation.yaml', 'escalation: owner', 'escalate: owner'));
    expect(problems).toEqual([
      {
        rule: 'PCK7',
        file: 'organisation.yaml',
        line: 19,
        column: 7,
        field: 'seats[desk].charter.escalate',
        message: 'there is no field "escalate" here',
        hint: 'did you mean "escalation"?',
      },
    ]);
  });

  it('[PCK7] an unknown field inside a union is named by the branch that was meant', async () => {
    const problems = await problemsOf(shopWith('rules.yaml', 'where: body.ok == true', 'were: body.ok == true'));
    expect(problems).toMatchObject([
      { rule: 'PCK7', field: 'metrics[refunds].measure.count.were', hint: 'did you mean "where"?' },
    ]);
  });

  it('[PCK7] an unknown setting is found in pack.yaml', async () => {
    const problems = await problemsOf(shopWith('pack.yaml', 'intake: desk', 'intakes: desk'));
    expect(problems).toMatchObject([
      { rule: 'PCK7', file: 'pack.yaml', line: 5, column: 3, field: 'settings.intakes' },
    ]);
  });

  it('[PCK8] missing and wrong values say what is expected', async () => {
    const files = shopWith('rules.yaml', 'direction: at-most', 'direction: atmost');
    const problems = await problemsOf(shopWith('rules.yaml', 'allocation: "$500.00"', 'allocation: "lots"', files));
    expect(problems.map((problem) => [problem.rule, problem.field, problem.message, problem.hint])).toEqual([
      [
        'PCK8',
        'budgets[desk-month].allocation',
        '"lots" is not valid: expected an amount such as "$12.50" (or integer micro-units)',
        'correct the value',
      ],
      [
        'PCK8',
        'targets[few].direction',
        '"atmost" is not one of the allowed values: at-least, at-most',
        'did you mean "at-most"?',
      ],
    ]);
    expect(await problemsOf({ ...SHOP, 'a.yaml': 'units:\n  - id: x\n' })).toMatchObject([
      {
        rule: 'PCK8',
        line: 2,
        column: 5,
        field: 'units[x].title',
        message: expect.stringMatching(/"title" is missing/),
      },
    ]);
  });

  it('[PCK8] a field type that does not exist is reported with those that do', async () => {
    const problems = await problemsOf(shopWith('tools/orders.yaml', 'status: string', 'status: strng'));
    expect(problems).toMatchObject([
      { rule: 'PCK8', field: 'capabilities[orders.get].returns.status', hint: 'did you mean "string"?' },
    ]);
  });

  it('[PCK8] a resource that is not a mapping, and a file name with a bad id', async () => {
    const problems = await problemsOf({ ...SHOP, 'a.yaml': 'units:\n  - 7\n  - { id: Big One, title: x }\n' });
    expect(problems.map((problem) => [problem.rule, problem.line, problem.field])).toEqual([
      ['PCK8', 2, 'units[0]'],
      ['PCK8', 3, 'units[1].id'],
    ]);
  });

  it('[PCK9] three mistakes of three sorts in three files are all reported', async () => {
    let files = shopWith('pack.yaml', 'version: 1', 'version: one');
    files = shopWith('organisation.yaml', 'capability: orders.get', 'capability: orders.got', files);
    files = shopWith('contracts.yml', 'args.amount <= reads', 'args.amuont <= reads', files);
    expect(places(await problemsOf(files))).toEqual([
      ['PCK46', 'contracts.yml', 9, 37],
      ['PCK30', 'organisation.yaml', 21, 25],
      ['PCK8', 'pack.yaml', 2, 10],
    ]);
  });
});

describe('a loaded pack', () => {
  it('[PCK80] has its id, version, definition, scripts and the places of its resources', async () => {
    const pack = await packOf(SHOP);
    expect(pack).toMatchObject({
      id: 'shop',
      version: 1,
      definition: { name: 'The shop', settings: { intake: 'desk' } },
    });
    expect(Object.keys(pack.scripts)).toEqual(['agents/desk.ts']);
    expect(pack.locate('seats', 'desk')).toEqual({ file: 'organisation.yaml', line: 10, column: 5 });
    expect(pack.locate('contracts', 'refund', ['pre', 0, 'that'])).toEqual({
      file: 'contracts.yml',
      line: 9,
      column: 37,
    });
    expect(pack.locate('seats', 'nobody')).toBeUndefined();
  });

  it('[PCK80] the digest does not depend on the folder, the order or the files of resources', async () => {
    const { 'rules.yaml': rules = '', 'contracts.yml': contracts = '', ...rest } = SHOP;
    const merged = await packOf({ ...rest, 'all/in/one.yaml': `${rules}${contracts}` });
    expect(merged.digest).toBe((await packOf(SHOP)).digest);
    expect(merged.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('[PCK80] the digest changes with any field and with any byte of a script', async () => {
    const base = (await packOf(SHOP)).digest;
    const field = (await packOf(shopWith('rules.yaml', 'value: 10', 'value: 11'))).digest;
    const script = (await packOf({ ...SHOP, 'agents/desk.ts': 'export default { };\n' })).digest;
    expect(new Set([base, field, script]).size).toBe(3);
  });
});
