/** The real server as a process of its own, on a directory and a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '@reeve/protocol';
import { seconds } from './measure.ts';
import { OWNER } from './world.ts';

const REEVE = fileURLToPath(new URL('../../bin/reeve.js', import.meta.url));

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

export interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  readonly token: string;
  readonly client: Client;
  /** Seconds from the start of the process to the first healthy reply. */
  readonly started: number;
  stop(): Promise<void>;
}

async function healthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/v1/health`)).ok;
  } catch {
    return false;
  }
}

export async function startServer(data: string): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = process.hrtime.bigint();
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=64', REEVE, 'up', '--data', data, '--port', String(port)],
    { stdio: 'ignore' },
  );
  let gone = false;
  const exited = new Promise<void>((resolve) =>
    child.on('exit', () => {
      gone = true;
      resolve();
    }),
  );
  while (!(await healthy(url))) {
    if (gone) throw new Error('the server did not start');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const started = seconds(start);
  const token = readFileSync(join(data, 'token'), 'utf8').trim();
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { child, url, token, client: createClient({ url, token }), started, stop };
}

/** What a measurement wants different in the settings of the pack. */
interface More {
  readonly intake?: string;
  readonly retention?: string;
}

/** A pack with one human and otherwise empty seats, `count` in all, where nothing falls due. */
export function quietPack(directory: string, count = 20, more: More = {}): string {
  const pack = join(directory, 'pack');
  mkdirSync(pack, { recursive: true });
  const charter = { purpose: 'Be there.', tier: 'executor', metrics: [] };
  const seats = Array.from({ length: count }, (_, i) => ({
    ...{ id: i === 0 ? 'boss' : `clerk-${i}`, title: 'Seat', unit: 'office', charter },
    ...(i === 0 ? { occupant: { principal: 'anna', kind: 'human' } } : { supervisor: 'boss' }),
  }));
  const never = '9000d';
  const settings = { intake: 'clerk-1', sla: { high: never, normal: never, low: never }, ...more };
  // JSON is YAML.
  writeFileSync(join(pack, 'pack.yaml'), JSON.stringify({ pack: 'bench', version: 1, name: 'Bench', settings }));
  writeFileSync(join(pack, 'seats.yaml'), JSON.stringify({ units: [{ id: 'office', title: 'Office' }], seats }));
  return pack;
}

/** A data directory with an organisation of that pack that nobody works in: what is measured is the server. */
export async function quietData(
  directory: string,
  count = 20,
  more: More = {},
): Promise<{ data: string; org: string }> {
  const pack = quietPack(directory, count, more);
  const data = join(directory, 'data');
  const { openHouse } = await import('@reeve/server');
  const house = await openHouse({ data, work: false });
  await house.applyPack(pack, { base: '', reason: 'bench', actor: OWNER });
  const { org } = house.runtime;
  await house.close();
  return { data, org };
}

/** Resident memory of a process in megabytes (Linux). */
export function residentMegabytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}
