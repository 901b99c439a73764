import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerSubject, DeskError, DeskTrees, memoryKeys, personalBlobs } from '../src/index.ts';
import { memoryStore } from '../src/store/memory/index.ts';

const KIM = 'kim@example.com';
function trees() {
  const keys = memoryKeys();
  return { keys, desk: new DeskTrees(personalBlobs(memoryStore().blob, keys)) };
}
const file = (path: string, text: string, about: string | null = null) => ({ path, bytes: Buffer.from(text), about });
const textOf = async (desk: DeskTrees, root: string): Promise<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const [path, entry] of await desk.list(root)) found[path] = Buffer.from(await desk.read(entry)).toString();
  return found;
};
/** Bytes that look random, from a seed. */
function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let x = seed;
  for (let i = 0; i < length; i++) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = x >>> 24;
  }
  return bytes;
}

describe('snapshots of desks', () => {
  it('[LED120] R-D37 come back as they were, and equal desks have equal roots, in whatever order and after whatever before', async () => {
    const path = fc
      .array(fc.stringMatching(/^[a-c]{1,2}$/), { minLength: 1, maxLength: 3 })
      .map((p) => `${p.join('_/')}.txt`);
    const desk = fc.dictionary(path, fc.string({ maxLength: 50 }), { maxKeys: 12 });
    await fc.assert(
      fc.asyncProperty(desk, desk, async (one, two) => {
        const { desk: store } = trees();
        const files = (all: Record<string, string>) => Object.entries(all).map(([p, text]) => file(p, text));
        const first = await store.save(files(one), null);
        const second = await store.save(files(two), first.root);
        expect(await textOf(store, first.root)).toEqual({ ...one });
        expect(await textOf(store, second.root)).toEqual({ ...two });
        expect((await trees().desk.save(files(two).reverse(), null)).root).toBe(second.root);
      }),
      { seed: 20261121, numRuns: 40 },
    );
  });

  it('[LED125] are written side by side within a bound, are there when all is durable, and fail when nothing is under way', async () => {
    const store = memoryStore().blob;
    const under = { now: 0, most: 0, left: 60 };
    const put = async (bytes: Uint8Array) => {
      under.most = Math.max(under.most, ++under.now);
      await new Promise((resolve) => setImmediate(resolve));
      under.now -= 1;
      if (under.left-- <= 0) throw new Error('the disk is full');
      return store.put(bytes);
    };
    const desk = new DeskTrees(personalBlobs({ ...store, put }, memoryKeys()));
    const files = Array.from({ length: 100 }, (_, i) => file(`f-${i}`, `content ${i}`));
    await expect(desk.save(files, null)).rejects.toThrow('the disk is full');
    expect(under.now).toBe(0);
    expect(under.most).toBeGreaterThan(1);
    expect(under.most).toBeLessThanOrEqual(32);
    under.left = Infinity;
    const { root } = await desk.save(files, null);
    expect([...(await desk.list(root)).keys()]).toHaveLength(100);
    expect(root).toBe((await trees().desk.save(files, null)).root);
  });

  it('[LED121] R-D41 a change in the middle of a large file stores about a piece of it, not the file', async () => {
    const { desk } = trees();
    const bytes = noise(2_000_000);
    const first = await desk.save([{ path: 'big.bin', bytes, about: null }], null);
    const changed = Buffer.concat([
      bytes.subarray(0, 900_000),
      Buffer.from('a few words put in'),
      bytes.subarray(900_000),
    ]);
    const second = await desk.save([{ path: 'big.bin', bytes: changed, about: null }], first.root);
    expect(first.added).toBeGreaterThan(2_000_000);
    expect(second.added).toBeLessThan(300_000);
    expect(second.changed).toEqual(['big.bin']);
    expect(Buffer.from(await desk.read((await desk.list(second.root)).get('big.bin')!)).equals(changed)).toBe(true);
  });

  it('[LED122] R-D38 merges what one side changed, and shows what both changed with both sides kept', async () => {
    const { desk } = trees();
    const base = await desk.save([file('a', '1'), file('b', '1'), file('c', '1'), file('d', '1')], null);
    const ours = await desk.save([file('a', '2'), file('b', '1'), file('c', 'ours'), file('new', 'x')], base.root);
    const theirs = await desk.save([file('a', '1'), file('b', '2'), file('c', 'theirs'), file('d', '2')], base.root);
    const found = await desk.merge(base.root, ours.root, theirs.root);
    expect(found.conflicts).toEqual(['c', 'd']);
    expect(await textOf(desk, found.root)).toEqual({
      a: '2',
      b: '2',
      c: 'ours',
      'c.theirs': 'theirs',
      d: '2',
      new: 'x',
    });
  });

  it('[LED123] what is about a customer is unreadable once he is forgotten, and the rest of the desk is there', async () => {
    const { desk, keys } = trees();
    const saved = await desk.save([file('plan.md', 'open'), file('cases/C-1/letter', 'secret', KIM)], null);
    await keys.destroy([customerSubject(KIM)]);
    const listing = await desk.list(saved.root);
    expect(await desk.read(listing.get('cases/C-1/letter')!)).toBe('erased');
    expect(Buffer.from(await desk.read(listing.get('plan.md')!)).toString()).toBe('open');
    const next = await desk.save([file('plan.md', 'open')], saved.root);
    expect(next.changed).toEqual(['cases/C-1/letter']);
  });

  it.each(['../x', '/etc/passwd', 'a/../b', 'a//b', ''])('[LED124] %j is no path of a desk', async (path) => {
    await expect(trees().desk.save([file(path, 'x')], null)).rejects.toThrow(DeskError);
  });
});
