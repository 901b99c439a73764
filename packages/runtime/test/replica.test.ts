import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteKeys } from '@reeve/ledger/keys';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { threadReplica } from '../src/replica/index.ts';
import { readSnapshot, SNAPSHOT_VERSION, takeSnapshot } from '../src/snapshot.ts';
import { openCase, until, type World, world } from './support/world.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'reeve-replica-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const files = () => ({ org: 'acme', ledger: join(directory, 'ledger'), keys: join(directory, 'keys') });

async function opened(options: Parameters<typeof world>[0] = {}): Promise<World & { end: () => Promise<void> }> {
  const { ledger, keys: where } = files();
  const [store, keys] = [await sqliteStore({ directory: ledger }), await sqliteKeys(where)];
  const made = await world({ store, keys, ...options });
  const end = async () => {
    await made.runtime.stop(0);
    await keys.close();
    await store.close();
  };
  return { ...made, end };
}

const many = (runtime: World['runtime'], count: number) =>
  Promise.all(Array.from({ length: count }, (_, i) => openCase(runtime, `case ${i}`)));

describe('a snapshot made on a thread of its own', () => {
  it('[RT31] is the state as it was after the record, with what is personal in it, while the organisation goes on', async () => {
    const { runtime, end } = await opened();
    await many(runtime, 40);
    await runtime.idle();
    const { seq, bytes } = await runtime.read((state) => ({ seq: state.seq, bytes: takeSnapshot(state) }));
    const [made] = await Promise.all([
      threadReplica(files())(seq, new AbortController().signal),
      openCase(runtime, 'meanwhile'),
    ]);
    const read = (snapshot: Uint8Array) => readSnapshot({ seq, version: SNAPSHOT_VERSION, bytes: snapshot }, 'acme');
    const state = (await read(made))!;
    // A replay leaves out the timers that have nothing to do any more [KER12].
    expect({ ...state, timers: [] }).toEqual({ ...(await read(bytes))!, timers: [] });
    expect(state.cases.cases.get('C-40')).toMatchObject({ customer: 'c@d.example' });
    await end();
  });

  it('[RT31] ends with the organisation, and what it began is nowhere', async () => {
    const ended = new AbortController();
    const { runtime, end } = await opened();
    await many(runtime, 5);
    const made = threadReplica(files())(1, ended.signal);
    ended.abort();
    await expect(made).rejects.toThrow('before the snapshot was made');
    await end();
  });

  it('[RT31] is saved for a large state, and the next owner starts from it', async () => {
    const { store, runtime, end } = await opened({
      replica: threadReplica(files()),
      limits: { snapshotEvery: 4300 },
    });
    await many(runtime, 2200);
    await runtime.idle();
    await until(async () => (await store.snapshot.load()) !== null, 20_000);
    const lively = await runtime.read((state) => structuredClone(state.cases));
    await end();
    const second = await opened({ apply: false });
    expect(await second.runtime.read((state) => structuredClone(state.cases))).toEqual(lively);
    await second.end();
  });

  it('[RT31] is made by the organisation itself where the thread cannot read the files', async () => {
    const said: string[] = [];
    const { store, runtime, end } = await opened({
      replica: threadReplica({ org: 'acme', ledger: '/dev/null/nothing' }),
      log: (_, message) => said.push(message),
      limits: { snapshotEvery: 4300 },
    });
    await many(runtime, 2200);
    await runtime.idle();
    await until(async () => (await store.snapshot.load()) !== null, 20_000);
    expect(said.join()).toContain('could not be made on another thread');
    await end();
  });
});
