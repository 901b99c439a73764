import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { PACKS, reeve, SUPPORT, temporary } from './support/cli.ts';

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

/** Every pack of this repository: those that are shipped and those that are examples. */
const ALL = [PACKS, join(PACKS, '../examples/packs')].flatMap((parent) =>
  (existsSync(parent) ? readdirSync(parent) : []).map((name) => join(parent, name)),
);

describe.each(ALL.map((path) => [path.split('/').slice(-2).join('/'), path] as const))('the pack %s', (_, path) => {
  it('[CLI24] lets everybody do what was agreed (when a line below is meant, run the command at its end)', async () => {
    const { code, out } = await reeve(here, 'policy', 'matrix', path, '--check');
    expect(out).toBe('who may do what is as it was agreed\n');
    expect(code).toBe(0);
  });

  it('[CLI26] decides as its scenarios say, and would miss every safeguard', async () => {
    const { out, code } = await reeve(here, 'policy', 'test', path, '--mutate', '--json');
    const { results, coverage, mutation } = JSON.parse(out);
    expect(results.filter((each: { differences: unknown[] }) => each.differences.length > 0)).toEqual([]);
    expect(coverage.missing).toEqual([]);
    expect(mutation.survivors).toEqual([]);
    expect(code).toBe(0);
  }, 240_000);
});

describe('policy matrix', () => {
  it('[CLI24] prints, writes, and compares line by line', async () => {
    copy();
    rmSync(join(folder, 'golden'), { recursive: true });
    expect(await reeve(here, 'policy', 'matrix', 'shop', '--check')).toMatchObject({
      code: 3,
      err: expect.stringContaining('reeve policy matrix shop --write'),
    });
    const { out } = await reeve(here, 'policy', 'matrix', 'shop');
    expect(out).toContain('## billing-specialist (specialists, executor)\nmaximum damage: 400.00 per transaction');
    expect((await reeve(here, 'policy', 'matrix', 'shop', '--write')).code).toBe(0);
    expect(readFileSync(join(folder, 'golden/matrix.txt'), 'utf8')).toBe(out);
    expect((await reeve(here, 'policy', 'matrix', 'shop', '--check')).code).toBe(0);
    edit('organisation/seats.yaml', 'args.amount > 0, limit: $500.00 }', 'args.amount > 0, limit: $600.00 }');
    edit('pack.yaml', 'ask: $50.00', 'ask: $60.00');
    const { code, out: differs } = await reeve(here, 'policy', 'matrix', 'shop', '--check');
    expect(code).toBe(6);
    expect(differs).toMatch(/^- billing-specialist \| orders\.refund \| .* \| 500\.00$/m);
    expect(differs).toMatch(/^\+ billing-specialist \| orders\.refund \| .* \| 600\.00$/m);
    expect(differs).toMatch(/^\+ all seats: from 5\.00 flagged, above 60\.00 asks/m);
    expect(differs).toMatch(/if every line is meant: reeve policy matrix shop --write\n$/);
    const { ok, changes } = JSON.parse((await reeve(here, 'policy', 'matrix', 'shop', '--check', '--json')).out);
    expect({ ok, changes: changes.length }).toEqual({ ok: false, changes: 4 });
  });

  it('[CLI24] wants one of --write and --check, and a pack that loads', async () => {
    copy();
    expect((await reeve(here, 'policy', 'matrix', 'shop', '--write', '--check')).code).toBe(2);
    edit('governance/budgets.yaml', 'budgets:', 'budgets: ]');
    expect(await reeve(here, 'policy', 'matrix', 'shop', '--write')).toMatchObject({
      code: 3,
      err: expect.stringMatching(/governance\/budgets\.yaml:1/),
    });
  });
});

describe('policy test', () => {
  it('[CLI25] names what differs, where, and every reason', async () => {
    copy();
    edit('governance/contracts.yaml', 'late_days >= 7 ', 'late_days >= 9 ');
    const { code, out } = await reeve(here, 'policy', 'test', 'shop', '--mutate');
    expect(code).toBe(6);
    expect(out).toMatch(/^FAIL refund\/a-week-late \(policy-tests\/refunds\.yaml:\d+\)$/m);
    expect(out).toContain('    expected allow, the gate says deny\n');
    expect(out).toContain('    deny refund/refund-ground: The order is neither delivered');
    expect(out).toContain('163 passed, 1 failed');
    // What fails already notices nothing.
    expect(out).not.toContain('safeguard');
    expect(JSON.parse((await reeve(here, 'policy', 'test', 'shop', '--json')).out)).toMatchObject({
      ok: false,
      failed: 1,
      coverage: { missing: [] },
    });
  });

  it('[CLI25] shows every scenario with --verbose', async () => {
    copy();
    const { code, out } = await reeve(here, 'policy', 'test', 'shop', '--verbose');
    expect(code).toBe(0);
    expect(out).toContain('ok   refund — A small refund on a delivered order');
    expect(out).toContain('    the gate says allow, nothing spoke\n');
  });

  it('[CLI25] ends with 3 when a scenario is not valid, and when there is none', async () => {
    copy();
    edit('policy-tests/refunds.yaml', 'seat: front-desk', 'seat: front-dsk');
    const { code, err } = await reeve(here, 'policy', 'test', 'shop');
    expect(code).toBe(3);
    expect(err).toMatch(/policy-tests\/refunds\.yaml:\d+:\d+ scenarios\[refund\/by-the-front-desk\]\.seat/);
    expect(err).toContain('did you mean "front-desk"?');
    rmSync(join(folder, 'policy-tests'), { recursive: true });
    expect(await reeve(here, 'policy', 'test', 'shop')).toMatchObject({
      code: 3,
      err: expect.stringContaining('has no scenarios'),
    });
  });

  it('[CLI26] names the safeguards nobody would miss', async () => {
    copy();
    edit(
      'policy-tests/words.yaml',
      '- { id: elsewhere, args: { path: private/C-1.md }',
      '- { id: elsewhere, args: { path: returns/C-1.md }',
    );
    edit(
      'policy-tests/words.yaml',
      'expect: { verdict: deny, rules: [document/case-folders] } }',
      'expect: { verdict: allow } }',
    );
    edit(
      'policy-tests/words.yaml',
      'expect: { verdict: deny, rules: [document/case-folders, document/requires] }',
      'expect: { verdict: deny }',
    );
    const { code, out } = await reeve(here, 'policy', 'test', 'shop', '--mutate');
    expect(code).toBe(6);
    expect(out).toContain(
      '88 of 90 safeguards would be missed if taken away\n  nobody would notice without:\n    document/case-folders\n',
    );
    expect(out).toContain('write a scenario in shop/policy-tests for each that only it decides');
  }, 60_000);

  it('[CLI20] the blank template comes with scenarios that miss every safeguard', async () => {
    await reeve(here, 'init', 'shop', '--template', 'blank');
    const { code, out } = await reeve(here, 'policy', 'test', 'shop', '--mutate');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('5 scenarios: 5 passed') });
    expect(JSON.parse((await reeve(here, 'plan', 'shop', '--json')).out).warnings).toEqual([]);
  });
});
