import { archived, existed } from '../archive/views.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import type { Actor, Time } from '../core/types.ts';
import { directs, OWNER, workingSeat } from '../organisation/views.ts';
import { type CaseMove, movesFrom, next, OPEN } from './machine.ts';
import type { CaseStatus } from './schema.ts';
import type { Case, PastCase, Task } from './state.ts';

const numberOf = (id: string): number => Number(id.slice(2));

/** [CAS2] One answer for a case that does not exist and one that the actor may not see. */
function noCase(id: string): never {
  reject('not-found', `there is no case ${id}`, { hint: 'list your cases with `reeve cases`', rule: 'CAS2' });
}

export const getCase = (state: State, id: string): Case =>
  state.cases.cases.get(id) ?? (existed(state, id) ? archived('case', id) : noCase(id));

/** [CAS1] Check a move against the table. */
export function allow(c: Case, move: CaseMove): CaseStatus {
  const to = next(c.status, move);
  if (to === null) {
    reject('conflict', `case ${c.id} is ${c.status}; it cannot ${move.replaceAll('_', ' ')} now`, {
      rule: 'CAS1',
      hint: `possible now: ${movesFrom(c.status).join(', ') || 'nothing'}`,
    });
  }
  return to;
}

/** A case and the seat that acts on it; `OWNER` when the installation's owner acts without one. */
export interface Acting {
  c: Case;
  seat: string;
}

/**
 * [CAS3] Who acts on a case: a seat that takes part in it, or a human who directs its owner. Everybody else gets the same
 * "no such case" as for one that does not exist.
 */
export function participant(state: State, id: string, actor: Actor): Acting {
  if (actor.principal === OWNER && actor.seat === undefined) return { c: getCase(state, id), seat: OWNER };
  const seat = workingSeat(state, actor).id;
  const c = getCase(state, id);
  return c.parties.includes(seat) || directs(state, actor, c.owner) ? { c, seat } : noCase(id);
}

/** [CAS4] Only the owner (or a human directing it) decides the fate of a case. */
export function ownerOf(state: State, id: string, actor: Actor): Acting {
  const { c, seat } = participant(state, id, actor);
  if (seat !== c.owner && seat !== OWNER && !directs(state, actor, c.owner)) {
    reject('forbidden', `case ${c.id} belongs to "${c.owner}"`, {
      rule: 'CAS4',
      hint: 'report to its owner, who decides',
    });
  }
  return { c, seat };
}

/** [CAS13] The customer's channel (an actor without a seat) is heard on any case; a seat only where it takes part. */
export const heard = (state: State, id: string, actor: Actor): Case =>
  actor.seat === undefined ? getCase(state, id) : participant(state, id, actor).c;

/** [CAS25] Customers who are principals themselves, such as agents of other organisations, may withdraw what they asked for. */
export function withdrawing(state: State, id: string, { principal, seat }: Actor): Acting | null {
  const c = state.cases.cases.get(id);
  return c && seat === undefined && principal !== OWNER && c.customer === principal ? { c, seat: 'customer' } : null;
}

export const tasksOf = (state: State, c: Case): Task[] => c.tasks.flatMap((id) => state.cases.tasks.get(id) ?? []);
export const isOpen = (c: Case): boolean => OPEN.has(c.status);

/** Cases that are not over, in the order of their numbers. */
export const liveCases = (state: State): Case[] =>
  [...state.cases.live]
    .flatMap((id) => state.cases.cases.get(id) ?? [])
    .sort((a, b) => numberOf(a.id) - numberOf(b.id));

export interface CaseCounts {
  open: number;
  byStatus: Record<string, number>;
  overdue: number;
}

/** Latest cases of a customer other than this one, archived ones included. */
export function pastCases(state: State, c: Case): PastCase[] {
  const known = state.cases.customers.get(c.customer);
  return (known?.cases ?? []).flatMap((id) => {
    const other = id === c.id ? undefined : (state.cases.cases.get(id) ?? known?.past?.[id]);
    return other ?? [];
  });
}

/** Cases by status, archived ones included. Proportional to the cases that are not over, for status pages only. */
export function caseCounts(state: State, now: Time): CaseCounts {
  const byStatus = Object.fromEntries(Object.entries(state.cases.byStatus).filter(([, count]) => count > 0));
  let overdue = 0;
  for (const c of liveCases(state)) if (isOpen(c) && c.due < now) overdue += 1;
  return { open: state.cases.open, byStatus, overdue };
}
