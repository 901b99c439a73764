import { expect, it } from 'vitest';
import { GENESIS, type SealedRecord } from '../chain.ts';
import { type Store, type StoredCheckpoint, StoreUnavailable } from './port.ts';

interface Context {
  readonly store: Store;
  readonly fill: (count: number) => Promise<SealedRecord[]>;
  readonly under: { readonly reopen?: () => Promise<Store> };
}

const note = (size: number, by = 'log') => `log\n${size}\nroot\n\n\u2014 ${by} c2ln\n`;

async function all(store: Store, after = -1): Promise<StoredCheckpoint[]> {
  const list: StoredCheckpoint[] = [];
  for await (const checkpoint of store.checkpoint.load(after)) list.push(checkpoint);
  return list;
}

/** The part of the contract about checkpoints. */
export function checkpointing(context: () => Context): void {
  it('[LED67] keeps checkpoints in order of size, whole, and through closing and opening', async () => {
    const { store, fill, under } = context();
    expect(await store.checkpoint.latest()).toBeNull();
    await store.checkpoint.put(GENESIS, note(0), []);
    const records = await fill(250);
    const stored = records.map(({ hash }, i) => ({ size: i + 1, note: note(i + 1), frontier: [hash] }));
    for (const { size, note: text, frontier } of stored)
      await store.checkpoint.put({ seq: size, hash: frontier[0] as string }, text, frontier);
    expect(await store.checkpoint.latest()).toEqual(stored.at(-1));
    expect(await all(store)).toEqual([{ size: 0, note: note(0), frontier: [] }, ...stored]);
    expect(await all(store, 248)).toEqual(stored.slice(248));
    if (under.reopen === undefined) return;
    await store.close();
    await expect(store.checkpoint.latest()).rejects.toBeInstanceOf(StoreUnavailable);
    const again = await under.reopen();
    expect(await again.checkpoint.latest()).toEqual(stored.at(-1));
    await again.close();
  });

  it('[LED67] takes no checkpoint of records it does not have, none before the latest, and no second text of one size', async () => {
    const { store, fill } = context();
    const records = await fill(4);
    const at = (seq: number) => ({ seq, hash: (records[seq - 1] as SealedRecord).hash });
    const put = (seq: number, text: string) => store.checkpoint.put(at(seq), text, []);
    await expect(store.checkpoint.put({ seq: 5, hash: 'a'.repeat(64) }, note(5), [])).rejects.toThrow(RangeError);
    await expect(store.checkpoint.put({ seq: 4, hash: 'a'.repeat(64) }, note(4), [])).rejects.toThrow(/another one/);
    await put(3, note(3));
    await expect(put(2, note(2))).rejects.toThrow(/there is one of 3/);
    await expect(put(3, note(3).replace('root', 'other'))).rejects.toThrow(/fork/);
    await put(3, `${note(3)}\u2014 witness c2ln\n`);
    expect(await all(store)).toEqual([{ size: 3, note: `${note(3)}\u2014 witness c2ln\n`, frontier: [] }]);
  });
}
