/** examples/http-agent: a program of fewer than 50 lines, without a library, takes a seat of a real server. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { agentPack, serve, until } from './agents.ts';

const AGENT = join(import.meta.dirname, '../../../examples/http-agent/agent.mjs');

it('[SRV115] [WRK30] an agent of plain HTTP requests works a seat through an approval, in under 50 lines', async () => {
  expect((await readFile(AGENT, 'utf8')).trimEnd().split('\n').length).toBeLessThan(50);
  const place = await serve({ pack: await agentPack() });
  const opened = await place.open();
  const env = { REEVE_URL: place.url, REEVE_TOKEN: await place.token() };
  const playing = promisify(execFile)(process.execPath, [AGENT], { env, timeout: 60_000 });
  const approval = await until(async () => (await place.client.approvals({ status: 'pending' })).approvals[0]);
  await place.client.decide({ id: approval.id, verdict: 'approve', note: 'It leaks.' });
  expect((await playing).stdout).toBe(`${opened}: the refund is done\n`);
  const { status, operations } = await place.client.case({ id: opened });
  expect([status, operations.map((one) => [one.capability, one.status])]).toEqual([
    'resolved',
    [
      ['orders.get', 'succeeded'],
      ['orders.refund', 'verified'],
    ],
  ]);
});
