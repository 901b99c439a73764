import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BackupListView, type Client, createClient } from '@reeve/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBackup, type House, type HouseOptions, openHouse, restoreBackup, takeBackup } from '../src/index.ts';
import { digestOfSupport, SUPPORT, ticket } from './support.ts';

interface Place {
  readonly house: House;
  readonly client: Client;
  ask(path: string, init?: RequestInit): Promise<Response>;
}

async function open(data: string, more: Partial<HouseOptions> = {}): Promise<Place> {
  const house = await openHouse({ data, work: false, heartbeat: 200, ...more });
  const client = createClient({
    url: 'http://localhost',
    token: house.token,
    fetch: (request) => house.app.fetch(request),
  });
  const ask = async (path: string, init: RequestInit = {}) =>
    house.app.request(`http://localhost${path}`, { headers: { authorization: `Bearer ${house.token}` }, ...init });
  return { house, client, ask };
}

/** What is there once nothing is under way any more; told by notices, not asked for again and again. */
async function settled(client: Client, begin: () => Promise<unknown>): Promise<BackupListView & { told: string[] }> {
  const end = new AbortController();
  const told: string[] = [];
  let wake = (): void => undefined;
  const notice = (name: string): void => {
    told.push(name);
    wake();
  };
  const stream = (async () => {
    for await (const { kind } of client.events({ signal: end.signal, notice })) told.push(`record ${kind}`);
  })();
  await begin();
  for (;;) {
    const news = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const list = await client.backups({});
    if (list.running === null) {
      end.abort();
      await stream;
      return { ...list, told };
    }
    await news;
  }
}

const taken = (client: Client) => settled(client, () => client.takeBackup());
const filesBelow = (root: string): string[] =>
  existsSync(root)
    ? readdirSync(root, { recursive: true })
        .map(String)
        .filter((name) => !/-(wal|shm)$/.test(name))
        .sort()
    : [];

