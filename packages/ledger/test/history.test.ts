import { createState, type KernelRecord, step } from '@reeve/kernel';
import { expect, it } from 'vitest';
import { open, seal } from '../src/chain.ts';
import { reveal } from '../src/erasure/erasure.ts';
import { memoryKeys } from '../src/erasure/keys.ts';
import { protectAll } from '../src/erasure/subjects.ts';
import { History } from '../src/history/history.ts';
import { memoryDisk, memoryStore } from '../src/store/memory/index.ts';

const NAMES = ['Zoë Müller', 'Ann Fox'];

/** Two cases of two customers on a ledger that seals what is personal; the first is forgotten, his key still there. */
async function ledger() {
  const state = createState('acme');
  const records: KernelRecord[] = [];
  const run = (kind: string, body: unknown) => {
    const actor = { principal: 'owner' };
    records.push(...step(state, { id: '', kind, actor, body }, { now: 1000 * (state.seq + 1), entropy: 'e' }).records);
  };
  run('organisation.apply', {
    base: '',
    reason: 'first',
    definition: {
      name: 'T',
      settings: { intake: 'desk' },
      units: [{ id: 'u', title: 'U' }],
      seats: [{ id: 'desk', title: 'D', unit: 'u', charter: { purpose: 'p', tier: 'executor' } }],
    },
  });
  for (const name of NAMES) run('case.open', { subject: `Zelt of ${name}`, customer: name, text: 'Reißverschluss' });
  run('case.cancel', { case: 'C-1', reason: 'over' });
  run('customer.forget', { case: 'C-1', reason: 'asked' });
  const keys = memoryKeys();
  const disk = memoryDisk();
  const store = memoryStore(disk);
  const { epoch } = (await store.lease.acquire('t', 1000, 0)) as { epoch: number };
  const sealed = await protectAll(records, (id) => state.cases.cases.get(id)?.customer, keys);
  const history = new History({ store, keys, recordOf: (one) => reveal(open(one), keys.byId) as KernelRecord });
  const append = (from: number, to: number) =>
    store.head().then((head) => store.append(head, epoch, seal(head.hash, sealed.slice(from, to))));
  return { history, append, disk, records };
}

const seqs = async (history: History, search: object) =>
  (await history.find({ limit: 100, order: 'oldest', ...search })).records.map(({ record }) => record.seq);

it('[LED101] finds words whatever their case and accents, all of them, and a phrase as it stands', async () => {
  const { history, append, records } = await ledger();
  const forgotten = records.findIndex(({ kind }) => kind === 'customer.forgotten');
  await append(0, forgotten);
  const opened = records.filter(({ kind }) => kind === 'case.opened').map(({ seq }) => seq);
  expect(await seqs(history, { text: 'ZELT reißverschluss', kind: 'case.opened' })).toEqual(opened);
  expect(await seqs(history, { text: 'zoe muller', kind: 'case' })).toEqual(opened.slice(0, 1));
  expect(await seqs(history, { text: '"Zelt of Ann"' })).toContain(opened[1]);
  expect(await seqs(history, { text: '"Ann Zelt"' })).toEqual([]);
  expect(await seqs(history, { from: 1000, to: 1999 })).toEqual(records.filter((r) => r.at < 2000).map((r) => r.seq));
  await expect(history.find({ limit: 0 })).rejects.toThrow(RangeError);
  await expect(history.find({ limit: 1, cursor: 'x' })).rejects.toThrow(RangeError);
});

it('[LED102] takes the words of somebody forgotten out again when it meets that record, his key there or not', async () => {
  const { history, append, disk, records } = await ledger();
  const forgotten = records.findIndex(({ kind }) => kind === 'customer.forgotten');
  await append(0, forgotten);
  expect(await seqs(history, { text: 'müller' })).not.toEqual([]);
  expect(JSON.stringify([...disk.words.records.values()])).not.toMatch(/zelt|muller|desk|opened/i);
  await append(forgotten, records.length);
  expect(await seqs(history, { text: 'müller' })).toEqual([]);
  expect(await seqs(history, { text: 'fox' })).not.toEqual([]);
  expect((await seqs(history, { case: 'C-1' })).length).toBeGreaterThan(0);
});
