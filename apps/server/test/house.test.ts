import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OWNER } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { openHouse, Refusal, StartError } from '../src/index.ts';
import { digestOf, digestOfSupport, folder, later, packCopy, place, SUPPORT, supported } from './support.ts';

const TYPESCRIPT = new URL('../../../bin/typescript.js', import.meta.url).href;

const failure = (data: string, organisation?: string): Promise<unknown> =>
  openHouse({ data, work: false, ...(organisation ? { organisation } : {}) }).then(
    async (house) => {
      await house.close();
      return 'opened';
    },
    (error: unknown) => error,
  );

describe('the data directory', () => {
  it('[SRV1] is had by one house at a time, and by the next one after that', async () => {
    const { house } = await place();
    expect(await failure(house.data)).toMatchObject({ code: 'in-use', next: expect.any(String) });
    await house.close();
    expect(await failure(house.data)).toBe('opened');
  });

  it('[SRV1] is free again at once when its process is killed', async () => {
    const data = await folder();
    const script = `import { openHouse } from ${JSON.stringify(join(dirname(fileURLToPath(import.meta.url)), '../src/index.ts'))};
      await openHouse({ data: ${JSON.stringify(data)}, work: false }); process.stdout.write('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', TYPESCRIPT, '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    later(async () => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    expect(await failure(data)).toMatchObject({ code: 'in-use' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await failure(data)).toBe('opened');
  });

  it('[SRV2] gets a token once, which only this user can read', async () => {
    const { house } = await place();
    await house.close();
    const again = await place({ data: house.data });
    expect(again.house.token).toBe(house.token);
    expect(Buffer.from(house.token, 'base64url')).toHaveLength(32);
    if (process.platform !== 'win32') expect((await stat(join(house.data, 'token'))).mode & 0o777).toBe(0o600);
  });

  it('[SRV13] of somebody else is left alone', async () => {
    const data = await folder();
    await writeFile(join(data, 'thesis.txt'), 'x');
    expect(await failure(data)).toMatchObject({ code: 'not-data', message: expect.stringContaining('thesis.txt') });
    expect(await readdir(data)).toEqual(['thesis.txt']);
  });

  it('[SRV13] of a newer version, or a damaged one, is refused', async () => {
    const data = await folder();
    await writeFile(join(data, 'reeve.json'), '{"organisation":"main","version":99,"created":""}');
    expect(await failure(data)).toMatchObject({ code: 'newer-data', next: expect.stringContaining('upgrade') });
    await writeFile(join(data, 'reeve.json'), '{"organ');
    expect(await failure(data)).toMatchObject({ code: 'corrupt' });
  });

  it('[SRV13] with a damaged ledger is refused and then free', async () => {
    const { house } = await place();
    await house.close();
    await rm(join(house.data, 'ledger'), { recursive: true });
    await mkdir(join(house.data, 'ledger'));
    await writeFile(join(house.data, 'ledger/ledger.db'), 'this is not a database, not even a small one'.repeat(200));
    expect(await failure(house.data)).toMatchObject({ code: 'corrupt', next: expect.stringContaining('verify') });
    await rm(join(house.data, 'ledger'), { recursive: true });
    expect(await failure(house.data)).toBe('opened');
  });

  it('[SRV13] holds one organisation', async () => {
    const { house } = await place({ organisation: 'acme' });
    expect(house.runtime.org).toBe('acme');
    await house.close();
    expect(await failure(house.data, 'other')).toMatchObject({ code: 'wrong-organisation' });
    expect(await failure(house.data, 'acme')).toBe('opened');
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('[SRV13] must be writable', async () => {
    const parent = await folder();
    await chmod(parent, 0o500);
    expect(await failure(join(parent, 'data'))).toMatchObject({ code: 'not-writable' });
    await chmod(parent, 0o700);
  });

  it('[SRV13] is not a file', async () => {
    const file = join(await folder(), 'file');
    await writeFile(file, '');
    expect(await failure(file)).toBeInstanceOf(StartError);
    expect(await failure(file)).toMatchObject({ code: 'not-data' });
  });
});

describe('applying a pack', () => {
  it('[SRV7] installs a copy under its digest, without tests', async () => {
    const { house } = await supported();
    const digest = await digestOfSupport();
    const copy = house.packs.folder(digest);
    expect(await readFile(join(copy, 'pack.yaml'), 'utf8')).toBe(await readFile(join(SUPPORT, 'pack.yaml'), 'utf8'));
    expect(existsSync(join(copy, 'test'))).toBe(false);
    expect(await digestOf(copy)).toBe(digest);
    expect(await house.packs.origin(digest)).toMatchObject({ id: 'support', directory: SUPPORT });
  });

  it('[SRV7] [T5] refuses a pack that is not the planned one, and changes nothing', async () => {
    const { house } = await place();
    const pack = await packCopy();
    const digest = await digestOf(pack);
    await appendFile(join(pack, 'scripts/verifier.ts'), '// changed\n');
    const refused = house.applyPack(pack, { base: '', digest, reason: 'test' });
    await expect(refused).rejects.toMatchObject({ code: 'conflict' });
    expect(await house.runtime.read((state) => state.seq)).toBe(0);
    expect(house.packs.has(digest)).toBe(false);
  });

  it('[SRV7] [T-whole] a pack with mistakes comes back with all of them', async () => {
    const { house } = await place();
    const pack = await packCopy();
    await writeFile(join(pack, 'organisation/units.yaml'), 'units: [{ id: NOT OK }]\n');
    const error = await house.applyPack(pack, { base: '', reason: 'test' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ code: 'invalid' });
    expect((error as Refusal).problems).toContainEqual(
      expect.objectContaining({ file: 'organisation/units.yaml', line: 1 }),
    );
  });

  it('[SRV7] links that lead outside are not followed', async () => {
    const { house } = await place();
    const pack = await packCopy();
    await symlink('/etc/hostname', join(pack, 'knowledge/hostname.md'));
    const { digest } = await house.applyPack(pack, { base: '', reason: 'test' });
    expect(existsSync(join(house.packs.folder(digest), 'knowledge/tone.md'))).toBe(true);
    expect(existsSync(join(house.packs.folder(digest), 'knowledge/hostname.md'))).toBe(false);
  });

  it('[SRV3] the caller is the owner first, then the human at the top', async () => {
    const { house, client } = await supported();
    await client.trip({ scope: 'organisation', reason: 'test' });
    const { records } = await client.ledger({ order: 'oldest', limit: 1000 });
    expect(records[0]?.actor).toEqual({ principal: OWNER });
    expect(records.find(({ kind }) => kind === 'switch.tripped')?.actor).toEqual({
      principal: 'founder',
      seat: 'operator',
    });
    expect((await house.runtime.read((state) => state.organisation.seats.get('operator')))?.supervisor).toBeUndefined();
  });
});

describe('work', () => {
  it('[SRV17] is not done in a house opened without it', async () => {
    const { house, client } = await supported({ work: false });
    await client.openCase({ subject: 'Where is my order AC-1992?', customer: 'amelia.whitfield@post.example' });
    await house.runtime.idle();
    expect((await client.operations()).operations).toEqual([]);
    expect((await client.status()).seats.every(({ runs }) => runs === 0)).toBe(true);
    expect(existsSync(join(house.data, 'tools'))).toBe(false);
  });

  it('[SRV8] [T5] is not done by scripts that were changed after they were applied', async () => {
    const { house, client } = await supported({ work: true });
    const digest = await digestOfSupport();
    await appendFile(join(house.packs.folder(digest), 'scripts/lib/text.ts'), '\n// changed\n');
    await client.openCase({ subject: 'Where is my order AC-1992?', customer: 'amelia.whitfield@post.example' });
    const failed = await waitFor(async () => (await client.ledger({ kind: 'run.failed' })).records[0]);
    expect(failed.body.message).toContain('is not what was applied');
    expect((await client.operations()).operations).toEqual([]);
  });

  it('[SRV9] goes on with the tools of a new definition', async () => {
    const { house, client } = await supported({ work: true });
    const base = await digestOfSupport();
    const pack = await packCopy();
    const yaml = await readFile(join(pack, 'pack.yaml'), 'utf8');
    await writeFile(join(pack, 'pack.yaml'), yaml.replace(/^name: .*$/m, 'name: Another name'));
    await client.apply({ directory: pack, base, digest: await digestOf(pack), reason: 'renamed' });
    await client.openCase({ subject: 'Where is my order AC-1992?', customer: 'amelia.whitfield@post.example' });
    await house.runtime.idle();
    const { operations } = await client.operations({ status: 'succeeded' });
    expect(operations.length).toBeGreaterThan(0);
    expect((await client.organisation()).definition?.name).toBe('Another name');
  });

  it('[SRV9] begins again after a restart', async () => {
    const { house, client } = await supported({ work: false });
    await client.openCase({ subject: 'Where is my order AC-1992?', customer: 'amelia.whitfield@post.example' });
    await house.close();
    const again = await place({ data: house.data, work: true });
    await again.house.runtime.idle();
    expect((await again.client.operations()).operations.length).toBeGreaterThan(0);
  });
});

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not happen');
}
