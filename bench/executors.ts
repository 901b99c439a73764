/** Does work scale with remote executors? Calls that take 100 ms elsewhere, made by one and by three `reeve executor` processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '@reeve/server';
import type { Row } from './lib/measure.ts';
import { seconds } from './lib/measure.ts';
import { OWNER, temporary } from './lib/world.ts';

const REEVE = fileURLToPath(new URL('../bin/reeve.js', import.meta.url));
const WIDTH = 8;
const TAKES = 100;
const CALLS = 400;
const CLERK = { principal: 'p-1', seat: 'clerk' };

/** Answers every request after 100 ms. */
async function slowService(): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    request.resume();
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}'), TAKES);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as { port: number }).port}` };
}

function packFor(directory: string, origin: string): string {
  const pack = join(directory, 'pack');
  mkdirSync(pack, { recursive: true });
  const charter = { purpose: 'Work.', tier: 'executor', metrics: [], rights: [{ capability: 'service.*' }] };
  const seats = [
    { id: 'boss', title: 'Boss', unit: 'office', charter, occupant: { principal: 'anna', kind: 'human' } },
    {
      id: 'clerk',
      title: 'Clerk',
      unit: 'office',
      charter,
      supervisor: 'boss',
      runs: 64,
      occupant: { principal: 'p-1', kind: 'human' },
    },
  ];
  const origins = [{ origin, paths: ['/work/'], addresses: ['127.0.0.1'] }];
  const config = { method: 'POST', url: `${origin}/work/{n}`, repeatable: true };
  const work = {
    id: 'service.work',
    tool: 'service',
    title: 'Work',
    effect: 'reversible',
    settle: 'native-key',
    args: { n: 'string' },
  };
  const settings = { intake: 'clerk', earned: ['service.*'] };
  // JSON is YAML.
  const write = (name: string, value: unknown) => writeFileSync(join(pack, name), JSON.stringify(value));
  write('pack.yaml', { pack: 'bench', version: 1, name: 'Bench', settings });
  write('seats.yaml', { units: [{ id: 'office', title: 'Office' }], seats });
  write('tools.yaml', {
    tools: [{ id: 'service', connector: 'http', title: 'Service', config: { origins } }],
    capabilities: [{ ...work, config }],
    contracts: [{ id: 'work', capability: 'service.work' }],
  });
  return pack;
}

async function perSecond(directory: string, pack: string, count: number): Promise<number> {
  const server = await startServer({ data: join(directory, `data-${count}`), port: 0, remote: ['*'] });
  const { runtime, token } = server.house;
  await server.house.applyPack(pack, { base: '', reason: 'bench', actor: OWNER });
  await runtime.submit({
    id: 'case',
    kind: 'case.open',
    actor: OWNER,
    body: { subject: 'x', customer: 'c@d.example' },
  });
  const executors = Array.from({ length: count }, (_, i) =>
    executor(join(directory, `executor-${count}-${i}`), server.url, token),
  );
  await Promise.all(executors.map((child) => new Promise((resolve) => child.stdout?.once('data', resolve))));
  // The first calls wait for the tools to be opened.
  await work(runtime, 'warm', count * WIDTH);
  const start = process.hrtime.bigint();
  await work(runtime, 'work', CALLS);
  const rate = CALLS / seconds(start);
  for (const child of executors) child.kill('SIGTERM');
  await Promise.all(executors.map((child) => new Promise((resolve) => child.once('exit', resolve))));
  await server.close();
  return rate;
}

type Runtime = Awaited<ReturnType<typeof startServer>>['house']['runtime'];

/** Asks for so many operations at once and waits until all of them are through. */
async function work(runtime: Runtime, name: string, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, i) => `${name}-${i}`);
  const all = await Promise.all(
    ids.map(async (id) => {
      const body = { capability: 'service.work', case: 'C-1', args: { n: id } };
      const reply = await runtime.submit({ id, kind: 'operation.request', actor: CLERK, body });
      if (!reply.ok) throw new Error(reply.rejection.message);
      return reply.result.operation as string;
    }),
  );
  for (let left = all.length; left > 0; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    left = await runtime.read(
      (s) => all.filter((id) => s.operations.operations.get(id)?.status !== 'succeeded').length,
    );
  }
}

function executor(data: string, url: string, token: string): ChildProcess {
  const args = [REEVE, 'executor', '--join', url, '--data', data, '--width', String(WIDTH)];
  return spawn(process.execPath, args, {
    env: { ...process.env, REEVE_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export async function executors(): Promise<Row[]> {
  const { server, origin } = await slowService();
  try {
    return await temporary(async (directory) => {
      const pack = packFor(directory, origin);
      const one = await perSecond(directory, pack, 1);
      const three = await perSecond(directory, pack, 3);
      return [
        { what: `operations of ${TAKES} ms each, one remote executor (${WIDTH} at once)`, value: one, unit: '/s' },
        { what: '  three remote executors', value: three, unit: '/s' },
        { what: '  ratio', value: three / one, unit: '×', target: '≥ 2.2', met: three / one >= 2.2 },
      ];
    });
  } finally {
    server.close();
  }
}
