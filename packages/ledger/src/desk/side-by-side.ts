/**
 * Does work on each item, at most so many at once. What it throws is thrown when all that was begun has ended, so that nothing goes on
 * behind the caller.
 *
 * @returns the results in the order of the items.
 */
export async function sideBySide<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const begun: Promise<R>[] = [];
  const running = new Set<Promise<unknown>>();
  try {
    for await (const item of items) {
      if (running.size >= most) await Promise.race(running);
      const one = work(item);
      begun.push(one);
      running.add(one);
      void one.finally(() => running.delete(one)).catch(() => undefined);
    }
    return await Promise.all(begun);
  } finally {
    await Promise.allSettled(begun);
  }
}
