import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TrialServer, trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { createClient } from '@reeve/protocol';
import { adminToken, organisationToken, secretFrom } from '@reeve/server/cluster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reeve, SUPPORT, serving, temporary } from './support/cli.ts';

const SECRET = 'the secret of the nodes of these tests';

/** Where a command that runs until a signal is told to stop. */
function stoppable() {
  let stop = (_: string): void => undefined;
  const onSignal = (handler: (name: string) => void) => {
    stop = handler;
    return () => undefined;
  };
  return { onSignal, stop: () => stop('SIGTERM') };
}

describe('nodes and executors', () => {
  it('[CLI81] node says what is missing, and prints tokens', async () => {
    const data = temporary();
    const file = join(data, 'secret');
    writeFileSync(file, `${SECRET}\n`);
    expect(await reeve({ data }, 'node')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no secret'),
    });
    const withoutStore = await reeve({ data }, 'node', '--secret-file', file);
    expect(withoutStore).toMatchObject({ code: 2, err: expect.stringContaining('there is no store') });
    const token = async (of: string) => (await reeve({ data }, 'node', '--secret-file', file, '--token', of)).out;
    expect(await token('admin')).toBe(`${adminToken(secretFrom(SECRET))}\n`);
    expect(await token('shop')).toBe(`${organisationToken(secretFrom(SECRET), 'shop')}\n`);
    const odd = await reeve({ data: temporary() }, 'apply', SUPPORT, '--yes', '--store', 'mysql://x/y');
    expect(odd.err).toContain('"mysql:" is no store');
    expect(odd.code).toBe(5);
  });

  it('[CLI81] [SRV72] node that is told to stop while it waits for its database ends, with nothing to hand over', async () => {
    const data = temporary();
    const file = join(data, 'secret');
    writeFileSync(file, SECRET);
    const { onSignal, stop } = stoppable();
    // Nothing listens there.
    const options = ['--secret-file', file, '--store', 'postgres://127.0.0.1:9/reeve', '--port', '0'];
    const told = (handler: (name: string) => void) => {
      setTimeout(stop, 300);
      return onSignal(handler);
    };
    expect(await reeve({ data, onSignal: told }, 'node', ...options)).toMatchObject({ code: 0, out: '' });
  });

  it('[CLI82] executor joins until a signal', async () => {
    const data = temporary();
    await reeve({ data }, 'apply', SUPPORT, '--yes');
    await serving(data, async ({ url, house }) => {
      const { onSignal, stop } = stoppable();
      const ready = { onSignal, onOut: () => void setTimeout(stop, 200), env: { REEVE_TOKEN: house.token } };
      const ended = await reeve({ data: temporary(), ...ready }, 'executor', '--join', url, '--capability', 'orders.*');
      expect(ended).toMatchObject({ code: 0, out: expect.stringContaining(`joins ${url}`) });
    });
    const untold = await reeve({ data }, 'executor', '--join', 'http://127.0.0.1:9');
    expect(untold).toMatchObject({ code: 2, err: expect.stringContaining('there is no token') });
  });
});

const missing = withoutPostgres();
if (missing !== null) console.warn(`--store is not tested: ${missing}`);

