/** A thousand small organisations at one node: what each costs to make, to hold open, and to open again. */
import { join } from 'node:path';
import { trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { startClusterNode } from '@reeve/server/cluster';
import { median, parallel, type Row, seconds } from './lib/measure.ts';
import { quietPack } from './lib/server.ts';
import { OWNER, temporary } from './lib/world.ts';

const COUNT = 1000;

const megabytes = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1024 / 1024;
};

export async function tenants(): Promise<Row[]> {
  const missing = withoutPostgres();
  if (missing !== null) return [{ what: `PostgreSQL: ${missing}`, value: Number.NaN, unit: '' }];
  const server = await trialServer();
  try {
    return await temporary((directory) => measured(server.url, directory));
  } finally {
    await server.remove();
  }
}

async function measured(store: string, directory: string): Promise<Row[]> {
  const pack = quietPack(directory);
  const secret = Buffer.alloc(32, 7);
  const start = (name: string) =>
    startClusterNode({
      ...{ store, secret, name, url: 'http://bench' },
      data: join(directory, name),
      look: 2000,
      idleAfter: 3_600_000,
    });
  const first = await start('first');
  const before = megabytes();
  const made = await parallel(COUNT, 4, async (i) => {
    const house = await first.open(`org-${i}`);
    await house.applyPack(pack, { base: '', reason: 'bench', actor: OWNER });
  });
  const each = (megabytes() - before) / COUNT;
  const open = first.organisations;
  const closing = process.hrtime.bigint();
  await first.close();
  const closed = seconds(closing);
  const second = await start('second');
  const again = await parallel(COUNT, 4, async (i) => {
    await second.open(`org-${i}`);
  });
  await second.close();
  return [
    { what: `small organisations open at one node`, value: open, unit: '' },
    { what: '  made, pack applied, each (4 at a time), median', value: median(made), unit: 'ms' },
    { what: '  memory for each', value: each * 1024, unit: 'KB' },
    { what: '  all handed over by a node that is stopped', value: closed, unit: 's' },
    { what: '  opened again at another node, each (4 at a time), median', value: median(again), unit: 'ms' },
  ];
}