describe('backups over the API', { timeout: 240_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'reeve-backups-'));
  const [data, keys] = [join(root, 'data'), join(root, 'keys')];
  const folder = join(data, 'backups');
  let at: Place;
  let first = '';

  beforeAll(async () => {
    at = await open(data, { backups: { keys } });
    await at.client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
    await at.client.openCase(ticket(1));
  }, 240_000);
  afterAll(async () => {
    await at?.house.close();
    rmSync(root, { recursive: true, force: true });
  });

  it('[SRV250, SRV251] one is taken while the organisation works, of two at once one, with keys where the server was told', async () => {
    const { client } = at;
    expect(await client.backups({})).toMatchObject({ running: null, failed: null, backups: [], keys, folder });
    const { backups, failed, told } = await settled(client, async () => {
      const key = { idempotencyKey: 'b1' };
      const [one, other] = await Promise.allSettled([client.takeBackup({}, key), client.takeBackup()]);
      expect(other).toMatchObject({ status: 'rejected', reason: { status: 409, code: 'conflict' } });
      first = (one as PromiseFulfilledResult<{ name: string }>).value.name;
      expect(await client.takeBackup({}, key)).toEqual({ name: first });
      expect((await client.backups({})).running).toMatchObject({ what: 'take', name: first });
      await client.openCase(ticket(2));
    });
    expect(failed).toBeNull();
    expect(backups).toMatchObject([{ name: first, state: 'whole', keys: true, checked: null }]);
    expect(backups[0]!.holds.map(({ part }) => part)).toEqual(expect.arrayContaining(['ledger', 'packs', 'rest']));
    expect(told).toEqual(expect.arrayContaining(['backup', 'record case.opened', 'record message.sent']));
    const from = join(folder, first);
    expect(filesBelow(from).filter((name) => /token|keys\.db|ledger\.key|backups/.test(name))).toEqual([]);
    expect(backups[0]!.restore).toBe(`reeve restore ${from} --keys ${join(keys, first)} --data ./restored`);
    const restored = await restoreBackup({ from, data: join(root, 'r1'), keys: join(keys, first) });
    expect(restored).toMatchObject({ head: backups[0]!.head, keys: true });
  });

  it('[SRV251] no request says where one goes, no name leads out of the folder, and nobody else is answered', async () => {
    const { client, ask } = at;
    symlinkSync(data, join(folder, 'elsewhere'));
    for (const name of ['x.partial', 'empty']) mkdirSync(join(folder, name));
    const names = [
      '..',
      '.',
      '%2e%2e',
      '..%2fkeys',
      '%2fetc',
      'elsewhere',
      'x.partial',
      'empty',
      '.checks.json',
      `${first}%00`,
    ];
    const post = { method: 'POST', headers: { authorization: `Bearer ${at.house.token}` } };
    for (const bad of names)
      for (const [path, init] of [
        [`${bad}/file`, {}],
        [`${bad}/check`, post],
      ] as const)
        expect((await ask(`/v1/backups/${path}`, init)).status, path).toBe(404);
    const listed = (await client.backups({})).backups.map((each) => [each.name, each.state]);
    expect(listed).toEqual([
      [first, 'whole'],
      ['x.partial', 'unfinished'],
      ['empty', 'damaged'],
    ]);
    for (const authorization of ['', 'Bearer nobody'])
      for (const path of ['/v1/backups', `/v1/backups/${first}/file`])
        expect((await ask(path, { headers: { authorization } })).status).toBe(401);
    expect((await ask('/v1/backups?folder=/tmp', post)).status).toBe(400);
    for (const name of ['x.partial', 'empty', 'elsewhere']) rmSync(join(folder, name), { recursive: true });
  });

  it('[SRV253, SRV256] one is a file that tar unpacks to the folder it was, however long its names; progress is told to who asks', async () => {
    const { client, ask } = at;
    const deep = join(data, 'tools', 'a-folder-with-quite-a-long-name-of-its-own'.repeat(2), 'größe');
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, `${'n'.repeat(120)}.txt`), 'kept');
    writeFileSync(join(deep, 'empty'), '');
    const plain = (await ask('/v1/events')).body!.getReader();
    const { backups, told } = await taken(client);
    expect(told).toContain('backup');
    const text = async () => new TextDecoder().decode((await plain.read()).value);
    expect(await text()).toMatch(/^id: \d+\n\n$/);
    expect(await text()).not.toContain('event: notice');
    await plain.cancel();
    const [one] = backups;
    const response = await ask(`/v1/backups/${one!.name}/file`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes.length).toBe(Number(response.headers.get('content-length')));
    expect(response.headers.get('content-disposition')).toContain(`main-${one!.name}.tar`);
    writeFileSync(join(root, 'b.tar'), bytes);
    expect(spawnSync('tar', ['-xf', 'b.tar'], { cwd: root, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(filesBelow(join(root, one!.name))).toEqual(filesBelow(join(folder, one!.name)));
    const restored = await restoreBackup({ from: join(root, one!.name), data: join(root, 'r2') });
    expect(restored).toMatchObject({ head: one!.head, keys: false });
    const page = await client.backups({ limit: 1 });
    const next = await client.backups({ limit: 1, cursor: page.next! });
    expect([...page.backups, ...next.backups]).toEqual(backups);
    expect(next.next).toBeUndefined();
  });

  it('[SRV252, SRV87] a check finds one sound and changes nothing in it, and finds one that was changed', async () => {
    const { client } = at;
    const path = join(folder, first);
    const before = readFileSync(join(path, 'ledger/ledger.db'));
    const found = async () => {
      const { backups } = await settled(client, () => client.checkBackup({ id: first }));
      return backups.find(({ name }) => name === first)!;
    };
    const sound = await found();
    expect(sound).toMatchObject({ state: 'whole', checked: { sound: true, why: null } });
    expect(await checkBackup({ path, room: root })).toEqual(sound.head);
    expect(readFileSync(join(path, 'ledger/ledger.db')).equals(before)).toBe(true);
    appendFileSync(join(path, 'reeve.json'), ' ');
    const changed = await found();
    expect(changed).toMatchObject({ state: 'damaged', checked: { sound: false } });
    expect(changed.checked!.why).toContain('reeve.json was changed since it was taken');
    expect(readdirSync(folder).filter((name) => name.startsWith('.check-'))).toEqual([]);
  });

  it('[SRV255, SRV252] one that is under way ends with the server and leaves nothing; what a check found is still known', async () => {
    const before = readdirSync(folder);
    await at.client.takeBackup();
    await at.house.close();
    expect(readdirSync(folder)).toEqual(before);
    at = await open(data);
    const { backups, running } = await at.client.backups({});
    expect(running).toBeNull();
    expect(backups.find(({ name }) => name === first)).toMatchObject({ keys: false, checked: { sound: false } });
  });
});

/** Writes until there is no space left. */
function fill(path: string): void {
  for (const chunk of [1024 * 1024, 4096])
    try {
      for (;;) appendFileSync(path, Buffer.alloc(chunk));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
}

describe('a disk that is too small', { timeout: 240_000 }, () => {
  it('[SRV254] a backup that does not fit is not begun; one that stops fitting is gone; the organisation goes on', async (context) => {
    const root = mkdtempSync(join(tmpdir(), 'reeve-backups-'));
    const disk = join(root, 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]).status !== 0)
      context.skip('this user may not mount a small disk');
    const { house, client } = await open(join(root, 'data'), { backups: { folder: join(disk, 'backups') } });
    try {
      await client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
      const tool = join(root, 'data/tools/large');
      mkdirSync(join(root, 'data/tools'), { recursive: true });
      spawnSync('truncate', ['-s', '9M', tool]);
      const large = await taken(client);
      expect(large.failed).toMatchObject({
        what: 'take',
        why: expect.stringMatching(/needs up to \d+ MB, and 8 MB are free/),
      });
      expect(large.failed!.next).toContain('free some space');
      spawnSync('truncate', ['-s', '5M', tool]);
      // Somebody else fills the disk after it was found large enough.
      const filled = takeBackup({
        ...{ data: house.data, organisation: 'main', to: join(disk, 'backups', 'full') },
        onProgress: (step) => step === 'files' && fill(join(disk, 'other')),
      });
      await expect(filled).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(large.backups).toEqual([]);
      expect(readdirSync(join(disk, 'backups'))).toEqual([]);
      expect(await client.openCase(ticket(1))).toMatchObject({ case: 'C-1' });
    } finally {
      await house.close();
      spawnSync('umount', ['-l', disk]);
      rmSync(root, { recursive: true, force: true });
    }
  });
});
