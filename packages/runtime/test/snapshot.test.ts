import { serialize } from 'node:v8';
import { createState, type State, step } from '@reeve/kernel';
import { memoryStore } from '@reeve/ledger/memory';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../src/index.ts';
import { readSnapshot, SNAPSHOT_VERSION, takeSnapshot, takeSnapshotGently } from '../src/snapshot.ts';
import { BOSS, DEFINITION, OWNER, openCase, until, world } from './support/world.ts';

/** An organisation with so many open cases, all of them in one inbox. */
function busy(cases: number): State {
  const state = createState('acme');
  const send = (kind: string, body: unknown, i: number) =>
    step(state, { id: `${kind}-${i}`, kind, actor: i === 0 ? OWNER : BOSS, body }, { now: 1000 + i, entropy: 'e' });
  send('organisation.apply', { base: '', reason: 'r', definition: DEFINITION }, 0);
  for (let i = 1; i <= cases; i++) send('case.open', { subject: `s${i}`, customer: `c${i % 700}` }, i);
  return state;
}

const read = (state: State, bytes: Uint8Array) =>
  readSnapshot({ seq: state.seq, version: SNAPSHOT_VERSION, bytes }, state.org);

describe('snapshots', () => {
  it('[RT31] come in pieces, each small, and together give the very same state', async () => {
    const state = busy(2500);
    let pieces = 0;
    const gentle = await takeSnapshotGently(state, async () => void pieces++);
    expect(pieces).toBeGreaterThan(20);
    expect(Buffer.compare(gentle, takeSnapshot(state))).toBe(0);
    expect(await read(state, gentle)).toStrictEqual(state);
    const lengths: number[] = [];
    for (let at = 0; at < gentle.length; at += 4 + lengths.at(-1)!) lengths.push(Buffer.from(gentle).readUInt32BE(at));
    expect(Math.max(...lengths)).toBeLessThan(serialize(state).length / 4);
  });

  it('[RT6] that are cut short anywhere, or of another version, are none', async () => {
    const state = busy(600);
    const bytes = takeSnapshot(state);
    for (const length of [0, 3, 10, Math.floor(bytes.length / 2), bytes.length - 1])
      expect(await read(state, bytes.slice(0, length))).toBeNull();
    expect(await readSnapshot({ seq: state.seq, version: 'kernel-1/v8-1', bytes }, 'acme')).toBeNull();
    expect(await readSnapshot({ seq: state.seq + 1, version: SNAPSHOT_VERSION, bytes }, 'acme')).toBeNull();
  });

  it('[RT31] of a large state are made beside the loop, of a record that is past, and start the next owner', async () => {
    const store = memoryStore();
    const first = await world({ store, limits: { snapshotEvery: 4300 } });
    const opened = Array.from({ length: 2200 }, (_, i) => openCase(first.runtime, `case ${i}`));
    await Promise.all(opened);
    await first.runtime.idle();
    for (let i = 0; i < 500 && (await store.snapshot.load()) === null; i++)
      await new Promise((wake) => setTimeout(wake, 10));
    const taken = (await store.snapshot.load())!;
    expect(taken.seq).toBeLessThanOrEqual((await store.head()).seq);
    const lively = await first.runtime.read((state) => structuredClone(state.cases));
    await first.runtime.stop(0);
    const second = await world({ store, apply: false });
    expect(await second.runtime.read((state) => structuredClone(state.cases))).toEqual(lively);
    await second.runtime.stop(0);
  });

  it('[RT36] are taken in a quiet moment', async () => {
    const store = memoryStore();
    const { runtime } = await world({ store, limits: { snapshotEvery: 50 } });
    for (let i = 0; i < 25; i++) await openCase(runtime, `case ${i}`);
    expect(await store.snapshot.load()).toBeNull();
    await until(async () => (await store.snapshot.load()) !== null);
    expect((await store.snapshot.load())?.seq).toBe((await store.head()).seq);
    await runtime.stop(0);
  });

  it('[RT36] are taken after four times as many records where there is no quiet moment', async () => {
    const store = memoryStore();
    const busyClock: Clock = {
      ...systemClock,
      after: (ms, wake) => systemClock.after(ms === 500 ? 1_000_000 : ms, wake),
    };
    const { runtime } = await world({ store, clock: busyClock, limits: { snapshotEvery: 20 } });
    const { seq } = await store.head();
    while ((await store.head()).seq < seq + 70) await openCase(runtime, `early ${(await store.head()).seq}`);
    expect(await store.snapshot.load()).toBeNull();
    for (let i = 0; i < 20; i++) await openCase(runtime, `late ${i}`);
    await until(async () => (await store.snapshot.load()) !== null);
    await runtime.stop(0);
  });
});
