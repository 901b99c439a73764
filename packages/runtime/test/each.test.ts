import { describe, expect, it } from 'vitest';
import { Each } from '../src/each.ts';

/** These pages, each when it is asked for; what was asked for, and whether the source was closed. */
function paged(...pages: (readonly number[] | Error)[]) {
  const seen = { asked: 0, closed: false };
  async function* source(): AsyncGenerator<readonly number[], void, undefined> {
    try {
      for (const page of pages) {
        seen.asked += 1;
        await Promise.resolve();
        if (page instanceof Error) throw page;
        yield page;
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, source: source() };
}

async function all(each: Each<number>, onOne: (one: number) => void = () => {}): Promise<number[]> {
  const found: number[] = [];
  for await (const one of each) {
    found.push(one);
    onOne(one);
  }
  return found;
}

const END = { done: true, value: undefined };
const one = (value: number) => ({ done: false, value });

describe('[RT7] what comes in pages, one by one', () => {
  it('comes in its order, whatever the pages, empty ones included', async () => {
    const { seen, source } = paged([1, 2, 3], [], [4], [], []);
    expect(await all(new Each(source, undefined))).toEqual([1, 2, 3, 4]);
    expect(seen).toEqual({ asked: 5, closed: true });
    const none = paged();
    expect(await all(new Each(none.source, undefined))).toEqual([]);
  });

  it('asks for the next page only when somebody wants it', async () => {
    const { seen, source } = paged([1, 2], [3]);
    const each = new Each(source, undefined);
    expect(seen.asked).toBe(0);
    expect([await each.next(), await each.next()]).toEqual([one(1), one(2)]);
    expect(seen.asked).toBe(1);
    expect([await each.next(), await each.next(), await each.next()]).toEqual([one(3), END, END]);
  });

  it('gives each asker his own when several ask at once, in the order in which they asked', async () => {
    const { source } = paged([1, 2], [], [3], [4]);
    const each = new Each(source, undefined);
    const first = await Promise.all([each.next(), each.next(), each.next()]);
    expect(first).toEqual([one(1), one(2), one(3)]);
    expect(await Promise.all([each.next(), each.next(), each.next()])).toEqual([one(4), END, END]);
  });

  it('keeps the order when some ask while a page is on its way and others when it has come', async () => {
    const { source } = paged([1, 2, 3, 4], [5]);
    const each = new Each(source, undefined);
    const asked = [each.next(), each.next()];
    await asked[0];
    asked.push(each.next(), each.next(), each.next(), each.next());
    expect(await Promise.all(asked)).toEqual([one(1), one(2), one(3), one(4), one(5), END]);
  });

  it('ends in the middle of a page when it is aborted, asks for no other, and closes its source', async () => {
    const { seen, source } = paged([1, 2, 3, 4], [5]);
    const gone = new AbortController();
    const each = new Each(source, gone.signal);
    expect(await all(each, (n) => n === 2 && gone.abort())).toEqual([1, 2]);
    expect(await each.next()).toEqual(END);
    expect(seen).toEqual({ asked: 1, closed: true });
  });

  it('gives nothing of a page that comes after it was aborted, to nobody who waits', async () => {
    const { seen, source } = paged([1, 2], [3]);
    const gone = new AbortController();
    const each = new Each(source, gone.signal);
    const asked = [each.next(), each.next(), each.next()];
    gone.abort();
    expect(await Promise.all(asked)).toEqual([END, END, END]);
    expect(seen).toEqual({ asked: 1, closed: true });
  });

  it('closes its source when whoever reads goes away, in the middle of a page too', async () => {
    const { seen, source } = paged([1, 2, 3], [4]);
    const each = new Each(source, undefined);
    for await (const n of each) if (n === 2) break;
    expect(seen).toEqual({ asked: 1, closed: true });
    expect(await each.next()).toEqual(END);
  });

  it('says what went wrong to who asked, and is over for all others', async () => {
    const { source } = paged([1], new Error('the disk is gone'), [2]);
    const each = new Each(source, undefined);
    expect(await each.next()).toEqual(one(1));
    const [failed, after] = await Promise.allSettled([each.next(), each.next()]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'the disk is gone' } });
    expect(after).toEqual({ status: 'fulfilled', value: END });
  });
});
