import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FakeAnswer, type FakeProvider, type FakeRequest, fakeProvider } from '@reeve/workers/fake-provider';
import { afterEach, describe, expect, it } from 'vitest';
import { type Binding, Secrets } from '../src/index.ts';
import { modelPack } from './model-pack.ts';
import { folder, place } from './support.ts';

const CANARY = 'sk-canary/7+f00?ba=r-0123456789';
const FOR_BIG: Binding = { tools: [], models: ['big'], seats: [] };
const store = async (data: string, passphrase?: string) => new Secrets(data, passphrase);

describe('the store of secrets', () => {
  it('[SRV100] [T14] keeps values sealed, for this user only, and lists names without them', async () => {
    const data = await folder();
    const secrets = await store(data);
    await secrets.set('key', CANARY, { tools: ['crm'], models: ['big'], seats: ['desk'] }, 0);
    for (const file of ['secrets.json', 'secrets.key']) {
      expect((await stat(join(data, 'keys', file))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(data, 'keys', file), 'utf8')).not.toContain(CANARY);
    }
    const stored = '1970-01-01T00:00:00.000Z';
    expect(await secrets.list()).toEqual([
      { name: 'key', tools: ['crm'], models: ['big'], seats: ['desk'], stored, rotated: null },
    ]);
    expect((await readdir(join(data, 'keys'))).sort()).toEqual(['secrets.json', 'secrets.key']);
  });

  it('[SRV101] gives a secret to the tool or model and the seat it is bound to, and to nobody else (R-B10)', async () => {
    const secrets = await store(await folder());
    await secrets.set('key', CANARY, { tools: ['crm'], models: ['big'], seats: ['desk'] }, 0);
    await secrets.set('all', CANARY, { tools: ['crm'], models: [], seats: [] }, 0);
    expect(await secrets.lookup('key', { tool: 'crm', seat: 'desk' })).toBe(CANARY);
    expect(await secrets.lookup('key', { model: 'big', seat: 'desk' })).toBe(CANARY);
    expect(await secrets.lookup('all', { tool: 'crm' })).toBe(CANARY);
    for (const by of [
      { tool: 'crm' },
      { tool: 'crm', seat: 'other' },
      { tool: 'mail', seat: 'desk' },
      { model: 'crm', seat: 'desk' },
    ])
      expect(await secrets.lookup('key', by)).toBeUndefined();
    expect(await secrets.lookup('toString', { tool: 'crm' })).toBeUndefined();
  });

  it('[SRV101] gives nothing when the binding in the file was edited', async () => {
    const data = await folder();
    const secrets = await store(data);
    await secrets.set('key', CANARY, { tools: ['crm'], models: [], seats: [] }, 0);
    const file = join(data, 'keys', 'secrets.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"crm"', '"mail"'));
    await expect(secrets.lookup('key', { tool: 'mail' })).rejects.toThrow(/was changed/);
  });

  it('[SRV100] seals under a passphrase when there is one, and says so when it is missing or wrong', async () => {
    const data = await folder();
    await (await store(data, 'correct horse')).set('key', CANARY, FOR_BIG, 0);
    expect((await readdir(join(data, 'keys'))).sort()).toEqual(['secrets.json']);
    expect(await (await store(data, 'correct horse')).lookup('key', { model: 'big' })).toBe(CANARY);
    await expect((await store(data)).lookup('key', { model: 'big' })).rejects.toMatchObject({
      next: expect.stringContaining('REEVE_SECRETS_PASSPHRASE'),
    });
    await expect((await store(data, 'wrong')).lookup('key', { model: 'big' })).rejects.toThrow(/another key/);
  });

  it('[SRV100] refuses names that are taken or none, values too short to be told apart, and bindings to nothing', async () => {
    const secrets = await store(await folder());
    await secrets.set('key', CANARY, FOR_BIG, 0);
    await expect(secrets.set('key', CANARY, FOR_BIG, 0)).rejects.toThrow(/already/);
    await expect(secrets.set('../key', CANARY, FOR_BIG, 0)).rejects.toThrow(/no name/);
    await expect(secrets.set('short', 'abc', FOR_BIG, 0)).rejects.toThrow(/fewer than 8/);
    await expect(secrets.set('free', CANARY, { ...FOR_BIG, models: [] }, 0)).rejects.toThrow(/bound/);
    await expect(secrets.rotate('none', CANARY, 0)).rejects.toThrow(/no secret/);
  });

  it('[SRV103] gives a rotated value, and no removed one, to a process that has read it before', async () => {
    const data = await folder();
    const [running, shell] = [await store(data), await store(data)];
    await shell.set('key', CANARY, FOR_BIG, 0);
    expect(await running.lookup('key', { model: 'big' })).toBe(CANARY);
    await shell.rotate('key', 'another-value', 0);
    expect(await running.lookup('key', { model: 'big' })).toBe('another-value');
    await shell.remove('key');
    expect(await running.lookup('key', { model: 'big' })).toBeUndefined();
  });

  it('[SRV100] loses none of many that are stored at once', async () => {
    const data = await folder();
    const names = Array.from({ length: 12 }, (_, i) => `key-${i}`);
    await Promise.all(names.map(async (name) => (await store(data)).set(name, CANARY, FOR_BIG, 0)));
    expect((await (await store(data)).list()).length).toBe(12);
  });
});

