import { appendFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { reeve, SUPPORT, serving, temporary } from './support/cli.ts';

let folder = '';
let here = { data: '', cwd: '' };
beforeEach(() => {
  const parent = temporary();
  folder = join(parent, 'shop');
  here = { data: join(parent, 'data'), cwd: parent };
});

const copy = () => cpSync(SUPPORT, folder, { recursive: true });

/** Replaces a piece of a file of the copied pack, which must be there. */
function edit(file: string, from: string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

/** Broken packs: what was done to them, and file, line and field that must be named. */
const BROKEN: Record<string, { readonly breakIt: () => void; readonly named: RegExp }> = {
  'YAML that cannot be parsed': {
    breakIt: () => edit('governance/budgets.yaml', 'budgets:', 'budgets: ]'),
    named: /governance\/budgets\.yaml:1:\d+/,
  },
  'an unknown field': {
    breakIt: () => edit('organisation/seats.yaml', '    title: Support lead', '    titel: Support lead'),
    named: /organisation\/seats\.yaml:3:\d+ seats\[operator\]\.titel/,
  },
  'a contract with a type error': {
    breakIt: () => edit('governance/contracts.yaml', 'that: args.amount > 0', 'that: args.amount > "much"'),
    named: /governance\/contracts\.yaml:\d+:\d+ contracts\[refund\]\.pre\[1\]\.that/,
  },
  'supervisors in a circle': {
    breakIt: () =>
      edit(
        'organisation/seats.yaml',
        'unit: specialists\n    supervisor: operator',
        'unit: specialists\n    supervisor: orders-specialist',
      ),
    named: /organisation\/seats\.yaml:\d+:\d+ seats\[[a-z-]+\]\.supervisor/,
  },
  'a contract for a capability that is missing': {
    breakIt: () => edit('governance/contracts.yaml', 'capability: orders.refund', 'capability: orders.refunds'),
    named: /governance\/contracts\.yaml:3:\d+ contracts\[refund\]\.capability/,
  },
  'two seats with one id': {
    breakIt: () =>
      appendFileSync(join(folder, 'organisation/seats.yaml'), '\n  - id: router\n    title: Twin\n    unit: front\n'),
    named: /organisation\/seats\.yaml:\d+:\d+ seats\[router\]/,
  },
};

describe('[CLI21] a broken pack', () => {
  it.each(Object.keys(BROKEN))('with %s is named by file, line and field, and nothing is applied', async (name) => {
    copy();
    BROKEN[name]!.breakIt();
    const planned = await reeve(here, 'plan', 'shop');
    expect(planned).toMatchObject({ code: 3, out: '' });
    expect(planned.err).toMatch(BROKEN[name]!.named);
    expect(planned.err).toContain('nothing was changed');
    expect(await reeve(here, 'apply', 'shop', '--yes')).toMatchObject({ code: 3, err: planned.err });
    expect(existsSync(here.data)).toBe(false);
    const { problems } = JSON.parse((await reeve(here, 'plan', 'shop', '--json')).out);
    expect(problems[0]).toMatchObject({
      file: expect.any(String),
      line: expect.any(Number),
      message: expect.any(String),
    });
  });

  it('that is no folder, or a folder without pack.yaml, is one problem', async () => {
    expect(await reeve(here, 'plan', 'nowhere')).toMatchObject({ code: 3, err: expect.stringContaining('PCK1') });
    expect(await reeve(here, 'plan', '.')).toMatchObject({ code: 3, err: expect.stringContaining('pack.yaml') });
  });

  it('leaves the organisation in force as it is', async () => {
    copy();
    expect((await reeve(here, 'apply', 'shop', '--yes')).code).toBe(0);
    edit('governance/budgets.yaml', 'budgets:', 'budgets: ]');
    expect((await reeve(here, 'apply', 'shop', '--yes')).code).toBe(3);
    expect(JSON.parse((await reeve(here, 'status', '--json')).out).name).toBe('Acme Outdoor');
  });
});

describe('plan', () => {
  it('[CLI6] looking makes no data directory', async () => {
    copy();
    const { code, out } = await reeve(here, 'plan', 'shop');
    expect(code).toBe(0);
    expect(out).toContain('A new organisation:\n+ 5 units: acme');
    expect(existsSync(here.data)).toBe(false);
  });

  it('[CLI23] shows what changes, and who may do what differently', async () => {
    copy();
    await reeve(here, 'apply', 'shop', '--yes');
    edit('governance/budgets.yaml', '$2500.00', '$3000.00');
    edit(
      'organisation/seats.yaml',
      '{ capability: orders.replace, limit: $500.00 }',
      '{ capability: orders.replace, limit: $600.00 }',
    );
    const { code, out } = await reeve(here, 'plan', 'shop', '--matrix');
    expect(code).toBe(0);
    expect(out).toContain('allocation: 2500.00 → 3000.00');
    expect(out).toMatch(/^- operator \| orders\.replace \| may .* 500\.00$/m);
    expect(out).toMatch(/^\+ operator \| orders\.replace \| may .* 600\.00$/m);
    const { changes, matrix } = JSON.parse((await reeve(here, 'plan', 'shop', '--matrix', '--json')).out);
    expect(changes).toHaveLength(2);
    expect(matrix).toContainEqual(expect.stringMatching(/^\+ operator \| orders\.replace/));
  });
});

describe('[CLI22] apply', () => {
  it('asks on a terminal, and does nothing without a yes', async () => {
    copy();
    const asked = { ...here, terminal: { columns: 100, answer: 'n' } };
    const refused = await reeve(asked, 'apply', 'shop');
    expect(refused).toMatchObject({ code: 0, out: expect.stringContaining('not applied') });
    expect(existsSync(here.data)).toBe(false);
    const agreed = await reeve(
      { ...asked, terminal: { columns: 100, answer: 'y' } },
      'apply',
      'shop',
      '--reason',
      'first',
    );
    expect(agreed).toMatchObject({ code: 0, out: expect.stringContaining('applied') });
    expect((await reeve(here, 'ledger', 'tail', '-n', '50', '--json')).out).toContain('"reason":"first"');
  });

  it('needs --yes where nobody can be asked', async () => {
    copy();
    expect(await reeve(here, 'apply', 'shop')).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect(await reeve({ ...here, terminal: { columns: 100 } }, 'apply', 'shop', '--json')).toMatchObject({ code: 2 });
  });

  it('a pack that is in force already changes nothing', async () => {
    copy();
    await reeve(here, 'apply', 'shop', '--yes');
    const head = async () => JSON.parse((await reeve(here, 'status', '--json')).out).seq;
    const before = await head();
    expect(await reeve(here, 'apply', 'shop', '--yes')).toMatchObject({
      code: 0,
      out: expect.stringContaining('nothing to apply'),
    });
    expect(await head()).toBe(before);
  });
});

describe('[CLI20] init', () => {
  it.each(['support', 'blank'])('the template %s is a pack that can be applied (R-D69)', async (template) => {
    const { code, out } = await reeve(here, 'init', 'shop', '--template', template);
    expect(code).toBe(0);
    expect(out).toContain('reeve plan shop');
    expect(JSON.parse((await reeve(here, 'plan', 'shop', '--json')).out)).toMatchObject({ ok: true });
    expect((await reeve(here, 'apply', 'shop', '--yes')).code).toBe(0);
  });

  it('the blank organisation works: it files a note and hands the case to its owner', async () => {
    await reeve(here, 'init', 'shop', '--template', 'blank');
    await reeve(here, 'apply', 'shop', '--yes');
    writeFileSync(join(here.cwd, 't.csv'), 'subject,text,customer\nHello,Is it open?,ann@example.com\n');
    await serving(here.data, async ({ house }) => {
      expect(await reeve(here, 'import', 't.csv')).toMatchObject({ code: 0 });
      await house.runtime.idle();
    });
    expect((await reeve(here, 'case', 'show', 'C-1')).out).toContain('escalated');
    expect(readFileSync(join(here.data, 'tools/documents/notes/notes/C-1.md'), 'utf8')).toBe(
      '# Hello\n\nIs it open?\n',
    );
  });

  it('refuses a folder that holds something, and templates it does not know', async () => {
    copy();
    expect(await reeve(here, 'init', 'shop')).toMatchObject({ code: 4, err: expect.stringContaining('not empty') });
    expect(await reeve(here, 'init', 'other', '--template', 'magic')).toMatchObject({ code: 2 });
    expect(existsSync(join(here.cwd, 'other'))).toBe(false);
  });
});
