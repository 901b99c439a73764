import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryKeys, verify } from '@reeve/ledger';
import { sqliteKeys } from '@reeve/ledger/keys';
import { memoryStore } from '@reeve/ledger/memory';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { expect, it, onTestFinished } from 'vitest';
import type { Runtime } from '../src/index.ts';
import { BOSS, type ClerkScript, world } from './support/world.ts';

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

it('[RT14] a crash between the record and the key is made up for at the next start', async () => {
  const store = memoryStore();
  const keys = memoryKeys();
  const first = await world({ store, keys, script: clerk });
  await open(first.runtime, CUSTOMER, 'lost parcel');
  await first.runtime.idle();
  // Only the record, as if the process had died right after it.
  const body = { case: 'C-1', reason: 'asked for' };
  expect((await first.runtime.submit({ id: 'f', kind: 'customer.forget', actor: BOSS, body })).ok).toBe(true);
  await first.runtime.stop(0);
  const second = await world({ store, keys, script: clerk, apply: false });
  expect(await second.runtime.read((s) => s.cases.cases.get('C-1')?.customer)).toMatch(/^\[erased /);
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
