/** Which things belong together, and what keeps an ended case in memory. Kept up by `evolve`, so that archiving walks nothing. */
import type { Case } from '../cases/state.ts';
import { DAY } from '../core/quantities.ts';
import { type State, setTimer } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Operation } from '../operations/state.ts';
import type { Parts } from './state.ts';

/** How long ended cases, and settled operations of no case, stay in memory unless the pack says otherwise. */
export const RETENTION = 30 * DAY;

export const retentionOf = (state: State): number => state.organisation.settings.retention ?? RETENTION;

export const isEnded = (c: Case): boolean => c.status === 'closed' || c.status === 'cancelled';

export function partsOf(state: State, thread: string): Parts {
  let parts = state.archive.parts.get(thread);
  if (!parts) {
    parts = { operations: [], approvals: [], reservations: [] };
    state.archive.parts.set(thread, parts);
  }
  return parts;
}

/** Look at the case again now, if it may be due already; else the timer of its end does. */
export function look(state: State, id: string, now: Time): void {
  const c = state.cases.cases.get(id);
  if (c && isEnded(c) && c.since + retentionOf(state) <= now) setTimer(state, now, `case.archive:${id}`);
}

/** A message about the case is open, or a run on it has begun. */
export function hold(state: State, id: string | null): void {
  if (id !== null) state.archive.busy.set(id, (state.archive.busy.get(id) ?? 0) + 1);
}

export function letGo(state: State, id: string | null): void {
  if (id === null) return;
  const left = (state.archive.busy.get(id) ?? 0) - 1;
  if (left > 0) {
    state.archive.busy.set(id, left);
    return;
  }
  state.archive.busy.delete(id);
  look(state, id, state.now);
}

/** Nothing of it is under way: no operation, no decision that is waited for. */
export function isIdle(state: State, { operations, approvals }: Parts): boolean {
  return (
    operations.every((id) => (state.operations.operations.get(id)?.settledAt ?? null) !== null) &&
    !approvals.some((id) => state.governance.pending.has(id))
  );
}

/** Where an operation belongs: its case, else itself. */
export const threadOf = (op: Pick<Operation, 'id' | 'case'>): string => op.case ?? op.id;
