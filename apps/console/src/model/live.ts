/** Which questions a record answers anew. Pure, so that it can be tested against every kind there is. */

/** Beginning of the kind of a record → first parts of the query keys whose answers it may change. */
const TOUCHES: readonly (readonly [string, readonly string[]])[] = [
  ['organisation.', ['*']],
  ['customer.', ['*']],
  ['seat.', ['status', 'seats', 'seat', 'session']],
  ['case.', ['status', 'cases', 'case', 'seat']],
  ['task.', ['case']],
  ['message.', ['inbox', 'seats', 'seat']],
  ['operation.', ['status', 'operations', 'case', 'why', 'tools']],
  ['approval.', ['status', 'approvals', 'approval', 'inbox', 'case', 'why']],
  ['grant.', ['controls', 'seat']],
  ['deputy.', ['controls', 'inbox']],
  ['violation.', ['controls', 'seat', 'status']],
  ['incident.', ['controls', 'status']],
  ['switch.', ['status', 'seats', 'seat', 'tools', 'controls']],
  ['budget.', ['status', 'money', 'seat']],
  ['economy.', ['money']],
  ['run.', ['runs', 'seats', 'seat', 'status']],
];

/** First parts of query keys; `*` for all. What is not known may change anything. */
export function touchedBy(kinds: Iterable<string>): Set<string> {
  const touched = new Set<string>(['ledger']);
  for (const kind of kinds) {
    const known = TOUCHES.find(([prefix]) => kind.startsWith(prefix));
    for (const part of known?.[1] ?? ['*']) touched.add(part);
  }
  return touched;
}

/** What came in since the last time: kinds, the things they are about, and the newest number. */
export interface Batch {
  readonly kinds: string[];
  /** Correlations: mostly cases. */
  readonly about: string[];
  readonly seq: number;
}

/**
 * Does an answer under this key need to be asked for again? Keys of single things, such as ['case', 'C-7'], only when a record
 * is about that thing; `why` is not, because an explanation joins records of many things.
 */
export function isTouched(key: readonly unknown[], touched: ReadonlySet<string>, about: ReadonlySet<string>): boolean {
  const [first, id] = key;
  if (touched.has('*')) return first !== 'session';
  if (!touched.has(String(first))) return false;
  return first === 'case' && typeof id === 'string' ? about.has(id) : true;
}

/** Milliseconds between two rounds of asking: never more than a fifth of the time is spent on it. */
export const nextRound = (tookMs: number): number => Math.min(10_000, Math.max(400, 4 * tookMs));