const providers: FakeProvider[] = [];
afterEach(async () => {
  await Promise.all(providers.splice(0).map((one) => one.close()));
});

/** A house with one model seat, whose provider answers as told, and everything it logged. */
async function leaky(answer: (request: FakeRequest) => FakeAnswer) {
  const provider = await fakeProvider({ answer });
  providers.push(provider);
  const [data, pack, log] = [await folder(), await modelPack(provider.url), [] as string[]];
  const { house, client, ask } = await place({
    data,
    work: true,
    log: (level, message, detail) => void log.push(JSON.stringify([level, message, detail])),
  });
  await house.applyPack(pack, { base: '', reason: 'test' });
  return { data, house, client, ask, log, provider };
}

async function allBytes(path: string): Promise<string> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((one) => one.isFile() && !one.name.startsWith('lock'));
  return (await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), 'latin1')))).join('\n');
}

/** The canary as it is, encoded, and in Base64. */
const FORMS = [CANARY, encodeURIComponent(CANARY), Buffer.from(CANARY).toString('base64').slice(0, 30), 'canary'];

describe('[SRV102] [T14] a provider that repeats the key to whoever listens', () => {
  it('[T14] leaves it neither on the ledger, nor in blobs, logs, errors, or answers of the API', async () => {
    const loud = (request: FakeRequest): string => String(request.headers.authorization);
    const { data, house, client, ask, log, provider } = await leaky((request) => {
      const told = loud(request).slice('Bearer '.length);
      if (request.turn === 0)
        return {
          text: `Your key is ${told}, that is ${encodeURIComponent(told)} or ${Buffer.from(told).toString('base64')}`,
          calls: [{ tool: 'case_note', args: { text: `key ${told}` } }],
        };
      return { status: 400, message: `bad key ${told}` };
    });
    await new Secrets(data, undefined).set('key', CANARY, { ...FOR_BIG, seats: ['desk'] }, 0);
    await client.openCase({ subject: 'Loud', text: 'x', customer: 'c@d.example' });
    await house.runtime.idle();
    // It was sent, so it could have leaked.
    expect(loud(provider.requests[0]!)).toBe(`Bearer ${CANARY}`);
    const run = await client.run({ id: 'R-1' });
    expect(run.status).toBe('failed');
    const paths = [
      '/v1/runs/R-1',
      '/v1/cases/C-1',
      '/v1/ledger?limit=1000',
      '/v1/inbox',
      '/v1/organisation',
      '/v1/cases/C-1/timeline',
    ];
    const answers = await Promise.all(paths.map(async (path) => (await ask(path)).text()));
    expect(answers.join('')).toContain('[secret removed]');
    for (const form of FORMS) {
      expect(answers.join('\n')).not.toContain(form);
      expect(log.join('\n')).not.toContain(form);
    }
    await house.close();
    const disk = await allBytes(data);
    for (const form of FORMS) expect(disk).not.toContain(form);
  });

  it('a model whose secret is not stored asks nobody, and a human hears how to store it', async () => {
    const { house, client, provider, ask } = await leaky(() => ({ text: 'never' }));
    await client.openCase({ subject: 'No key', text: 'x', customer: 'c@d.example' });
    await house.runtime.idle();
    expect(provider.requests).toEqual([]);
    expect(await client.run({ id: 'R-1' })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('reeve secret set key --model big'),
    });
    expect(await (await ask('/v1/inbox?seat=owner')).text()).toContain('reeve secret set key');
  });
});
