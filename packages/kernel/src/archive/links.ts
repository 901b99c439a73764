/** Which things belong together, and what keeps an ended case in memory. Kept up by `evolve`, so that archiving walks nothing. */
import type { Case } from '../cases/state.ts';
import { DAY } from '../core/quantities.ts';
import { type State, setTimer } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Message } from '../inbox/state.ts';
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

/** Unread messages of one case that are done in one step at most. */
export const AT_ONCE = 100;

/** Has it been over for the retention? One that has left memory has. */
export const isOver = (state: State, c: Case | undefined, now: Time): boolean =>
  c === undefined || (isEnded(c) && c.since + retentionOf(state) <= now);

/** Look at the case again now, if it may be due already; else the timer of its end does. */
export function look(state: State, id: string, now: Time): void {
  const c = state.cases.cases.get(id);
  if (!isOver(state, c, now)) return;
  if (state.archive.unread.has(id)) setTimer(state, now, `case.unread:${id}`);
  else if (c) setTimer(state, now, `case.archive:${id}`);
}

/** A message about a case is open. What comes after the case's end has a retention of its own. */
export function unread(state: State, { id, case: about, at }: Message): void {
  if (about === null) return;
  const waiting = state.archive.unread.get(about);
  if (waiting) waiting.add(id);
  else state.archive.unread.set(about, new Set([id]));
  if (!state.cases.live.has(about)) setTimer(state, at + retentionOf(state), `case.unread:${about}`);
}

/** It is done: when it was the last one, or one of so many that the others were left for another step, the case is looked at. */
export function read(state: State, { id, case: about }: Message): void {
  const waiting = about === null ? undefined : state.archive.unread.get(about);
  if (!waiting?.delete(id)) return;
  if (waiting.size === 0) state.archive.unread.delete(about!);
  if (waiting.size % AT_ONCE === 0) look(state, about!, state.now);
}

/** Something of the case is under way: a run on it has begun, a message about it is held, a complaint about it raised. */
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

/** Over, and nobody has to say any more what became of it. */
function isDone(state: State, id: string): boolean {
  const op = state.operations.operations.get(id);
  return op !== undefined && op.settledAt !== null && op.status !== 'escalated';
}

/** Nothing of it is under way: no operation, no decision that is waited for. */
export const isIdle = (state: State, { operations, approvals }: Parts): boolean =>
  operations.every((id) => isDone(state, id)) && !approvals.some((id) => state.governance.pending.has(id));

/** Something of the case still needs somebody, or is being done. */
export function isUnderWay(state: State, id: string): boolean {
  const parts = state.archive.parts.get(id);
  return state.archive.busy.has(id) || (parts !== undefined && !isIdle(state, parts));
}

/** Where an operation belongs: its case, else itself. */
export const threadOf = (op: Pick<Operation, 'id' | 'case'>): string => op.case ?? op.id;
