import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reeve, temporary } from './support/cli.ts';

const ROOT = join(import.meta.dirname, '../../..');

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

interface Started {
  readonly child: ChildProcess;
  readonly text: () => string;
  /** Resolves when the output holds a text; fails when the process ends before. */
  until(text: string | RegExp): Promise<void>;
  ended(): Promise<number | null>;
}

function start(data: string, port: number): Started {
  const env = { ...process.env, REEVE_DATA: data, REEVE_PORT: String(port), NO_COLOR: '1' };
  const child = spawn(process.execPath, [join(ROOT, 'bin/start.js')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const end = new Promise<number | null>((done) => child.on('close', done));
  const until = async (wanted: string | RegExp) => {
    while (!text.match(wanted)) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${text}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  return { child, text: () => text, until, ended: () => end };
}

describe('npm start', () => {
  it('[CLI71, CLI72, CLI73, CLI95] works through the tickets, stops cleanly, goes on, and says when the port is taken (R-B25, R-B22)', async () => {
    const data = join(temporary(), 'data');
    const port = await freePort();
    const first = start(data, port);
    await first.until(`ready http://127.0.0.1:${port}`);
    await first.until('ctrl-C stops it');
    const summary = first.text();
    const link = new URL(/watch it\s+(\S+)/.exec(summary)![1]!);
    const signIn = () =>
      fetch(new URL('/v1/session', link), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: link.hash.replace('#signin=', '') }),
      });
    expect([(await signIn()).status, (await signIn()).status]).toEqual([201, 401]);
    expect((await fetch(link)).headers.get('content-security-policy')).toContain("script-src 'self'");
    const another = await reeve({ data }, 'console');
    expect(another.out).toMatch(new RegExp(`^http://127.0.0.1:${port}/#signin=[\\w-]{43}\n$`));
    for (const line of [
      /127 {2}solved/,
      /23 {2}refused/,
      /14 {2}cancelled/,
      /16 {2}wait for an answer/,
      /12 {2}wait for your/,
      /8 {2}handed to you/,
    ])
      expect(summary).toMatch(line);
    for (const part of [
      'Targets',
      'Refunds per month',
      'refund/own-order',
      'Waits for your decision (13)',
      'npm run reeve -- approve A-1',
    ])
      expect(summary).toContain(part);
    const operation = /npm run reeve -- why (OP-\d+)/.exec(summary)?.[1];
    expect(await reeve({ data }, 'why', operation!)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Decision'),
    });

    const beside = start(join(data, '../other'), port);
    expect(await beside.ended()).toBe(5);
    expect(beside.text()).toMatch(/^error: port \d+ is taken by another Reeve.*\n {2}why: .*\n {2}next: /);

    first.child.kill('SIGINT');
    expect(await first.ended()).toBe(0);
    expect(first.text()).toContain('stopped; everything is on the ledger');

    const again = start(data, port);
    await again.until('ctrl-C stops it');
    expect(again.text()).toContain('going on where it was left: Acme Outdoor');
    expect(again.text()).toMatch(/Acme Outdoor: 200 tickets/);
    again.child.kill('SIGTERM');
    expect(await again.ended()).toBe(0);
    expect(await reeve({ data }, 'ledger', 'verify')).toMatchObject({ code: 0 });
  }, 120_000);

  it('[CLI72] killed in the middle, it goes on with the next start and makes nothing twice', async () => {
    const data = join(temporary(), 'data');
    const port = await freePort();
    const first = start(data, port);
    await first.until('tickets come in');
    await new Promise((done) => setTimeout(done, 400));
    first.child.kill('SIGKILL');
    await first.ended();
    const again = start(data, port);
    await again.until('ctrl-C stops it');
    expect(again.text()).toMatch(/Acme Outdoor: 200 tickets/);
    expect(again.text()).toMatch(/127 {2}solved/);
    again.child.kill('SIGINT');
    expect(await again.ended()).toBe(0);
  }, 120_000);
});

describe('[CLI80] the commands', () => {
  it('say how to install when nothing is installed', () => {
    const folder = temporary();
    mkdirSync(join(folder, 'bin'));
    cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true });
    const { status, stderr, stdout } = spawnSync(process.execPath, [join(folder, 'bin/reeve.js'), 'status'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
    expect(stderr).toMatch(/^error: Reeve is not installed yet\n {2}why: .+\n {2}next: run `npm ci`/);
  });

  it('print the version from a shell', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'bin/reeve.js'), '--version'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '0.1.0\n' });
  });
});
