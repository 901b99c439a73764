/** Each sickness is made for real, and the doctor has to find it and say what to do. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Finding } from '@reeve/protocol';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { diskFinding } from '../src/doctor/disk.ts';
import { reeve, SUPPORT, serving, temporary } from './support/cli.ts';
import { talk } from './support/talk.ts';

const ROOT = join(import.meta.dirname, '../../..');
const DAY = 86_400_000;

let sound = '';
beforeAll(async () => {
  sound = join(
    temporary(() => {}),
    'data',
  );
  const made = await reeve({ data: sound }, 'apply', SUPPORT, '--yes');
  if (made.code !== 0) throw new Error(made.err);
  await serving(sound, async () => {});
  return () => rmSync(join(sound, '..'), { recursive: true, force: true });
}, 60_000);

/** A copy of the sound installation, to be made sick. */
function patient(): string {
  const data = join(temporary(), 'data');
  cpSync(sound, data, { recursive: true });
  return data;
}

async function doctor(data: string, ...argv: string[]): Promise<{ code: number; found: Map<string, Finding> }> {
  const { code, out } = await reeve({ data }, 'doctor', '--port', '0', ...argv, '--json');
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  for (const { level, next } of findings) if (level !== 'ok') expect(next).toBeTruthy();
  return { code, found: new Map(findings.map((one) => [one.name, one])) };
}

const ledger = <T>(data: string, work: (db: InstanceType<typeof DatabaseSync>) => T): T => {
  const db = new DatabaseSync(join(data, 'ledger/ledger.db'));
  try {
    return work(db);
  } finally {
    db.close();
  }
};

describe('[CLI97] reeve doctor, on a stopped organisation', () => {
  it('names files others can read', async () => {
    const data = patient();
    chmodSync(join(data, 'token'), 0o644);
    const { code, found } = await doctor(data);
    expect(code).toBe(5);
    expect(found.get('secrets')).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('token'),
      why: expect.any(String),
    });
  });

  it('finds a record that was changed, though the file is sound', async () => {
    const data = patient();
    ledger(data, (db) => db.exec("UPDATE records SET body = replace(body, 'Acme', 'Evil') WHERE seq = 1"));
    const { code, found } = await doctor(data);
    expect(code).toBe(5);
    expect(found.get('store')?.level).toBe('ok');
    expect(found.get('chain')).toMatchObject({
      level: 'fail',
      message: expect.stringMatching(/record 1 is not what was written/),
    });
  });

  it('finds a file of a newer Reeve, and leaves it alone', async () => {
    const data = patient();
    ledger(data, (db) => db.exec('PRAGMA user_version = 99'));
    const { code, found } = await doctor(data);
    expect(code).toBe(5);
    expect(found.get('store')).toMatchObject({ level: 'fail', next: 'upgrade Reeve' });
    expect(ledger(data, (db) => db.prepare('PRAGMA user_version').get())).toEqual({ user_version: 99 });
  });

  it('finds damage within the file', async () => {
    const data = patient();
    ledger(data, (db) => db.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA writable_schema = ON'));
    const path = join(data, 'ledger/ledger.db');
    const size =
      ledger(data, (db) => Number((db.prepare('PRAGMA page_count').get() as { page_count: number }).page_count)) * 4096;
    truncateSync(path, Math.floor(size / 2 / 4096) * 4096);
    const { code, found } = await doctor(data);
    expect(code).toBe(5);
    expect(found.get('store')?.level).toBe('fail');
  });

  it('finds a write-ahead log that was never taken up', async () => {
    const data = patient();
    writeFileSync(join(data, 'ledger/ledger.db-wal'), '');
    truncateSync(join(data, 'ledger/ledger.db-wal'), 300 * 1024 * 1024);
    expect((await doctor(data)).found.get('write-ahead log')).toMatchObject({ level: 'warn', message: '300 MB' });
  });

  it('finds the signing key gone', async () => {
    const data = patient();
    rmSync(join(data, 'keys/ledger.key'));
    const { code, found } = await doctor(data);
    expect(code).toBe(5);
    expect(found.get('signing key')).toMatchObject({ level: 'fail', message: expect.stringContaining('is gone') });
  });

  it('finds old, missing and unreachable backups', async () => {
    const data = patient();
    const backups = join(data, '../backups');
    const level = async () => (await doctor(data, '--backups', backups)).found.get('backups')?.level;
    expect(await level()).toBe('fail');
    mkdirSync(backups);
    expect(await level()).toBe('fail');
    expect((await reeve({ data }, 'backup', join(backups, 'monday'))).code).toBe(0);
    expect(await level()).toBe('ok');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * DAY });
    onTestFinished(() => void vi.useRealTimers());
    expect(await level()).toBe('warn');
  });

  it('finds a clock that went back, and one that was never set', async () => {
    const data = patient();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 2 * DAY });
    onTestFinished(() => void vi.useRealTimers());
    expect((await doctor(data)).found.get('clock')).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('in the future'),
    });
    vi.setSystemTime(0);
    expect((await doctor(data)).found.get('clock')).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('1970'),
    });
  });

  /** A small disk of its own, with a copy of the sound installation. */
  function disk(): { path: string; data: string } | null {
    const path = temporary();
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path]).status !== 0) return null;
    onTestFinished(() => void spawnSync('umount', ['-l', path]));
    cpSync(sound, join(path, 'data'), { recursive: true });
    return { path, data: join(path, 'data') };
  }

  it('finds a disk that is full', async (context) => {
    const small = disk();
    if (!small) return context.skip('this user may not mount a small disk');
    expect(() => writeFileSync(join(small.path, 'filler'), Buffer.alloc(16 * 1024 * 1024))).toThrow('ENOSPC');
    const { code, found } = await doctor(small.data);
    expect(code).toBe(5);
    expect(found.get('disk')).toMatchObject({ level: 'fail', message: expect.stringContaining('full') });
    expect(found.get('space')?.level).toBe('fail');
  });

  it('finds a disk that is read-only', async (context) => {
    const small = disk();
    if (!small) return context.skip('this user may not mount a small disk');
    expect(spawnSync('mount', ['-o', 'remount,ro', small.path]).status).toBe(0);
    const { found } = await doctor(small.data);
    expect(found.get('disk')).toMatchObject({ level: 'fail', message: 'read-only' });
    expect(found.get('data')?.level).toBe('fail');
  });

  it('judges how long a write takes to reach the disk', () => {
    expect(
      [
        [1, 2, 900],
        [10, 60, 70],
        [500, 600, 700],
      ].map((times) => diskFinding(times).level),
    ).toEqual(['ok', 'warn', 'fail']);
  });
});

