import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Delivery } from '../inbox/decide.ts';
import type { Lane } from '../inbox/schema.ts';
import { humanAbove, isHuman } from '../organisation/views.ts';
import { escalationTarget } from './decide.ts';
import { alertKey, SWEEP } from './evolve.ts';
import type { CaseEvents } from './schema.ts';
import type { Case, Task } from './state.ts';
import { isOpen } from './views.ts';

const tell = (d: Delivery): FollowUp => followUp('inbox.deliver', { ...d });
const lane = (c: Case): Lane => c.priority;

const about = (state: State, id: string): Case => state.cases.cases.get(id)!;

/** [RTE7] What the one before has found out goes to the one who gets it. */
function handedOver(state: State, id: string): Pick<Delivery, 'data'> {
  const handover = state.routing.cases.get(id)?.handover;
  return handover === undefined ? {} : { data: { handover } };
}

/** [CAS21] What a person declines of an agent is heard by the next person above, with the reason: the agent does not judge it alone. */
function objected(state: State, task: Task, { body }: RecordOf<'task.completed'>): FollowUp[] {
  const { seats } = state.organisation;
  if (!body.declined || !isHuman(seats.get(body.by)) || isHuman(seats.get(task.from))) return [];
  const to = humanAbove(state, body.by);
  const text = `"${body.by}" declined the task ${task.id} of "${task.from}": ${task.packet.subproblem}`;
  const data = { task: task.id, report: body.report, objection: true };
  return to === null ? [] : [tell({ to, from: body.by, type: 'escalation', text, case: task.case, data })];
}

/** What each event on a case makes known, and to whom. */
export const casesReact = {
  'case.opened': (state: State, r: RecordOf<'case.opened'>) =>
    r.body.waits
      ? []
      : [
          tell({
            to: r.body.owner,
            type: 'assign',
            text: `New case ${r.body.case}: ${r.body.subject}`,
            case: r.body.case,
            priority: lane(about(state, r.body.case)),
          }),
        ],
  'case.received': (state: State, r: RecordOf<'case.received'>) => [
    tell({
      to: r.body.owner,
      from: 'customer',
      type: 'customer',
      text: r.body.text,
      case: r.body.case,
      priority: lane(about(state, r.body.case)),
    }),
  ],
  'case.assigned': (state: State, r: RecordOf<'case.assigned'>) => [
    tell({
      to: r.body.to,
      from: r.body.from,
      type: 'assign',
      text: r.body.reason,
      case: r.body.case,
      ...handedOver(state, r.body.case),
      ...(r.body.packet === undefined ? {} : { data: { packet: r.body.packet } }),
      priority: lane(about(state, r.body.case)),
    }),
  ],
  'case.resumed': (state: State, r: RecordOf<'case.resumed'>) => {
    const c = about(state, r.body.case);
    return r.body.by === c.owner
      ? []
      : [tell({ to: c.owner, from: r.body.by, type: 'guidance', text: r.body.reason, case: c.id, priority: lane(c) })];
  },
  'case.escalated': (_state: State, r: RecordOf<'case.escalated'>) => [
    tell({
      to: r.body.to,
      from: r.body.from,
      type: 'escalation',
      text: r.body.reason,
      case: r.body.case,
      data: { level: r.body.level },
      priority: 'high',
    }),
  ],
  'case.resolved': (_state: State, r: RecordOf<'case.resolved'>) =>
    r.body.verifier === null
      ? []
      : [
          tell({
            to: r.body.verifier,
            from: r.body.by,
            type: 'verify',
            text: r.body.summary,
            case: r.body.case,
            data: { evidence: r.body.evidence },
          }),
        ],
  'case.verified': (state: State, r: RecordOf<'case.verified'>) => [
    tell({
      to: about(state, r.body.case).owner,
      from: r.body.by,
      type: 'verified',
      text: r.body.checks.join('; '),
      case: r.body.case,
    }),
  ],
  'case.rejected': (state: State, r: RecordOf<'case.rejected'>) => [
    tell({
      to: about(state, r.body.case).owner,
      from: r.body.by,
      type: 'rejected',
      text: r.body.note ?? r.body.checks.join('; '),
      case: r.body.case,
      priority: 'high',
    }),
  ],
  'case.reopened': (state: State, r: RecordOf<'case.reopened'>) => [
    tell({
      to: about(state, r.body.case).owner,
      from: r.body.by,
      type: 'assign',
      text: `Reopened: ${r.body.reason}`,
      case: r.body.case,
      priority: 'high',
    }),
  ],
  'task.delegated': (state: State, r: RecordOf<'task.delegated'>) =>
    r.body.waits
      ? []
      : [
          tell({
            to: r.body.to,
            from: r.body.from,
            type: 'task',
            text: r.body.packet.subproblem,
            case: r.body.case,
            data: { task: r.body.task },
            priority: lane(about(state, r.body.case)),
          }),
        ],
  'task.completed': (state: State, r: RecordOf<'task.completed'>) => {
    const task = state.cases.tasks.get(r.body.task)!;
    if (r.body.by === task.from) return [];
    const data = { task: task.id, report: r.body.report, declined: r.body.declined };
    return [
      tell({
        to: task.from,
        from: r.body.by,
        type: 'report',
        text: task.packet.subproblem,
        case: task.case,
        data,
        priority: lane(about(state, r.body.case)),
      }),
      ...objected(state, task, r),
    ];
  },
};

/** What the clock demands of one case: at most one alert (R-A79, R-A80). */
function dueAlert(c: Case, now: number): CaseEvents['case.alerted']['what'] | null {
  if (c.status === 'waiting_customer') return now - c.since >= SWEEP.waiting ? 'waiting-too-long' : null;
  if (c.status === 'resolved' || c.status === 'verified') {
    const since = c.resolution?.at ?? now;
    return c.satisfied === null && now - since >= SWEEP.feedback ? 'feedback-missing' : null;
  }
  if (!isOpen(c)) return null;
  if (now >= c.due) return 'overdue';
  return now >= c.due - SWEEP.dueSoon ? 'due-soon' : null;
}

/** [CAS12, CAS20] Each is said once, but for what is overdue and was handed back. */
const wasSaid = (c: Case, what: CaseEvents['case.alerted']['what'], now: number): boolean =>
  c.alerted.includes(alertKey(c, what)) && !(what === 'overdue' && c.lateAgain !== undefined && now >= c.lateAgain);

/** [CAS12] The follow-up sweep of one case, run when one of its deadlines passes. */
function sweep(state: State, body: { id: string }, ctx: Context): Draft[] {
  const c = state.cases.cases.get(body.id);
  const what = c && dueAlert(c, ctx.now);
  if (!c || !what || wasSaid(c, what, ctx.now)) return [];
  const alert = event('case.alerted', `case/${c.id}`, { case: c.id, what }, c.id);
  if (what !== 'overdue' || c.status === 'escalated') return [alert];
  const to = escalationTarget(state, c.owner);
  const escalation = { case: c.id, reason: 'overdue', from: c.owner, to, level: c.escalations + 1 };
  return [alert, event('case.escalated', `case/${c.id}`, escalation, c.id)];
}

export const casesFollowUps = { 'case.sweep': sweep };

export const alertReact = {
  'case.alerted': (state: State, r: RecordOf<'case.alerted'>) => {
    const c = state.cases.cases.get(r.body.case)!;
    return [
      tell({
        to: c.owner,
        type: 'reminder',
        text: r.body.what,
        case: c.id,
        data: { what: r.body.what },
        priority: 'high',
      }),
    ];
  },
};
