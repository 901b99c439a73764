import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { customerSubject, type KeyStore, memoryKeys, open as opened, type Store, verify } from '@reeve/ledger';
import { sqliteKeys } from '@reeve/ledger/keys';
import { memoryStore } from '@reeve/ledger/memory';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { type Runtime, Unavailable } from '../src/index.ts';
import { BOSS, type ClerkScript, until, world } from './support/world.ts';

const SECRET = 'my unmistakable complaint';
const CUSTOMER = 'very.personal@mail.example';

/** Does something with what the customer wrote, and is done. */
const clerk: ClerkScript = async (desk) => {
  const done = await desk.request({ capability: 'book.note', args: { entry: `about ${desk.briefing.case?.text}` } });
  await desk.note(`${desk.briefing.case?.customer} was served: ${done.status}`);
  await desk.cancel({ reason: `done for ${CUSTOMER}` });
  return { outcome: `served ${CUSTOMER}` };
};

const open = (runtime: Runtime, customer: string, subject: string) =>
  runtime.submit({ id: subject, kind: 'case.open', actor: BOSS, body: { subject, customer, text: SECRET } });

const forget = (runtime: Runtime, id = 'forget-1') =>
  runtime.forget({ id, actor: BOSS, case: 'C-1', reason: 'asked for' });

it('[RT14, CAS19] after a customer is forgotten nothing of his is readable anywhere, and the ledger verifies and replays', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'reeve-erasure-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const store = await sqliteStore({ directory: join(directory, 'ledger') });
  const keys = await sqliteKeys(join(directory, 'keys'));
  const { runtime } = await world({ store, keys, script: clerk, limits: { snapshotEvery: 10 } });
  await open(runtime, CUSTOMER, 'lost parcel');
  await open(runtime, 'other@mail.example', 'another matter');
  await runtime.idle();
  expect((await forget(runtime)).ok).toBe(true);
  expect(runtime.health().status).toBe('running');
  const seen = await runtime.read((s) => JSON.stringify([...s.cases.cases.values()]));
  expect(seen).not.toContain(CUSTOMER);
  expect(seen).toContain('other@mail.example');
  expect((await open(runtime, CUSTOMER, 'once more')).ok).toBe(true);
  await runtime.idle();
  expect(await runtime.read((s) => s.cases.cases.get('C-3')?.customer)).toBe(CUSTOMER);
  await forgetAgain(runtime);
  await runtime.stop();
  expect((await verify(store.load(0))).ok).toBe(true);
  await keys.close();
  await store.close();
  for (const file of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = readFileSync(join(file.parentPath, file.name));
    expect(bytes.includes(CUSTOMER), file.name).toBe(false);
  }
});

/** He came back as a new customer, and goes again. */
const forgetAgain = async (runtime: Runtime) => {
  const reply = await runtime.forget({ id: 'forget-2', actor: BOSS, case: 'C-3', reason: 'asked again' });
  expect(reply.ok).toBe(true);
};

/** Keys that records of the ledger name and that are still there, once each. */
async function keysLeft(store: Store, keys: KeyStore): Promise<string[]> {
  const left = new Set<string>();
  for await (const sealed of store.load(0)) {
    const id = (opened(sealed).body as { $sealed?: { key: string } }).$sealed?.key;
    if (id !== undefined && keys.byId(id) !== null) left.add(id);
  }
  return [...left];
}

/** Somebody put an older copy of the keys in place, which did not have his. */
const lose = (keys: KeyStore, customer: string) => keys.destroy([customerSubject(customer)]);

const customersOf = (runtime: Runtime) => runtime.read((s) => [...s.cases.cases.values()].map((c) => c.customer));