async function started(data: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/reeve.js'), 'up', '--data', data, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise<void>((ready) =>
    child.stdout!.on('data', (text) => String(text).includes('ready http') && ready()),
  );
  return child;
}

describe('[CLI97] reeve doctor, on a server', () => {
  it('finds who has the lease, and that it was left by one that was killed', async () => {
    const data = patient();
    const child = await started(data);
    expect((await doctor(data)).found.get('lease')).toMatchObject({
      level: 'ok',
      message: expect.stringContaining('held by'),
    });
    child.kill('SIGKILL');
    await new Promise((gone) => child.on('close', gone));
    expect((await doctor(data)).found.get('lease')).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('does not answer'),
    });
  }, 60_000);

  it('[SRV90] finds the breaker of a tool that keeps failing, and the switch that somebody tripped', async () => {
    const data = patient();
    await serving(data, async ({ house }) => {
      const blocked = new DatabaseSync(join(data, 'tools/orders/orders.db'));
      onTestFinished(() => {
        if (blocked.isOpen) blocked.close();
      });
      blocked.exec('BEGIN EXCLUSIVE');
      const { client } = talk(house);
      await client.trip({ scope: 'tool', id: 'documents', reason: 'test' });
      await reeve({ data }, 'import', join(SUPPORT, 'tickets/tickets.jsonl'));
      const breaker = async () => (await client.diagnosis()).findings.find(({ name }) => name === 'breaker orders');
      await expect.poll(breaker, { timeout: 90_000, interval: 500 }).toBeDefined();
      const { code, found } = await doctor(data);
      expect(code).toBe(5);
      expect(found.get('breaker orders')).toMatchObject({
        level: 'fail',
        message: expect.stringContaining('failures in a row'),
      });
      expect(found.get('switches')).toMatchObject({
        level: 'warn',
        message: expect.stringContaining('tool:documents'),
      });
      blocked.close();
    });
  }, 120_000);
});
