import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ApiProblem, type Client, createClient } from '@reeve/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { reeve, temporary } from './support/cli.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A small disk of its own, where this user may mount one; null otherwise. */
function smallDisk(megabytes: number): { path: string; grow(to: number): void } | null {
  const path = temporary();
  const size = (to: number) => `size=${to}m`;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', size(megabytes), 'tmpfs', path]).status !== 0) return null;
  onTestFinished(() => void spawnSync('umount', ['-l', path]));
  return { path, grow: (to) => void spawnSync('mount', ['-o', `remount,${size(to)}`, path]) };
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

async function serve(data: string): Promise<{ child: ChildProcess; client: Client }> {
  const port = await freePort();
  const args = [join(ROOT, 'bin/reeve.js'), 'up', '--data', data, '--port', String(port)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  while (!text.includes('ready http')) {
    if (child.exitCode !== null) throw new Error('the server did not start');
    await new Promise((done) => setTimeout(done, 20));
  }
  const token = readFileSync(join(data, 'token'), 'utf8').trim();
  return { child, client: createClient({ url: `http://127.0.0.1:${port}`, token }) };
}

const ticket = (n: number) => ({ subject: `Case ${n}`, text: 'x'.repeat(20_000), customer: 'c@d.example' });

it('[RT3, CLI74] a full disk is said clearly, loses nothing, and is got over when there is space again', async (context) => {
  const disk = smallDisk(6);
  if (!disk) context.skip('this user may not mount a small disk');
  const data = join(disk!.path, 'data');
  expect((await reeve({ data }, 'apply', join(ROOT, 'packs/support'), '--yes')).code).toBe(0);
  const { child, client } = await serve(data);
  const acknowledged: string[] = [];
  let refused: unknown = null;
  for (let n = 0; n < 500 && refused === null; n++)
    await client.openCase(ticket(n), { idempotencyKey: `t-${n}` }).then(
      (done) => acknowledged.push(done.case),
      (error: unknown) => {
        refused = error;
      },
    );
  expect(refused).toBeInstanceOf(ApiProblem);
  expect(refused).toMatchObject({ status: 503, detail: expect.stringContaining('no space left') });
  disk!.grow(200);
  // The organisation comes back by itself; the refused command goes through under the same key.
  const again = async (): Promise<string> => {
    const key = { idempotencyKey: `t-${acknowledged.length}` };
    for (;;) {
      try {
        return (await client.openCase(ticket(acknowledged.length), key)).case;
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.status !== 503) throw error;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  };
  acknowledged.push(await again());
  for (const id of acknowledged) expect((await client.case({ id })).id).toBe(id);
  child.kill('SIGTERM');
  await new Promise((done) => child.on('close', done));
  expect((await reeve({ data }, 'ledger', 'verify')).code).toBe(0);
}, 60_000);
