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

/** Free text with a bound, trimmed nowhere: what was decided is what was written. */
export const text = (max: number) => z.string().max(max);
