import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { CONNECTORS } from '../src/index.ts';
import { CRASHERS, type Crasher } from './crashers.ts';
import { capabilityOf, contextOf, filesOf, RUN, rowsOf, world } from './subjects.ts';

const KILLS = 10;
const CHILD = join(import.meta.dirname, 'crash-child.ts');

/** Run the child until it has told `lines` lines and `delay` ms more, kill it, and return what it told. */
async function killedChild(args: readonly string[], lines: number, delay: number): Promise<string[]> {
  const child = spawn(process.execPath, [RUN, CHILD, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk;
  });
  const ended = new Promise<string | null>((resolve) => child.on('close', (_, signal) => resolve(signal)));
  const busy = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk;
      if (told.split('\n').length > lines) resolve();
    });
  });
  await Promise.race([busy, ended]);
  await sleep(delay);
  child.kill('SIGKILL');
  expect(await ended, complaint).toBe('SIGKILL');
  return told.split('\n').filter((line) => line !== '');
}

/** The numbers of all effects in the tool's world, found without the tool; the same number twice is a double effect. */
async function landedNumbers(crasher: Crasher, directory: string): Promise<number[]> {
  const context = contextOf(directory, directory, crasher.id, crasher.config, crasher.capabilities);
  const numbers = async () => {
    if (crasher.id === 'sql') return rowsOf(context, 'orders.db', 'SELECT amount - 1 AS n FROM refunds');
    if (crasher.id === 'json-store')
      return rowsOf(context, 'db.sqlite', "SELECT substr(id, 2) AS n FROM documents WHERE collection = 'notes'");
    const folders: Record<string, string> = { mailbox: 'outbox/new', documents: 'documents/deep', fs: 'files/deep' };
    const files = await filesOf(join(directory, folders[crasher.id]!));
    return files.map(({ content }) => ({ n: /number (\d+)\./.exec(content)?.[1] }));
  };
  return (await numbers()).map((row) => Number((row as { n: unknown }).n)).sort((a, b) => a - b);
}

it('has each effect once, and finds it by its key, through ten kills [CON1] [CON3] [T16]', {
  timeout: 120_000,
}, async () => {
  const { directory: base, packDirectory: pack, cleanup } = await world('sql', {}, []);
  await Promise.all(CRASHERS.map(({ id }) => mkdir(join(base, id))));
  let told: string[] = [];
  let next = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Begin with the key that was interrupted: its repeat must not be a second effect.
    told = told.concat(await killedChild([base, pack, String(next)], 3 + Math.random() * 30, Math.random() * 10));
    next = Math.max(0, ...told.filter((line) => line.startsWith('start')).map((line) => Number(line.split(' ')[1])));
  }
  for (const crasher of CRASHERS) await audit(crasher, join(base, crasher.id), pack, told, next);
  await cleanup();
});

async function audit(
  crasher: Crasher,
  directory: string,
  pack: string,
  told: readonly string[],
  last: number,
): Promise<void> {
  const context = contextOf(directory, pack, crasher.id, crasher.config, crasher.capabilities);
  const tool = await CONNECTORS[crasher.id]!.open(context);
  try {
    const capability = capabilityOf(context, crasher.write);
    const numbers = await landedNumbers(crasher, directory);
    const landed = new Set(numbers);
    expect(landed.size, `${crasher.id} has no double effect`).toBe(numbers.length);
    for (let n = 0; n <= last; n += 1) {
      const found = await tool.lookup?.(`k${n}`, capability);
      expect(found !== null, `${crasher.id} finds k${n} exactly when it landed`).toBe(landed.has(n));
      if (told.includes(`done ${crasher.id} ${n}`))
        expect(landed.has(n), `${crasher.id} keeps the acknowledged k${n}`).toBe(true);
    }
    await tool.call(callOf(capability, crasher.args(last), { key: `k${last}` }));
    expect(new Set(await landedNumbers(crasher, directory))).toEqual(landed.add(last));
  } finally {
    await tool.close();
  }
}