describe.skipIf(missing !== null)('a ledger in PostgreSQL', () => {
  let server: TrialServer;
  beforeAll(async () => {
    server = await trialServer();
  });
  afterAll(() => server?.remove());

  it('[CLI83] is used by every command that is given the same store', async () => {
    const data = temporary();
    const env = { REEVE_STORE: await server.database() };
    expect(await reeve({ data, env }, 'apply', SUPPORT, '--yes')).toMatchObject({ code: 0 });
    expect((await reeve({ data, env }, 'status')).out).toContain('Acme');
    expect((await reeve({ data, env }, 'ledger', 'verify')).out).toContain('is sound');
    expect((await reeve({ data, env }, 'doctor', '--json')).out).toMatch(
      /"name":"database","message":"the database .*"ok","name":"ledger"/s,
    );
    const elsewhere = await reeve({ data, env: {} }, 'ledger', 'verify', '--json');
    expect(JSON.parse(elsewhere.out)).toMatchObject({ ok: true, count: 0 });
  });

  it('[CLI81] node serves the organisations of the database until a signal', async () => {
    const data = temporary();
    const file = join(data, 'secret');
    writeFileSync(file, SECRET);
    const next = join(data, 'next');
    writeFileSync(next, `${SECRET}, changed`);
    const { onSignal, stop } = stoppable();
    const asked: Promise<unknown>[] = [];
    const onOut = (text: string) => void asked.push(ask(JSON.parse(text).ready).finally(stop));
    const options = [
      '--store',
      await server.database(),
      '--port',
      '0',
      '--name',
      'n1',
      '--secret-file',
      next,
      '--previous-secret-file',
      file,
      '--json',
    ];
    const ended = await reeve({ data, onSignal, onOut }, 'node', ...options);
    expect(ended.code).toBe(0);
    expect(await asked[0]).toMatchObject({ organisation: 'shop' });
  });
});

describe('an organisation elsewhere', () => {
  it('[CLI84] [CLI173] is named by an address, gets packs sent, and is never taken for that of this machine', async () => {
    const [elsewhere, here] = [temporary(), temporary()];
    await serving(elsewhere, async ({ url, house }) => {
      const env = { REEVE_AT: url, REEVE_TOKEN: house.token };
      const at = (...argv: string[]) => reeve({ data: here, env }, ...argv);
      expect((await at('plan', SUPPORT)).out).toContain('Apply it with');
      expect(await at('apply', SUPPORT, '--yes')).toMatchObject({ code: 0, out: expect.stringContaining('in force') });
      expect((await at('status')).out).toContain('Acme');
      const given = await at('--json', 'token', 'executor', '--capability', 'mail.*');
      const made = JSON.parse(given.out) as { id: string; token: string };
      const list = await at('token');
      expect(list.out).toMatch(new RegExp(`${made.id} +executor +mail`));
      expect(list.out).not.toContain(made.token);
      expect((await at('token', 'revoke', made.id)).code).toBe(0);
      expect(await at('secret', 'list')).toMatchObject({ code: 2, err: expect.stringContaining('on this machine') });
      expect(await at('ledger', 'verify')).toMatchObject({ code: 2 });
      const file = join(here, 'token-file');
      writeFileSync(file, `${house.token}\n`);
      const named = { REEVE_AT: url, REEVE_TOKEN_FILE: file };
      expect((await reeve({ data: here, env: named }, 'status')).code).toBe(0);
      expect(await reeve({ data: here }, '--at', url, 'status')).toMatchObject({
        code: 2,
        err: expect.stringContaining('there is no token'),
      });
      const wrong = { ...env, REEVE_CA: join(here, 'no-such-file') };
      expect(await reeve({ data: here, env: wrong }, 'status')).toMatchObject({
        code: 2,
        err: expect.stringContaining('cannot be read'),
      });
    });
    expect(readdirSync(here)).toEqual(['token-file']);
  });

  it('[CLI85] node refuses a certificate without its key', async () => {
    const data = temporary();
    const file = join(data, 'secret');
    writeFileSync(file, SECRET);
    const args = ['--secret-file', file, '--store', 'postgres://127.0.0.1:9/x', '--tls-cert', file];
    expect(await reeve({ data }, 'node', ...args)).toMatchObject({
      code: 2,
      err: expect.stringContaining('needs its key'),
    });
  });
});

async function ask(url: string): Promise<unknown> {
  const secret = secretFrom(SECRET);
  const headers = { authorization: `Bearer ${adminToken(secret)}` };
  await fetch(`${url}/v1/organisations/shop`, { method: 'PUT', headers });
  return createClient({ url: `${url}/o/shop`, token: organisationToken(secret, 'shop') }).status();
}
