import { join } from 'node:path';
import { definition } from '@reeve/kernel';
import { sqliteKeys } from '@reeve/ledger/keys';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { openRuntime, recover, SNAPSHOT_VERSION } from '@reeve/runtime';
import { describe, expect, it } from 'vitest';
import { threadReplica } from '../src/data/replica/index.ts';
import { folder, later } from './support.ts';

const OWNER = { principal: 'owner' };
const DEFINITION = definition.parse({
  ...{ name: 'Test', settings: { intake: 'desk' }, units: [{ id: 'office', title: 'Office' }] },
  seats: [
    {
      ...{ id: 'desk', title: 'Desk', unit: 'office', charter: { purpose: 'Answer.', tier: 'executor', rights: [] } },
      occupant: { principal: 'anna', kind: 'human' },
    },
  ],
});
const NO_TOOLS = { get: () => undefined, use: async () => {}, close: async () => {} };

/** An organisation on files, without anything that works, and so many open cases. */
async function organisation(cases: number, options: Partial<Parameters<typeof openRuntime>[0]> = {}) {
  const path = await folder();
  const files = { org: 'acme', ledger: join(path, 'ledger'), keys: join(path, 'keys') };
  const [store, keys] = [await sqliteStore({ directory: files.ledger }), await sqliteKeys(files.keys)];
  const replica = threadReplica(files);
  const runtime = await openRuntime({ org: 'acme', store, keys, tools: NO_TOOLS, replica, ...options });
  const body = { base: '', reason: 'first', definition: DEFINITION };
  await runtime.submit({ id: 'apply', kind: 'organisation.apply', actor: OWNER, body });
  const open = (i: number) =>
    runtime.submit({
      ...{ id: `case-${i}`, kind: 'case.open', actor: OWNER },
      body: { subject: `s${i}`, customer: 'c@d.example' },
    });
  await Promise.all(Array.from({ length: cases }, (_, i) => open(i)));
  later(() => store.close());
  later(() => keys.close());
  later(() => runtime.stop(0));
  return { store, keys, runtime, replica, open };
}

describe('a snapshot made on a thread of its own', () => {
  it('[RT31] is the state as it was after the record, with what is personal in it, while the organisation goes on', async () => {
    const { store, runtime, replica, open } = await organisation(40);
    const { seq } = await store.head();
    const cases = await runtime.read((state) => structuredClone(state.cases));
    const [bytes] = await Promise.all([replica(seq, new AbortController().signal), open(40)]);
    // Without keys: what is read is what the thread wrote, and nothing that came later.
    await store.snapshot.save(seq, SNAPSHOT_VERSION, bytes);
    const { state, head, replayed } = await recover(store, 'acme');
    expect(replayed).toBe(head.seq - seq);
    expect(state.cases.cases.get('C-40')).toEqual(cases.cases.get('C-40'));
    expect(state.cases.cases.get('C-40')).toMatchObject({ customer: 'c@d.example' });
  });

  it('[RT31] ends with the organisation', async () => {
    const { replica } = await organisation(1);
    const ended = new AbortController();
    const made = replica(1, ended.signal);
    ended.abort();
    await expect(made).rejects.toThrow('before the snapshot was made');
  });

  it('[RT31] is given up in the middle of its work without harm to the process', async () => {
    const { store, replica } = await organisation(2200);
    const { seq } = await store.head();
    for (const after of [600, 900, 1200, 1500]) {
      const ended = new AbortController();
      const made = replica(seq, ended.signal).catch((error: Error) => error.message);
      await new Promise((resolve) => setTimeout(resolve, after));
      ended.abort();
      // It was through already, or it ends where it is.
      const came = await made;
      if (typeof came === 'string') expect(came).toMatch(/the organisation ends|before the snapshot was made/);
    }
    expect((await store.head()).seq).toBe(seq);
  });

  it('[RT31] is saved for a large state, and the next owner starts from it', async () => {
    const { store, keys, runtime } = await organisation(2200, { limits: { snapshotEvery: 4300 } });
    await expect.poll(() => store.snapshot.load(), { timeout: 20_000 }).not.toBeNull();
    const cases = await runtime.read((state) => structuredClone(state.cases));
    await runtime.stop(0);
    const { state, replayed } = await recover(store, 'acme', keys);
    expect(replayed).toBeLessThan(state.seq);
    expect(state.cases).toEqual(cases);
  });

  it('[RT31] is made by the organisation itself where the thread cannot read the files', async () => {
    const said: string[] = [];
    const { store } = await organisation(2200, {
      replica: threadReplica({ org: 'acme', ledger: '/dev/null/nothing' }),
      log: (_, message) => said.push(message),
      limits: { snapshotEvery: 4300 },
    });
    await expect.poll(() => store.snapshot.load(), { timeout: 20_000 }).not.toBeNull();
    expect(said.join()).toContain('could not be made on another thread');
  });
});
