/** [ARC7] Messages about what is over that nobody reads: the system does them, and what somebody is still asked goes up the line. */
import type { Case } from '../cases/state.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { formatDuration } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { deliver } from '../inbox/decide.ts';
import type { MessageType } from '../inbox/schema.ts';
import type { Message } from '../inbox/state.ts';
import { humanAbove, successor } from '../organisation/views.ts';
import { troubleOf } from '../oversight/troubles.ts';
import { AT_ONCE, isOver, isUnderWay, retentionOf } from './links.ts';

/** Types that want an act of their receiver; all others tell him something, or ask for what the end of the case has settled. */
const ASKS: ReadonlySet<MessageType> = new Set(['customer', 'question', 'escalation']);

/** The oldest messages that have been open for the retention, as many as are done at once. */
function due(state: State, ids: ReadonlySet<string>, now: Time): Message[] {
  const found: Message[] = [];
  const latest = now - retentionOf(state);
  for (const id of ids) {
    const message = state.inbox.messages.get(id)!;
    if (message.at > latest || found.length === AT_ONCE) break;
    found.push(message);
  }
  return found;
}

/** Is something being done about its receiver over this very case? [OVS10] Beyond the bound of OVS12 no rung follows. */
function isClimbing(state: State, { to, case: about }: Message, now: Time): boolean {
  const trouble = troubleOf(state, to);
  return trouble !== null && trouble.case === about && trouble.nextAt !== null && trouble.nextAt >= now;
}

/** [ARC8] What came when the case was over was not answered by its end. A person above hears of it; above the top is nobody. */
function passedOn(state: State, c: Case | undefined, message: Message, ahead: number): Draft | null {
  const above = !ASKS.has(message.type) || (c && message.at < c.since) ? null : humanAbove(state, message.to);
  const to = above === null ? null : successor(state, above);
  if (to === null) return null;
  const { id, type, from, case: about } = message;
  const text = `"${message.to}" has not read ${id} (${type} of "${from}") for ${formatDuration(retentionOf(state))}. ${about} is over: see whether anything is left to do.`;
  return deliver(state, { to, type: 'escalation', text, case: about, data: { unread: id, type, from } }, ahead);
}

const leftBy = ({ id, to, case: about }: Message): Draft =>
  event('message.done', `seat/${to}`, { message: id, by: 'system', reason: 'left unread' }, about);

/** Timer of a case that is over. What is passed on is written first, so that the case is never without it. */
export function leaveUnread(state: State, body: { id: string }, ctx: Context): Draft[] {
  const waiting = state.archive.unread.get(body.id);
  const c = state.cases.cases.get(body.id);
  if (!waiting || !isOver(state, c, ctx.now) || isUnderWay(state, body.id)) return [];
  const left = due(state, waiting, ctx.now);
  if (left.some((message) => isClimbing(state, message, ctx.now))) return [];
  const on: Draft[] = [];
  for (const message of left) {
    const draft = passedOn(state, c, message, on.length);
    if (draft) on.push(draft);
  }
  return [...on, ...left.map(leftBy)];
}
