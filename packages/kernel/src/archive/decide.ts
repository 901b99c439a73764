import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { isIdle, isOver, isUnderWay, partsOf, retentionOf } from './links.ts';
import { leaveUnread } from './unread.ts';

/** [ARC1] A case leaves when it has been over for the retention and nothing of it is open. */
function archiveCase(state: State, body: { id: string }, ctx: Context): Draft[] {
  const c = state.cases.cases.get(body.id);
  if (!c || !isOver(state, c, ctx.now) || state.archive.unread.has(c.id) || isUnderWay(state, c.id)) return [];
  return [event('case.archived', `case/${c.id}`, { case: c.id }, c.id)];
}

function archiveOperation(state: State, body: { id: string }, ctx: Context): Draft[] {
  const op = state.operations.operations.get(body.id);
  if (!op || op.case !== null || op.settledAt === null || op.settledAt + retentionOf(state) > ctx.now) return [];
  if (!isIdle(state, partsOf(state, op.id))) return [];
  return [event('operation.archived', `operation/${op.id}`, { operation: op.id }, op.id)];
}

/** Follow-ups of timers. */
export const archiveFollowUps = {
  'case.unread': leaveUnread,
  'case.archive': archiveCase,
  'operation.archive': archiveOperation,
};
