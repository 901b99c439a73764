import { Refusal } from '../errors.ts';

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf('-') + 1));

/** One page of things with counted ids, the newest first; the cursor is the id of the last one given. */
export function newestFirst<T extends { id: string }>(
  all: Iterable<T>,
  { limit, cursor }: PageQuery,
  keep: (item: T) => boolean,
): { items: T[]; next?: string } {
  if (cursor !== undefined && !/^[A-Z]+-\d{1,15}$/.test(cursor)) throw badCursor();
  const below = cursor === undefined ? Number.POSITIVE_INFINITY : numberOf(cursor);
  const items: T[] = [];
  for (const item of [...all].reverse()) {
    if (numberOf(item.id) >= below || !keep(item)) continue;
    if (items.length === limit) return { items, next: items.at(-1)!.id };
    items.push(item);
  }
  return { items };
}

/** One page of a list in an order of its own; the cursor is the key of the last one given. */
export function afterKey<T>(
  all: readonly T[],
  { limit, cursor }: PageQuery,
  keyOf: (item: T) => string,
): { items: T[]; next?: string } {
  const from = cursor === undefined ? 0 : all.findIndex((item) => keyOf(item) === cursor) + 1;
  if (cursor !== undefined && from === 0) throw badCursor();
  const items = all.slice(from, from + limit);
  return from + limit < all.length ? { items, next: keyOf(items.at(-1)!) } : { items };
}

/**
 * One page of several lists, one after the other: at most `limit` lines in all. Takes and gives keys, so that only the lines of the page
 * have to be worked out; the cursor names the list and the key of the last one given.
 */
export function acrossLists<K extends string>(
  lists: Readonly<Record<K, readonly string[]>>,
  query: PageQuery,
): { page: Record<K, string[]>; next?: string } {
  const names = Object.keys(lists) as K[];
  const all = names.flatMap((list) => lists[list].map((key) => ({ list, key })));
  const { items, ...next } = afterKey(all, query, ({ list, key }) => `${list}:${key}`);
  const keysOf = (name: K) => items.filter(({ list }) => list === name).map(({ key }) => key);
  return { page: Object.fromEntries(names.map((name) => [name, keysOf(name)])) as Record<K, string[]>, ...next };
}

/** The things with these keys, in their order. */
export function byKeys<T>(all: readonly T[], keyOf: (item: T) => string, keys: readonly string[]): T[] {
  const known = new Map(all.map((item) => [keyOf(item), item]));
  return keys.flatMap((key) => known.get(key) ?? []);
}

export const badCursor = (): Refusal =>
  new Refusal('malformed', 'cursor: this is not one', 'pass `next` of a page as it came, with the same query');

export const none = (what: string, id: string): Refusal =>
  new Refusal('not-found', `there is no ${what} ${id}`, `list them with GET /v1/${what}s`);
