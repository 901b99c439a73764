import { createState } from '@reeve/kernel';
import { protect, reveal } from '@reeve/ledger';
import { memoryDisk } from '@reeve/ledger/memory';
import { describe, expect, it } from 'vitest';
import { Memories, markFrom, remains } from '../src/audit/forgotten.ts';
import { Model } from '../src/audit/model.ts';
import { emptyDisk } from '../src/disk.ts';
import { loadPlay, MUTANTS, simulate } from '../src/index.ts';
import { emptyKeys, keysOn, putBack } from '../src/keys.ts';
import { randomFrom } from '../src/random.ts';
import { Scheduler } from '../src/scheduler.ts';
import { Sealed } from '../src/sealed.ts';
import { said } from './support.ts';

const MARK = markFrom(() => 0.5);

/** A key store of a process, and what makes time pass. */
function world() {
  const scheduler = new Scheduler(randomFrom(1, 'order'), 0);
  const disk = emptyKeys(randomFrom(1, 'keys'));
  const process = { name: 'a', alive: true, stalledUntil: 0 };
  const keys = keysOn({ disk, scheduler, random: randomFrom(1, 'node'), process, latency: 10 });
  const over = async <T>(work: Promise<T>): Promise<T> => {
    await scheduler.run(scheduler.time + 1000);
    return work;
  };
  return { scheduler, disk, process, keys, over };
}

const told = (memories: Memories, seq: number, kind: string, body: object, key?: string) =>
  memories.apply({
    ...{ seq, at: seq, kind, principal: 'a', seat: null, command: '', body: body as never },
    ...(key ? { key } : {}),
  });

describe('[SIM10] keys of a simulation', () => {
  it('are lost when an older copy is put in their place, and what had been destroyed is back', async () => {
    const { scheduler, disk, keys, over } = world();
    const first = (await over(keys.ensure(['ann']))).get('ann')!;
    const then = scheduler.time;
    expect(await over(keys.destroy(['ann']))).toEqual([first.id]);
    const second = (await over(keys.ensure(['bob']))).get('bob')!;
    expect([keys.byId(first.id), keys.byId(second.id)?.id]).toEqual([null, second.id]);
    putBack(disk, then, scheduler.time);
    expect([keys.byId(first.id)?.id, keys.byId(second.id)]).toEqual([first.id, null]);
    expect([...disk.lost]).toEqual([second.id]);
  });

  it('are neither made nor destroyed by a process that dies meanwhile', async () => {
    const { scheduler, disk, process, keys } = world();
    void keys.ensure(['ann']);
    process.alive = false;
    await scheduler.run(1000);
    expect(disk.held.size).toBe(0);
  });
});

describe('[SIM10] the auditor and those who were forgotten', () => {
  it('finds a key that is kept and a text that is remembered, and who is illegible for nothing', async () => {
    const { disk, keys, over } = world();
    const { id } = (await over(keys.ensure(['ann']))).get('ann')!;
    const memories = new Memories();
    told(memories, 1, 'case.opened', { case: 'C-1', customer: 'ann', subject: `Help ${MARK}` }, id);
    const state = createState('sim');
    const found = () => remains({ memories, keys: disk, disk: memoryDisk() }, state).map(({ rule }) => rule);
    state.cases.cases.set('C-1', { subject: '[erased]' } as never);
    expect(found()).toEqual(['erased']);
    told(memories, 2, 'customer.forgotten', { case: 'C-1', cases: ['C-1'] });
    state.cases.cases.set('C-1', { subject: `Help ${MARK}` } as never);
    expect(found()).toEqual(['forgotten', 'forgotten']);
    await over(keys.destroy(['ann']));
    state.cases.cases.clear();
    expect(found()).toEqual([]);
  });

  it('[SIM9] takes a resource by its mark when the key of its name was lost, and by no other mark and no sooner', () => {
    const sealed = new Sealed(randomFrom(1, 'keys'), emptyDisk(), () => 5, undefined);
    const key = { id: 'k'.repeat(22), key: new Uint8Array(32).fill(7) };
    sealed.keys.ever.set(key.id, key);
    sealed.keys.held.set('ann', key);
    const model = new Model();
    const body = { operation: 'OP-1', resource: 'order/1' };
    const read = (resource: string) =>
      reveal(
        protect({ kind: 'operation.requested', org: 'sim', seq: 1, body: { resource } } as never, () => key),
        () => null,
      );
    const markOf = (resource: string) => (read(resource) as { body: typeof body }).body.resource;
    const entry = { seq: 1, at: 1, kind: 'operation.requested', principal: 'a', seat: null, command: '', body };
    model.apply({ ...entry, key: key.id });
    const shown = (name: string) => sealed.renamed(model.ops.get('OP-1')!, name, model);
    const mark = markOf('order/1');
    expect([mark, shown(mark)]).toEqual([expect.stringMatching(/^\[erased [0-9a-f]{12}\]$/), false]);
    sealed.keys.lost.add(key.id);
    expect([shown(mark), shown(markOf('order/2'))]).toEqual([true, false]);
  });

  it('says nothing about seeds in which keys are lost and processes die between a record and its key', async () => {
    const play = await loadPlay('support');
    const outcomes = [];
    for (const seed of [6, 60, 84, 102]) outcomes.push(await simulate({ seed, play }));
    expect(outcomes.flatMap(said)).toEqual([]);
    const struck = new Set(outcomes.flatMap((one) => one.struck.map(({ fault }) => fault.kind)));
    expect([...struck]).toEqual(expect.arrayContaining(['crash-at-key', 'keys-older']));
  }, 300_000);

  it('[SIM11] leaves no bug behind that was planted in a class of the runtime', async () => {
    const play = await loadPlay('support');
    const planted = MUTANTS.find(({ id }) => id === 'read-ahead')!;
    const before = await simulate({ seed: 3, play });
    await simulate({ seed: 3, play, seams: planted.plant(), surely: 'disk-slow' });
    expect((await simulate({ seed: 3, play })).hash).toBe(before.hash);
  }, 300_000);
});
