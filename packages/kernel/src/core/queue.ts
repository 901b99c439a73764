/** First-in first-out queue as plain data with constant-time ends; `items` before `head` are spent. */
export interface Queue<T> {
  items: T[];
  head: number;
}

export const queue = <T>(): Queue<T> => ({ items: [], head: 0 });

export function enqueue<T>(q: Queue<T>, item: T): void {
  q.items.push(item);
}

export const peek = <T>(q: Queue<T>): T | undefined => q.items[q.head];

export function dequeue<T>(q: Queue<T>): T | undefined {
  const item = q.items[q.head];
  if (q.head >= q.items.length) return undefined;
  q.head += 1;
  if (q.head > 64 && q.head * 2 > q.items.length) {
    q.items = q.items.slice(q.head);
    q.head = 0;
  }
  return item;
}

export const length = <T>(q: Queue<T>): number => q.items.length - q.head;
