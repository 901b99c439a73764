/** Which questions a record answers anew. Pure, so that it can be tested against every kind there is. */

/** Beginning of the kind of a record → first parts of the query keys whose answers it may change. */
const TOUCHES: readonly (readonly [string, readonly string[]])[] = [
  ['organisation.', ['*']],
  ['customer.', ['*']],
  ['seat.', ['status', 'seats', 'seat', 'session', 'health', 'restructurings', 'structure']],
  ['case.', ['status', 'cases', 'case', 'seat', 'lanes', 'knowledge', 'numbers']],
  ['summary.', ['case']],
  ['task.', ['case']],
  ['message.', ['inbox', 'seats', 'seat']],
  ['intake.', ['status', 'cases']],
  ['sender.', ['controls']],
  ['complaint.', ['case', 'controls']],
  ['service.', ['case', 'inbox']],
  ['load.', ['cases', 'seats']],
  ['surge.', ['status', 'health']],
  ['operation.', ['status', 'operations', 'case', 'why', 'tools', 'lanes', 'run', 'numbers']],
  ['approval.', ['status', 'approvals', 'approval', 'inbox', 'case', 'why', 'lanes']],
  ['grant.', ['controls', 'seat']],
  ['deputy.', ['controls', 'inbox']],
  ['exception.', ['controls']],
  ['violation.', ['controls', 'seat', 'status']],
  ['incident.', ['controls', 'status', 'health', 'numbers']],
  ['switch.', ['status', 'seats', 'seat', 'tools', 'controls', 'lanes', 'health']],
  ['budget.', ['status', 'money', 'seat']],
  ['economy.', ['money', 'lanes']],
  ['lane.', ['lanes']],
  ['purpose.', ['goals', 'status']],
  ['gap.', ['goals', 'status']],
  ['proposal.', ['goals', 'inbox']],
  ['belief.', ['knowledge']],
  ['skill.', ['knowledge']],
  ['memory.', ['knowledge']],
  ['desk.', ['knowledge']],
  ['team.', ['knowledge']],
  ['oversight.', ['health']],
  ['mode.', ['health', 'status']],
  ['report.', ['health', 'numbers']],
  ['notice.', ['inbox']],
  ['wakeup.', ['health', 'inbox']],
  ['unrecorded.backup', ['backups']],
  ['run.', ['runs', 'run', 'seats', 'seat', 'status', 'health', 'numbers']],
];

/** First parts of query keys; `*` for all. What is not known may change anything. */
export function touchedBy(kinds: Iterable<string>): Set<string> {
  const touched = new Set<string>();
  for (const kind of kinds) {
    // What is told without a record has written nothing.
    if (!kind.startsWith('unrecorded.')) touched.add('ledger');
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