it.each([1, 50_000])(
  '[RT14] a crash between the record and the key is made up for at the next start (a snapshot every %i records)',
  async (snapshotEvery) => {
    const store = memoryStore();
    const keys = memoryKeys();
    // Nothing is destroyed, as if the process had died right after the record.
    const dying = { ...keys, destroy: () => Promise.reject(new Error('the process is dead')) };
    const first = await world({ store, keys: dying, script: clerk, limits: { snapshotEvery } });
    await open(first.runtime, CUSTOMER, 'lost parcel');
    await first.runtime.idle();
    const body = { case: 'C-1', reason: 'asked for' };
    expect((await first.runtime.submit({ id: 'f', kind: 'customer.forget', actor: BOSS, body })).ok).toBe(true);
    await first.runtime.stop(0);
    expect(await keysLeft(store, keys)).toHaveLength(1);
    const second = await world({ store, keys, script: clerk, apply: false });
    expect(await customersOf(second.runtime)).toEqual([expect.stringMatching(/^\[erased /)]);
    expect(await keysLeft(store, keys)).toEqual([]);
    await second.runtime.stop(0);
  },
);

it.each([
  ['while the process lives', false],
  ['and a crash comes in between', true],
])('[RT14] a customer whose key was lost is forgotten wholly, %s', async (_, crash) => {
  const store = memoryStore();
  const keys = memoryKeys();
  let dead = crash;
  const dying: KeyStore = {
    ...keys,
    destroy: (...all) => (dead ? Promise.reject(new Error('dead')) : keys.destroy(...all)),
  };
  const first = await world({ store, keys: dying, script: clerk });
  await open(first.runtime, CUSTOMER, 'lost parcel');
  await first.runtime.idle();
  await lose(keys, CUSTOMER);
  await open(first.runtime, CUSTOMER, 'another parcel');
  await open(first.runtime, 'other@mail.example', 'another matter');
  await first.runtime.idle();
  expect(await keysLeft(store, keys)).toHaveLength(2);
  const body = { case: 'C-1', reason: 'asked for' };
  expect((await first.runtime.submit({ id: 'f', kind: 'customer.forget', actor: BOSS, body })).ok).toBe(true);
  if (!crash) await first.runtime.idle();
  await first.runtime.stop(0);
  dead = false;
  const second = await world({ store, keys, script: clerk, apply: false });
  const erased = expect.stringMatching(/^\[erased /);
  expect(await customersOf(second.runtime)).toEqual([erased, erased, 'other@mail.example']);
  expect(await keysLeft(store, keys)).toHaveLength(1);
  await second.runtime.stop(0);
});

it('[RT14] an older copy of the keys that brings a forgotten one back is cleared at the next start, snapshot or not', async () => {
  const store = memoryStore();
  const old = memoryKeys();
  const first = await world({ store, keys: old, script: clerk, limits: { snapshotEvery: 1 } });
  await open(first.runtime, CUSTOMER, 'lost parcel');
  await first.runtime.idle();
  await first.runtime.stop(0);
  // The copy: it is used while the real one forgets him, and then put in its place.
  const copy = await copied(old, [customerSubject(CUSTOMER), 'reeve:snapshots']);
  const second = await world({ store, keys: old, script: clerk, apply: false, limits: { snapshotEvery: 1 } });
  expect((await forget(second.runtime)).ok).toBe(true);
  await open(second.runtime, 'other@mail.example', 'another matter');
  await second.runtime.idle();
  await second.runtime.stop(0);
  expect(await keysLeft(store, copy)).toHaveLength(1);
  const third = await world({ store, keys: copy, script: clerk, apply: false });
  expect((await customersOf(third.runtime))[0]).toMatch(/^\[erased /);
  expect(await keysLeft(store, copy)).toEqual([]);
  await third.runtime.stop(0);
});

/** A key store with copies of the keys of these subjects. */
async function copied(keys: KeyStore, subjects: readonly string[]): Promise<KeyStore> {
  const made = [...(await keys.ensure(subjects)).values()].map((key) => structuredClone(key));
  const copy = memoryKeys(
    () => made.shift() ?? { id: crypto.randomUUID(), key: crypto.getRandomValues(new Uint8Array(32)) },
  );
  await copy.ensure(subjects);
  return copy;
}

it('[RT14] who writes again right behind gets a new key, or is told to send it again', async () => {
  const store = memoryStore();
  const keys = memoryKeys();
  const { runtime } = await world({ store, keys, script: clerk });
  await open(runtime, CUSTOMER, 'lost parcel');
  await runtime.idle();
  const body = { case: 'C-1', reason: 'asked for' };
  const forgotten = runtime.submit({ id: 'f', kind: 'customer.forget', actor: BOSS, body });
  const behind: Promise<string | null>[] = [];
  for (let i = 0; i < 30; i++) {
    const reply = open(runtime, CUSTOMER, `right behind ${i}`);
    behind.push(
      reply
        .then((r) => (r.ok ? String(r.result.case) : null))
        .catch((e) => (e instanceof Unavailable ? null : Promise.reject(e))),
    );
    if (i > 5) await (i % 2 === 0 ? new Promise(setImmediate) : Promise.resolve());
  }
  expect((await forgotten).ok).toBe(true);
  const done = await Promise.all(behind);
  expect(done[0]).toBeNull();
  await until(() => runtime.health().status === 'running');
  const again = await open(runtime, CUSTOMER, 'right behind 0');
  const cases = [...done, again.ok && again.result.case].filter((id) => id);
  await runtime.idle();
  await runtime.stop(0);
  const second = await world({ store, keys, script: clerk, apply: false });
  for (const id of cases)
    expect(await second.runtime.read((s) => s.cases.cases.get(String(id))?.customer)).toBe(CUSTOMER);
  expect((await customersOf(second.runtime))[0]).toMatch(/^\[erased /);
  await second.runtime.stop(0);
});

it('[CAS19] is refused while a case of his is open, to who does not govern, and without keys', async () => {
  const { runtime } = await world({ keys: memoryKeys() });
  await open(runtime, CUSTOMER, 'lost parcel');
  expect(await forget(runtime)).toMatchObject({ ok: false, rejection: { code: 'conflict', rule: 'CAS19' } });
  const clerkActor = { principal: 'clerk-script', seat: 'clerk' };
  const asked = { id: '', actor: clerkActor, case: 'C-1', reason: 'x' };
  expect(await runtime.forget(asked)).toMatchObject({ ok: false, rejection: { code: 'forbidden' } });
  await runtime.stop(0);
  const plain = await world({});
  expect(await forget(plain.runtime)).toMatchObject({ ok: false, rejection: { code: 'conflict' } });
  await plain.runtime.stop(0);
});
