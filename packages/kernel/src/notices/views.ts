import { digest } from '../core/canonical.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { descriptorOf } from '../governance/descriptor.ts';
import { isHuman } from '../organisation/views.ts';
import type { NoticeAction, NoticeKind } from './definition.ts';
import type { Notice } from './state.ts';

/** What can be answered to what. */
export const ANSWERS: Readonly<Record<NoticeKind, readonly NoticeAction[]>> = {
  approval: ['approve', 'reject'],
  question: ['answer'],
  task: ['complete', 'decline'],
  wakeup: ['seen'],
};

/** What the text of a reply is: a decision is none, so that a forged sender decides nothing [NTC8]. */
export const REPLIES: Readonly<Record<NoticeKind, NoticeAction | null>> = {
  approval: null,
  question: 'answer',
  task: 'complete',
  wakeup: null,
};

/** What is asked, as a digest: for an approval the arguments and the capability as it is declared now [GOV55]. */
export function askedIn(state: State, kind: NoticeKind, about: string): string {
  const packet = kind === 'approval' ? state.governance.approvals.get(about)?.packet : undefined;
  if (packet === undefined) return digest([kind, about]);
  return digest([kind, about, packet.argsDigest, descriptorOf(state, packet.capability) ?? null]);
}

/** Is what it is about still to be answered, by this seat? */
function waits(state: State, { kind, about, seat }: Notice): boolean {
  if (kind === 'approval') return state.governance.approvals.get(about)?.status === 'pending';
  if (kind === 'question') return state.inbox.messages.get(about)?.to === seat;
  if (kind === 'wakeup') return state.oversight.wakeups.get(about)?.acknowledged === null;
  const task = state.cases.tasks.get(about);
  return task?.status === 'open' && task.to === seat;
}

/**
 * Does an answer to it still count, and if not why: `used`, by this link or another one of the mail; `expired`; `left`, by who
 * sat there or used that address; `changed`, is about something else now; `over`, was settled another way.
 */
export type NoticeStanding = 'open' | 'used' | 'expired' | 'left' | 'changed' | 'over';

export function noticeStanding(state: State, notice: Notice, now: Time): NoticeStanding {
  if (notice.answered !== null) return 'used';
  if (notice.expires <= now) return 'expired';
  const seat = state.organisation.seats.get(notice.seat);
  const own = isHuman(seat) && seat?.occupant?.principal === notice.principal;
  if (!own || seat.occupant?.email !== notice.address) return 'left';
  if (!waits(state, notice)) return 'over';
  return askedIn(state, notice.kind, notice.about) === notice.digest ? 'open' : 'changed';
}

/** What became of one whose answer does not count, and what is to be done. */
export const STANDINGS: Readonly<Record<Exclude<NoticeStanding, 'open'>, { what: string; next: string }>> = {
  used: { what: 'was answered already', next: 'nothing is left to do; a link counts once' },
  expired: {
    what: 'was good for a time that is over',
    next: 'answer at the console, or with `reeve inbox`, if it still waits',
  },
  left: { what: 'was sent to who sat there before, or used another address', next: 'ask who holds the seat now' },
  changed: {
    what: 'is about something that has changed since',
    next: 'read at the console what it is now, and decide there',
  },
  over: { what: 'is about something that was settled another way', next: 'nothing is left to do' },
};
