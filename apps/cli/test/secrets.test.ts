import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secrets } from '@reeve/server';
import { describe, expect, it } from 'vitest';
import { acme } from './support/acme.ts';
import { reeve, SUPPORT, serving, temporary } from './support/cli.ts';

const VALUE = 'sk-canary-0123456789';

describe('reeve secret', () => {
  it('[CLI100] [T14] takes the value from standard input, shows it to nobody, and rotates it beside a running server', async () => {
    const data = await acme({ sizes: [] });
    const set = await reeve({ data, secret: VALUE }, 'secret', 'set', 'crm', '--tool', 'orders', '--seat', 'router');
    expect([set.code, set.out]).toEqual([0, 'crm is stored\n']);
    await serving(data, async () => {
      const inServer = new Secrets(data, undefined);
      expect(await inServer.lookup('crm', { tool: 'orders', seat: 'router' })).toBe(VALUE);
      expect((await reeve({ data, secret: 'sk-another-9876543210' }, 'secret', 'rotate', 'crm')).code).toBe(0);
      expect(await inServer.lookup('crm', { tool: 'orders', seat: 'router' })).toBe('sk-another-9876543210');
    });
    const listed = await reeve({ data }, 'secret');
    expect(listed.out).toMatch(/crm +tool orders +router/);
    const json = await reeve({ data }, '--json', 'secret', 'list');
    const file = await readFile(join(data, 'keys', 'secrets.json'), 'utf8');
    for (const text of [set.out, set.err, listed.out, json.out, file]) expect(text).not.toMatch(/canary|another/);
    expect((await reeve({ data }, 'secret', 'remove', 'crm')).code).toBe(0);
    expect((await reeve({ data }, 'secret', 'list')).out).toContain('no secrets');
  });

  it('[CLI100] says what is missing or taken', async () => {
    const data = await acme({ sizes: [] });
    expect(await reeve({ data, secret: VALUE }, 'secret', 'set', 'crm')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--tool or --model'),
    });
    expect(await reeve({ data }, 'secret', 'set', 'crm', '--tool', 'x')).toMatchObject({
      err: expect.stringContaining('there is no value'),
    });
    expect(await reeve({ data, secret: VALUE }, 'secret', 'rotate', 'crm')).toMatchObject({
      err: expect.stringContaining('there is no secret "crm"'),
    });
  });
});

describe('backups', () => {
  it('[SRV103] hold secrets only with the other keys, and bring them back', async () => {
    const cwd = temporary();
    const here = { data: join(cwd, 'data'), cwd, secret: VALUE };
    expect((await reeve(here, 'apply', SUPPORT, '--yes', '--reason', 'test')).code).toBe(0);
    await reeve(here, 'secret', 'set', 'crm', '--tool', 'orders');
    expect((await reeve(here, 'backup', 'b', '--keys', 'k')).code).toBe(0);
    expect(readdirSync(join(cwd, 'b'), { recursive: true }).filter((name) => String(name).includes('secrets'))).toEqual(
      [],
    );
    const restored = { data: join(cwd, 'restored'), cwd };
    expect((await reeve(restored, 'restore', 'b', '--keys', 'k')).code).toBe(0);
    expect(await new Secrets(restored.data, undefined).lookup('crm', { tool: 'orders' })).toBe(VALUE);
  });
});

describe('reeve run', () => {
  it('[CLI101] shows a run step by step, also when it is over', async () => {
    const data = temporary();
    expect((await reeve({ data }, 'apply', SUPPORT, '--yes', '--reason', 'test')).code).toBe(0);
    await serving(data, async ({ house }) => {
      const body = { subject: 'Thanks', text: 'Great tent, thank you!', customer: 'c@d.example' };
      await house.runtime.submit({ id: 'c', kind: 'case.open', actor: { principal: 'owner' }, body });
      await house.runtime.idle();
    });
    const shown = await reeve({ data }, 'run', 'r-1');
    expect(shown).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^R-1 {2}front-desk, played by front-desk-script/),
    });
    expect(shown.out).toMatch(/\noutcome /);
    const json = JSON.parse((await reeve({ data }, '--json', 'run', 'R-1')).out) as {
      status: string;
      steps: unknown[];
    };
    expect([json.status, json.steps.length > 2]).toEqual(['finished', true]);
    expect((await reeve({ data }, 'run', 'R-99999')).err).toContain('R-99999');
  });
});
