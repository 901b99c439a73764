/** What a person answers to a mail, and what became of the mail. */
import type { z } from 'zod';
import { tasksDecide } from '../cases/tasks.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import { SYSTEM } from '../core/types.ts';
import { decideBy } from '../governance/decide.ts';
import { inboxDecide } from '../inbox/decide.ts';
import { wakeupsDecide } from '../oversight/wakeups.ts';
import type { NoticeAction } from './definition.ts';
import type { noticeCommands } from './schema.ts';
import type { Notice } from './state.ts';
import { ANSWERS, noticeStanding, REPLIES, STANDINGS } from './views.ts';

type Body<K extends keyof typeof noticeCommands> = z.output<(typeof noticeCommands)[K]>;
type Answer = Body<'notice.answer'>;

/** What was answered, in words; the reason where one is needed. */
function said({ text, action }: Answer): string {
  if (text !== undefined && text.trim() !== '') return text;
  reject('invalid', `to ${action} needs words`, { rule: 'NTC6', hint: 'write them, and send it again' });
}

const ON_TASK =
  (declined: boolean) =>
  (state: State, { about }: Notice, body: Answer, ctx: Context) => {
    const report = { [declined ? 'reason' : 'answer']: said(body) };
    return tasksDecide['task.complete'](state, { task: about, report, declined }, ctx);
  };

type Does = (state: State, notice: Notice, body: Answer, ctx: Context) => Draft[];

/** [NTC6] Each answer is the command that the same person would give at the console. */
const DOES: Readonly<Record<NoticeAction, Does>> = {
  approve: (state, { about }, { text, way }, ctx) =>
    decideBy(state, { approval: about, verdict: 'approve', ...(text ? { note: text.slice(0, 4000) } : {}) }, ctx, way),
  reject: (state, { about }, body, ctx) =>
    decideBy(state, { approval: about, verdict: 'reject', note: said(body).slice(0, 4000) }, ctx, body.way),
  answer: (state, { about }, body, ctx) => {
    const { from: to, case: on } = state.inbox.messages.get(about)!;
    const letter = {
      to,
      type: 'answer' as const,
      text: said(body),
      data: { answers: about },
      priority: 'normal' as const,
    };
    return inboxDecide['message.send'](state, { ...letter, ...(on === null ? {} : { case: on }) }, ctx);
  },
  complete: ON_TASK(false),
  decline: ON_TASK(true),
  seen: (state, { about }, { text }, ctx) =>
    wakeupsDecide['wakeup.acknowledge'](state, { wakeup: about, ...(text ? { note: text.slice(0, 2000) } : {}) }, ctx),
};

/** A notice of the actor, that counts. For everybody else it does not exist [NTC5]. */
function openNotice(state: State, body: Answer, ctx: Context): Notice {
  const notice = state.notices.notices.get(body.notice);
  const own = notice?.principal === ctx.actor.principal && notice.seat === ctx.actor.seat;
  if (!notice || !own)
    reject('not-found', `there is no mail ${body.notice} to you`, { rule: 'NTC5', hint: STANDINGS.expired.next });
  const standing = noticeStanding(state, notice, ctx.now);
  if (standing !== 'open') {
    const { what, next: hint } = STANDINGS[standing];
    reject('conflict', `${notice.id} ${what}`, { rule: 'NTC4', hint });
  }
  const { what, next: hint } = STANDINGS.changed;
  if (body.digest !== notice.digest) reject('conflict', `${notice.id} ${what}`, { rule: 'NTC4', hint });
  return notice;
}

/** [NTC8] What is answered by mail is words, never a decision. */
function mayAnswer(state: State, notice: Notice, { action, way }: Answer): void {
  if (!ANSWERS[notice.kind].includes(action))
    reject('invalid', `${notice.id} cannot be answered by ${action}`, {
      rule: 'NTC6',
      hint: ANSWERS[notice.kind].join(', '),
    });
  if (way === 'link') return;
  const heard = state.organisation.settings.notices?.replies ?? false;
  if (!heard || REPLIES[notice.kind] !== action)
    reject('forbidden', `${notice.id} is not answered by replying to the mail`, {
      rule: 'NTC8',
      hint: 'open the link in it',
    });
}

const wroteIn = (drafts: readonly Draft[]): { wrote?: string } => {
  const found = drafts.find((draft) => draft.kind === 'message.sent' || draft.kind === 'message.held');
  return found === undefined ? {} : { wrote: (found.body as { message: string }).message };
};

/** [NTC4] Once: what was answered and that it was answered stand on the ledger together. */
function answer(state: State, body: Answer, ctx: Context): Draft[] {
  const notice = openNotice(state, body, ctx);
  mayAnswer(state, notice, body);
  const { id, seat: by, principal, about, case: on } = notice;
  const { action, way } = body;
  const done = DOES[action](state, notice, body, ctx);
  const answered = { notice: id, case: on, action, way, by, principal, about, ...wroteIn(done) };
  const read = state.inbox.messages.has(notice.message)
    ? inboxDecide['message.done'](state, { message: notice.message }, ctx)
    : [];
  // The last: what it says of the answer can be said when that is there.
  return [...done, ...read, event('notice.answered', `notice/${id}`, answered, on ?? id)];
}

/** What the server alone says of a notice. */
function told(state: State, id: string, ctx: Context): Notice {
  if (ctx.actor.principal !== SYSTEM.principal)
    reject('forbidden', 'only the server says what became of a mail', { rule: 'NTC7' });
  const notice = state.notices.notices.get(id);
  return notice ?? reject('not-found', `there is no ${id} in memory`, { rule: 'NTC7' });
}

/** One that is no longer to be sent. */
function due(state: State, id: string, ctx: Context): Notice {
  const notice = told(state, id, ctx);
  if (!state.notices.due.has(id)) reject('conflict', `${id} is not to be sent any more`, { rule: 'NTC7' });
  return notice;
}

const about = ({ id, case: on, seat }: Notice) => ({ notice: id, case: on, seat });
const place = ({ id, case: on }: Notice) => [`notice/${id}`, on ?? id] as const;

export const noticesDecide = {
  'notice.deliver': (state: State, { notice: id, mail }: Body<'notice.deliver'>, ctx: Context): Draft[] => {
    const notice = due(state, id, ctx);
    const [stream, correlation] = place(notice);
    return [event('notice.sent', stream, { ...about(notice), mail }, correlation)];
  },
  'notice.drop': (state: State, { notice: id, why }: Body<'notice.drop'>, ctx: Context): Draft[] => {
    const notice = due(state, id, ctx);
    const [stream, correlation] = place(notice);
    return [event('notice.dropped', stream, { ...about(notice), why }, correlation)];
  },
  'notice.answer': answer,
  'notice.ignore': (state: State, { notice: id, why }: Body<'notice.ignore'>, ctx: Context): Draft[] => {
    const notice = told(state, id, ctx);
    const [stream, correlation] = place(notice);
    return [event('notice.ignored', stream, { ...about(notice), why }, correlation)];
  },
};
