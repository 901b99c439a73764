import { expect, it } from 'vitest';
import { type Store, StoreUnavailable } from '../port.ts';

/** What the tests of the index need; `reopen` is another handle on the same data. */
export interface WordsUnderTest {
  readonly store: Store;
  readonly under: { readonly reopen?: () => Promise<Store> };
}

const record = (seq: number, words: string[], subject: string | null = null) => ({ seq, words, subject });

/** The tests of the index of words, part of the contract of every store. */
export function indexing(context: () => WordsUnderTest): void {
  it('[LED100] finds the records that have all words, newest or oldest first, within bounds and a limit', async () => {
    const { words } = context().store;
    expect(await words.begin('v1')).toBe(0);
    await words.put([record(1, ['red', 'box']), record(2, ['red']), record(4, ['box', 'red', 'red'])], 5);
    expect(await words.begin('v1')).toBe(5);
    expect(await words.find({ all: ['red'], limit: 10 })).toEqual([4, 2, 1]);
    expect(await words.find({ all: ['box', 'red'], order: 'oldest', limit: 10 })).toEqual([1, 4]);
    expect(await words.find({ all: ['red'], seq: { from: 2, to: 3 }, limit: 10 })).toEqual([2]);
    expect(await words.find({ all: ['red'], limit: 2 })).toEqual([4, 2]);
    expect(await words.find({ all: [], order: 'oldest', limit: 2 })).toEqual([1, 2]);
    expect(await words.find({ all: ['re'], limit: 10 })).toEqual([]);
    expect(await words.find({ all: ['or'], limit: 10 })).toEqual([]);
  });

  it('[LED100] keeps nothing of a record that is put again, and its position never goes back', async () => {
    const { words } = context().store;
    await words.begin('v1');
    await words.put([record(1, ['secret', 'kept'], 's1'), record(2, ['secret'], 's2')], 2);
    await words.put([record(1, ['kept'], 's1')], 1);
    expect(await words.find({ all: ['secret'], limit: 10 })).toEqual([2]);
    expect(await words.find({ all: ['kept'], limit: 10 })).toEqual([1]);
    expect(await words.about('s1')).toEqual([1]);
    expect(await words.begin('v1')).toBe(2);
  });

  it('[LED100] throws away what another version of the writer wrote, and takes words only', async () => {
    const { words } = context().store;
    await words.begin('v1');
    await words.put([record(1, ['old'], 's1')], 1);
    expect(await words.begin('v2')).toBe(0);
    expect(await words.find({ all: ['old'], limit: 10 })).toEqual([]);
    expect(await words.about('s1')).toEqual([]);
    for (const bad of ['', 'Big', 'two words', 'a*', '"', 'x'.repeat(65)]) {
      await expect(words.put([record(1, [bad])], 1)).rejects.toThrow(TypeError);
      await expect(words.find({ all: [bad], limit: 1 })).rejects.toThrow(TypeError);
    }
    expect(await words.begin('v2')).toBe(0);
  });

  it('[LED100] survives closing and opening, and a closed one refuses', async () => {
    const { store, under } = context();
    await store.words.begin('v1');
    await store.words.put([record(1, ['kept'], 's1')], 7);
    if (under.reopen === undefined) return;
    await store.close();
    await expect(store.words.find({ all: ['kept'], limit: 1 })).rejects.toBeInstanceOf(StoreUnavailable);
    const again = await under.reopen();
    expect(await again.words.begin('v1')).toBe(7);
    expect(await again.words.find({ all: ['kept'], limit: 1 })).toEqual([1]);
    await again.close();
  });
}
