/** Which messages of the inbox go out by mail as well [NTC1–NTC3]. */
import type { Context } from '../core/context.ts';
import { type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { HOUR } from '../core/quantities.ts';
import { nextId, type State } from '../core/state.ts';
import { SYSTEM } from '../core/types.ts';
import type { Message } from '../inbox/state.ts';
import type { Occupant } from '../organisation/schema.ts';
import type { NoticeKind, NoticeSettings } from './definition.ts';
import { askedIn } from './views.ts';

interface Told {
  readonly kind: NoticeKind;
  readonly about: string;
}

const named = (kind: NoticeKind, about: unknown): Told | null => (typeof about === 'string' ? { kind, about } : null);

/** [NTC2] What a message asks for. Approvals, tasks and wake-ups are the kernel's to announce, plain questions a seat's to ask. */
function toldBy({ actor, body }: RecordOf<'message.sent'>): Told | null {
  const { type, data = {}, message } = body;
  if (actor.principal !== SYSTEM.principal) return type === 'question' ? { kind: 'question', about: message } : null;
  if (type === 'approval_request') return named('approval', data.approval);
  if (type === 'task') return named('task', data.task);
  return type === 'escalation' ? named('wakeup', data.wakeup) : null;
}

type Reachable = Occupant & { readonly email: string };

/** Who sits there, if he wants such things by mail. */
function reachable(state: State, seat: string, kind: NoticeKind): Reachable | null {
  const occupant = state.organisation.seats.get(seat)?.occupant;
  const wants = occupant?.kind === 'human' && occupant.email !== undefined && occupant.mail?.includes(kind);
  return wants ? (occupant as Reachable) : null;
}

const NONE: FollowUp[] = [];

export const noticesReact = {
  'message.sent': (state: State, r: RecordOf<'message.sent'>): FollowUp[] => {
    if (state.organisation.settings.notices === undefined) return NONE;
    const told = toldBy(r);
    if (told === null || reachable(state, r.body.to, told.kind) === null) return NONE;
    return [followUp('notice.raise', { message: r.body.message, ...told })];
  },
};

/** [NTC3] T19: nobody is worn down by mail. */
function tooMany(state: State, principal: string, kind: NoticeKind, settings: NoticeSettings, now: number): boolean {
  const before = kind === 'wakeup' ? undefined : state.notices.recent.get(principal);
  const decisive = before?.[before.length - settings.perHour];
  return decisive !== undefined && decisive + HOUR > now;
}

function raised(state: State, message: Message, told: Told, to: Reachable, expires: number, ctx: Context): Draft {
  const notice = nextId(state, 'N');
  const { case: about, to: seat } = message;
  const body = {
    ...{ notice, case: about, kind: told.kind, message: message.id, about: told.about, seat },
    ...{ principal: to.principal, address: to.email, digest: askedIn(state, told.kind, told.about) },
    ...{ expires, nonce: ctx.entropy },
  };
  return event('notice.raised', `notice/${notice}`, body, about ?? notice);
}

function raise(state: State, { message: id, kind, about }: Told & { message: string }, ctx: Context): Draft[] {
  const message = state.inbox.messages.get(id);
  const settings = state.organisation.settings.notices;
  const to = message && reachable(state, message.to, kind);
  if (!message || !settings || !to) return [];
  if (!tooMany(state, to.principal, kind, settings, ctx.now))
    return [raised(state, message, { kind, about }, to, ctx.now + settings.valid, ctx)];
  const why = `${settings.perHour} mails went to "${to.principal}" within an hour`;
  const withheld = { message: id, seat: message.to, kind, case: message.case, why };
  return [event('notice.withheld', `seat/${message.to}`, withheld, message.case)];
}

export const noticesFollowUps = { 'notice.raise': raise };
