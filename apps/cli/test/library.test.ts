/** The example of docs/how-to/write-a-contract.md: the document shows what is in the files, and the files work. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reeve, serving, temporary } from './support/cli.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LIBRARY = 'examples/packs/library';
const guide = readFileSync(join(ROOT, 'docs/how-to/write-a-contract.md'), 'utf8');

/** Blocks of the guide that say where they are from, and blocks that are what a command prints. */
const shown = [...guide.matchAll(/<!-- from: (\S+) -->\n```\w*\n([\s\S]*?)```/g)].map(
  ([, file, text]) => [file!, text!] as const,
);
const outputs = [...guide.matchAll(/<!-- output -->\n```\n\$ reeve (.*)\n([\s\S]*?)```/g)].map(
  ([, command, text]) => [command!, text!] as const,
);

describe('the guide to writing a contract', () => {
  it.each(shown)('shows a piece of %s as it is', (file, text) => {
    const whole = readFileSync(join(ROOT, LIBRARY, file), 'utf8');
    // In the guide a piece begins at the margin.
    const indented = [0, 2, 4, 6, 8].map((spaces) => text.replace(/^(?=.)/gm, ' '.repeat(spaces)));
    expect(
      indented.some((piece) => whole.includes(piece)),
      text,
    ).toBe(true);
  });

  it('shows a piece of every file one writes', () => {
    expect([...new Set(shown.map(([file]) => file))].sort()).toEqual([
      ...['golden/matrix.txt', 'governance/contracts.yaml', 'governance/policies.yaml', 'organisation/seats.yaml'],
      ...['pack.yaml', 'policy-tests/fines.yaml', 'policy-tests/lending.yaml', 'tools.yaml'],
    ]);
  });

  it.each(outputs)(
    '[CLI26] says what `reeve %s` prints',
    async (command, text) => {
      const { code, out } = await reeve({ data: temporary(), cwd: ROOT }, ...command.split(' '));
      expect(out).toBe(text);
      expect(code).toBe(0);
    },
    60_000,
  );

  it('names only conditions that the pack has', () => {
    const contracts = readFileSync(join(ROOT, LIBRARY, 'governance/contracts.yaml'), 'utf8');
    const named = [...guide.matchAll(/\| `([a-z-]+)` +\|$/gm)].map(([, rule]) => rule!);
    expect(named.length).toBeGreaterThan(7);
    for (const rule of named) expect(contracts).toMatch(new RegExp(`(rule: ${rule}\\b|^ {4}${rule}:)`, 'm'));
  });
});

describe('the library', () => {
  it('loads without a warning', async () => {
    const { out } = await reeve({ data: temporary(), cwd: ROOT }, 'plan', LIBRARY, '--json');
    expect(JSON.parse(out)).toMatchObject({ ok: true, warnings: [] });
  });

  it('lends, refuses, and waits for the librarian, on its own catalogue', async () => {
    const here = { data: join(temporary(), 'data'), cwd: ROOT };
    expect((await reeve(here, 'apply', LIBRARY, '--yes')).code).toBe(0);
    const statuses = await serving(here.data, async ({ house: { runtime } }) => {
      const ask = async (id: string, customer: string, topic: string, capability: string, args: object) => {
        const send = async (kind: string, body: object, actor: object) => {
          const reply = await runtime.submit({ id: `${id}-${kind}`, kind, actor, body } as never);
          if (!reply.ok) throw new Error(reply.rejection.message);
          return reply.result;
        };
        const clerk = { principal: 'clerk', seat: 'desk' };
        const opened = await send('case.open', { subject: 'At the desk', customer }, { principal: 'owner' });
        await send('case.classify', { case: opened.case, topic }, clerk);
        const { operation } = await send('operation.request', { case: opened.case, capability, args }, clerk);
        await runtime.idle();
        return runtime.read((state) => {
          const op = state.operations.operations.get(String(operation))!;
          return [op.status, ...(op.decision?.reasons ?? []).map(({ rule }) => rule)].join(' ');
        });
      };
      return [
        await ask('a', 'card-17', 'loan', 'loans.lend', { card: 'card-17', copy: 'moby-dick-1' }),
        await ask('b', 'card-18', 'loan', 'loans.lend', { card: 'card-18', copy: 'dune-1' }),
        await ask('c', 'card-18', 'renewal', 'loans.renew', { copy: 'moby-dick-2' }),
        await ask('d', 'card-17', 'return', 'loans.take_back', { copy: 'moby-dick-1' }),
        await ask('e', 'card-19', 'fine', 'fines.waive', { card: 'card-19', amount: 12_000_000, reason: 'flood' }),
      ];
    });
    expect(statuses).toEqual([
      'verified',
      'denied lend/not-blocked lend/not-reserved',
      'denied renew/nobody-waits',
      'verified',
      'awaiting_approval tier-flag waive/approval first-use',
    ]);
  }, 60_000);
});
