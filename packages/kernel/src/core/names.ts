import { z } from 'zod';

/** Identifiers in packs: lower case, digits, dot, dash, underscore. */
export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'expected a name of lower-case letters, digits, ".", "-" or "_" (at most 64)');

/** A capability name or a prefix of them, e.g. `orders.refund`, `orders.*`, `*`. */
export const capabilityPattern = z
  .string()
  .regex(/^(\*|[a-z0-9][a-z0-9._-]*(\.\*)?)$/, 'expected a capability such as "orders.refund", or "orders.*"');

/** Does `orders.*` cover `orders.refund`? Exact names cover themselves. */
export function covers(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === name) return true;
  return pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1));
}

/** Names asked for that are kept: a request may name anything. */
const MOST = 1000;

/**
 * Which items of a list speak of a capability, worked out once per list: lists of a definition are replaced, never changed.
 * @param patternsOf the patterns of one item, e.g. `orders.*`
 */
export function byCapability<T>(
  patternsOf: (item: T) => readonly string[],
): (list: readonly T[], name: string) => readonly T[] {
  const known = new WeakMap<readonly T[], Map<string, readonly T[]>>();
  return (list, name) => {
    const index = known.get(list) ?? new Map<string, readonly T[]>();
    const found = index.get(name);
    if (found) return found;
    const fresh = list.filter((item) => patternsOf(item).some((pattern) => covers(pattern, name)));
    if (index.size >= MOST) index.clear();
    known.set(list, index.set(name, fresh));
    return fresh;
  };
}

/** Free text with a bound, trimmed nowhere: what was decided is what was written. */
export const text = (max: number) => z.string().max(max);
