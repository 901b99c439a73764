import { type TrialServer, trialProxy, trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pauses } from '../src/cluster/waiting.ts';
import type { Log } from '../src/index.ts';
import { startNode, until } from './nodes.ts';
import { later } from './support.ts';

it('[SRV72] the pauses grow, up to a bound', () => {
  const waits = pauses();
  const first = Array.from({ length: 8 }, () => waits.next().value);
  expect(first).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

/** What a node says while it waits. */
function listened() {
  const said: { error: string; again: string }[] = [];
  const log: Log = (_level, what, more) => {
    if (what === 'waiting for the database') said.push(more as (typeof said)[number]);
  };
  return { said, log };
}

const missing = withoutPostgres();
if (missing !== null) console.warn(`a node that waits for its database is not tested: ${missing}`);

describe.skipIf(missing !== null)('a node whose database does not answer', () => {
  let server: TrialServer;
  let store: string;
  beforeAll(async () => {
    server = await trialServer();
    store = await server.database();
  });
  afterAll(() => server?.remove());

  it('[SRV72] waits for one that is frozen, says so, and serves when it answers', async () => {
    const proxy = await trialProxy({ port: server.port });
    later(() => proxy.close());
    proxy.set('deaf');
    const { said, log } = listened();
    const starting = startNode(store.replace(`:${server.port}/`, `:${proxy.port}/`), { log });
    await until(() => said.length > 0);
    expect(said[0]?.error).toMatch(/^the database 127\.0\.0\.1:\d+\/\S+ does not answer \(.+\): check that it runs/);
    expect(said[0]?.again).toBe('in 1 s');
    proxy.set('pass');
    const { url } = await starting;
    expect(await (await fetch(`${url}/v1/health`)).json()).toMatchObject({ status: 'ok' });
  });

  it('[SRV72] ends at once when no waiting helps: no such database, or user', async () => {
    const { said, log } = listened();
    const url = new URL(store);
    url.pathname = '/no-such-database';
    await expect(startNode(url.href, { log })).rejects.toMatchObject({ name: 'StoreUnavailable', next: 'terminal' });
    const other = new URL(store);
    other.username = 'nobody-there';
    await expect(startNode(other.href, { log })).rejects.toThrow(/refuses .*check URL, user and rights/);
    expect(said).toEqual([]);
  });

  it('[SRV72] gives up when it is told to, and says what it waited for', async () => {
    const { said, log } = listened();
    const stop = new AbortController();
    const starting = startNode('postgres://127.0.0.1:9/reeve', { log, stop: stop.signal });
    const ended = expect(starting).rejects.toThrow(/127\.0\.0\.1:9\/reeve does not answer/);
    await until(() => said.length > 0);
    stop.abort();
    await ended;
  });
});
