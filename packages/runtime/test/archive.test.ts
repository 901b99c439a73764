import { definition, recall, type State } from '@reeve/kernel';
import { memoryKeys } from '@reeve/ledger';
import type { OperationOutcome } from '@reeve/workers';
import { expect, it } from 'vitest';
import type { Runtime } from '../src/index.ts';
import { recordsOf } from '../src/past.ts';
import { outcomeOf } from '../src/pool/outcomes.ts';
import { BOSS, type ClerkScript, DEFINITION, OWNER, until, world } from './support/world.ts';

/** The test organisation, in which what is over leaves memory at once. */
const QUICK = definition.parse({ ...DEFINITION, settings: { ...DEFINITION.settings, retention: '0s' } });
const apply = (runtime: Runtime) =>
  runtime.submit({
    ...{ id: 'quick', kind: 'organisation.apply', actor: OWNER },
    body: { base: '', reason: 'quick', definition: QUICK },
  });
const open = (runtime: Runtime, customer: string, id: string) =>
  runtime.submit({ id, kind: 'case.open', actor: BOSS, body: { subject: 's', customer } });
const left = (runtime: Runtime, id: string) =>
  until(() => runtime.read((s) => s.counters.C !== undefined && !s.cases.cases.has(id)), 10_000);

it('[RT30, ARC2] what came of an operation that has left memory is read back, and its reader is told the same', async () => {
  const outcomes: OperationOutcome[] = [];
  const clerk: ClerkScript = async (desk) => {
    outcomes.push(await desk.request({ capability: 'book.read', args: { entry: 'e' } }));
    return { outcome: 'done' };
  };
  const { runtime, store } = await world({ script: clerk, apply: false });
  await apply(runtime);
  const body = { to: 'clerk', type: 'inform', text: 'look up e' };
  await runtime.submit({ id: 'a', kind: 'message.send', actor: BOSS, body });
  await until(() => runtime.read((s) => s.operations.operations.size === 0 && s.counters.OP === 1), 10_000);
  await until(() => outcomes.length === 1, 10_000);
  const records = await runtime.read((state) => recordsOf(store, runtime.recordOf, state, 'OP-1'));
  const past = await runtime.read((state) => recall(state, records!));
  expect(outcomeOf(past, past.operations.operations.get('OP-1')!)).toEqual(outcomes[0]);
  expect(outcomes[0]).toMatchObject({ status: 'done', operation: 'OP-1' });
  expect(await runtime.read((state) => recordsOf(store, runtime.recordOf, state, 'OP-9'))).toBeNull();
  await runtime.stop();
});

it('[RT30, ARC6] the customer of an archived case is forgotten, unless another case of his is under way; a restart finishes it', async () => {
  const clerk: ClerkScript = async (desk) => {
    if (desk.briefing.case?.id !== 'C-2') await desk.cancel({ reason: 'done' });
    return { outcome: 'done' };
  };
  const keys = memoryKeys();
  const { runtime, store } = await world({ script: clerk, keys, apply: false });
  await apply(runtime);
  await open(runtime, 'ann', 'a');
  await left(runtime, 'C-1');
  await open(runtime, 'ann', 'b');
  await runtime.idle();
  const forget = (id: string) => runtime.forget({ id, actor: BOSS, case: 'C-1', reason: 'asked' });
  expect(await forget('f1')).toMatchObject({ ok: false, rejection: { rule: 'CAS19' } });
  await runtime.submit({ id: 'end', kind: 'case.cancel', actor: OWNER, body: { case: 'C-2', reason: 'over' } });
  await left(runtime, 'C-2');
  // The process dies between the record and the key.
  const command = { id: 'f2', kind: 'customer.forget', actor: BOSS, body: { case: 'C-1', reason: 'asked' } } as const;
  expect(await runtime.submit(command)).toMatchObject({ ok: true });
  await runtime.stop();
  const again = await world({ store, keys, apply: false });
  const opened = (await store.history({ stream: 'case/C-1', kind: 'case.opened' })).records.map((r) =>
    again.runtime.recordOf(r),
  );
  expect(opened[0]?.body).toMatchObject({ customer: expect.stringMatching(/^\[erased/) });
  await again.runtime.stop();
});

it('[RT30, ARC7] a case leaves memory though nobody reads what was said about it, and is read back with its messages', async () => {
  const { runtime, store } = await world({ apply: false });
  await apply(runtime);
  await open(runtime, 'ann', 'a');
  await runtime.idle();
  const about = { type: 'inform', text: 'the file is on the shelf', case: 'C-1' };
  // People read it, or nobody does.
  await runtime.submit({ id: 'b', kind: 'case.assign', actor: OWNER, body: { case: 'C-1', to: 'boss', reason: 'r' } });
  await runtime.submit({ id: 'c', kind: 'message.send', actor: BOSS, body: { to: 'boss', ...about } });
  const unread = (s: State) => [...s.inbox.messages.values()].filter((m) => m.case === 'C-1').map((m) => m.to);
  expect(await runtime.read(unread)).toEqual(['boss', 'boss']);
  await runtime.submit({ id: 'd', kind: 'case.cancel', actor: OWNER, body: { case: 'C-1', reason: 'over' } });
  await left(runtime, 'C-1');
  const sizes = (s: State) => [s.cases.cases, s.inbox.messages, s.archive.unread, s.archive.parts].map((m) => m.size);
  expect(await runtime.read(sizes)).toEqual([0, 0, 0, 0]);
  const records = (await store.history({ correlation: 'C-1', order: 'oldest' })).records.map(runtime.recordOf);
  expect(records.flatMap((r) => (r.kind === 'message.sent' ? r.body.text : []))).toContain(about.text);
  const done = records.flatMap((r) => (r.kind === 'message.done' ? r.body : []));
  expect(done.map(({ by, reason }) => [by, reason])).toEqual(Array(done.length).fill(['system', 'left unread']));
  const past = await runtime.read((state) => recall(state, records));
  expect(past.cases.cases.get('C-1')).toMatchObject({ status: 'cancelled', customer: 'ann', owner: 'boss' });
  await runtime.stop();
});
