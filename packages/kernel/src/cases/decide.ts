import type { z } from 'zod';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { actingSeat, commonSupervisor, getSeat, OWNER } from '../organisation/views.ts';
import type { CaseEvents, caseCommands } from './schema.ts';
import type { Case } from './state.ts';
import { allow, getCase, isOpen, ownerOf, participant, tasksOf } from './views.ts';

type Body<K extends keyof typeof caseCommands> = z.output<(typeof caseCommands)[K]>;
type CaseEvent = Extract<keyof CaseEvents, string>;

const on = <K extends CaseEvent>(c: { id: string }, kind: K, body: Omit<CaseEvents[K], 'case'>): Draft =>
  event(kind, `case/${c.id}`, { case: c.id, ...body } as never, c.id);

const acts = (state: State, id: string, ctx: Context): { c: Case; seat: string } => {
  const c = getCase(state, id);
  return { c, seat: participant(state, c, ctx.actor) };
};

/** [CAS5] First contact decides the owner: the customer's own contact if it still works, else the intake seat. */
function firstOwner(state: State, body: Body<'case.open'>): string {
  const primary = state.cases.customers.get(body.customer)?.primary;
  const known = primary === undefined ? undefined : state.organisation.seats.get(primary);
  const owner = body.owner ?? (known?.status === 'active' ? known.id : state.organisation.settings.intake);
  if (owner === undefined)
    reject('conflict', 'nobody receives cases here', {
      rule: 'CAS5',
      hint: 'set `settings.intake` in pack.yaml and apply the pack',
    });
  return getSeat(state, owner).id;
}

function open(state: State, body: Body<'case.open'>): Draft[] {
  const known = body.externalId === undefined ? undefined : state.cases.byExternalId.get(body.externalId);
  if (known !== undefined)
    reject('conflict', `this request is already case ${known}`, { rule: 'CAS6', hint: `reeve case show ${known}` });
  const id = nextId(state, 'C');
  const owner = firstOwner(state, body);
  const due = state.now + state.organisation.settings.sla[body.priority];
  const { owner: _given, ...rest } = body;
  return [on({ id }, 'case.opened', { ...rest, owner, due } as Omit<CaseEvents['case.opened'], 'case'>)];
}

function classify(state: State, body: Body<'case.classify'>, ctx: Context): Draft[] {
  const { c, seat } = acts(state, body.case, ctx);
  if (!isOpen(c)) reject('conflict', `case ${c.id} is ${c.status}`, { rule: 'CAS1', hint: 'reopen it first' });
  if (body.duplicateOf !== undefined) getCase(state, body.duplicateOf);
  if (body.duplicateOf === c.id) reject('invalid', 'a case cannot be a duplicate of itself', { rule: 'CAS6' });
  const { case: _case, ...rest } = body;
  const due = c.openedAt + state.organisation.settings.sla[body.priority ?? c.priority];
  return [on(c, 'case.classified', { ...rest, due, by: seat } as Omit<CaseEvents['case.classified'], 'case'>)];
}

function assign(state: State, body: Body<'case.assign'>, ctx: Context): Draft[] {
  const c = getCase(state, body.case);
  const by = ownerOf(state, c, ctx.actor);
  allow(c, 'assign');
  const to = getSeat(state, body.to);
  if (to.status !== 'active')
    reject('conflict', `seat "${to.id}" is ${to.status}`, { rule: 'CAS7', hint: 'choose an active seat' });
  return [on(c, 'case.assigned', { to: to.id, from: by, reason: body.reason })];
}

/** [CAS8] To the given seat, the charter's escalation path, or the supervisor; at the top it stays with the owner. */
export function escalationTarget(state: State, seat: string, to?: string): string {
  if (to !== undefined) return getSeat(state, to).id;
  const from = state.organisation.seats.get(seat);
  return from?.charter.escalation ?? from?.supervisor ?? seat;
}

function escalate(state: State, body: Body<'case.escalate'>, ctx: Context): Draft[] {
  const { c, seat } = acts(state, body.case, ctx);
  allow(c, 'escalate');
  const from = seat === OWNER ? c.owner : seat;
  return [
    on(c, 'case.escalated', {
      reason: body.reason,
      from,
      to: escalationTarget(state, from, body.to),
      level: c.escalations + 1,
    }),
  ];
}

/** [CAS9] A claim must cite something that happened: operations of this case that succeeded, or recorded evidence (T9). */
function checkEvidence(c: Case, refs: readonly string[]): void {
  if (refs.length === 0)
    reject('invalid', `case ${c.id} cannot be resolved without evidence`, {
      rule: 'CAS9',
      hint: 'cite an operation that succeeded on this case, e.g. "OP-12"',
    });
  const known = new Set(c.evidence.map((e) => e.ref));
  const unknown = refs.filter((ref) => !known.has(ref));
  if (unknown.length > 0) {
    reject('invalid', `no action on the ledger of ${c.id} matches the evidence ${unknown.join(', ')}`, {
      rule: 'CAS9',
      hint: `evidence that exists: ${[...known].slice(0, 10).join(', ') || 'none'}`,
    });
  }
}

function verifierFor(state: State, by: string): string | null {
  const named = state.organisation.settings.verifier;
  if (named !== undefined && named !== by && state.organisation.seats.get(named)?.status === 'active') return named;
  return commonSupervisor(state, [by]);
}

function resolve(state: State, body: Body<'case.resolve'>, ctx: Context): Draft[] {
  const c = getCase(state, body.case);
  const by = ownerOf(state, c, ctx.actor);
  allow(c, 'resolve');
  const pending = tasksOf(state, c).filter((task) => task.status === 'open');
  if (pending.length > 0)
    reject('conflict', `case ${c.id} still waits for ${pending.map((t) => t.id).join(', ')}`, {
      rule: 'CAS10',
      hint: 'wait for the reports, or complete the tasks as declined',
    });
  checkEvidence(c, body.evidence);
  const duration = state.now - c.openedAt;
  return [
    on(c, 'case.resolved', {
      summary: body.summary,
      evidence: body.evidence,
      by,
      verifier: verifierFor(state, by),
      topic: c.topic,
      duration,
    }),
  ];
}

/** [CAS11] Verified by somebody else: not the seat that resolved, not one that acted on it, not the same principal. */
function verify(state: State, body: Body<'case.verify'>, ctx: Context): Draft[] {
  const c = getCase(state, body.case);
  const seat = participant(state, c, ctx.actor);
  allow(c, body.passed ? 'verify' : 'reject');
  const resolver = state.organisation.seats.get(c.resolution?.by ?? '');
  if (
    seat === c.resolution?.by ||
    c.acted.some((a) => a.seat === seat) ||
    resolver?.occupant?.principal === ctx.actor.principal
  ) {
    reject('forbidden', `"${seat}" worked on ${c.id} and cannot verify it`, {
      rule: 'CAS11',
      hint: 'another seat must check',
    });
  }
  if (body.passed && body.checks.length === 0)
    reject('invalid', 'a verification names the checks that were made', { rule: 'CAS11' });
  const result = { checks: body.checks, by: seat, ...(body.note === undefined ? {} : { note: body.note }) };
  return [body.passed ? on(c, 'case.verified', result) : on(c, 'case.rejected', result)];
}

function close(state: State, body: Body<'case.close'>, ctx: Context): Draft[] {
  const c = getCase(state, body.case);
  const by = ownerOf(state, c, ctx.actor);
  allow(c, 'close');
  const firstResponse = c.firstResponseAt === null ? null : c.firstResponseAt - c.openedAt;
  const learned = body.learned === undefined ? {} : { learned: body.learned };
  return [
    on(c, 'case.closed', {
      by,
      ...learned,
      topic: c.topic,
      duration: state.now - c.openedAt,
      firstResponse,
      reopened: c.reopened,
      met: state.now <= c.due,
    }),
  ];
}

function delegate(state: State, body: Body<'task.delegate'>, ctx: Context): Draft[] {
  const { c, seat } = acts(state, body.case, ctx);
  if (!isOpen(c)) reject('conflict', `case ${c.id} is ${c.status}`, { rule: 'CAS1' });
  const to = getSeat(state, body.to);
  if (to.status === 'retired' || to.status === 'suspended')
    reject('conflict', `seat "${to.id}" is ${to.status}`, { rule: 'CAS7', hint: 'choose another seat' });
  if (to.id === seat) reject('invalid', 'a task is delegated to somebody else', { rule: 'CAS10' });
  return [
    event(
      'task.delegated',
      `case/${c.id}`,
      { case: c.id, task: nextId(state, 'T'), from: seat === OWNER ? c.owner : seat, to: to.id, packet: body.packet },
      c.id,
    ),
  ];
}

function completeTask(state: State, body: Body<'task.complete'>, ctx: Context): Draft[] {
  const task = state.cases.tasks.get(body.task);
  if (!task) reject('not-found', `there is no task ${body.task}`, { rule: 'CAS10' });
  const seat = actingSeat(state, ctx.actor);
  if (task.to !== seat.id) reject('not-found', `there is no task ${body.task}`, { rule: 'CAS10' });
  if (task.status !== 'open') reject('conflict', `task ${task.id} is already ${task.status}`, { rule: 'CAS10' });
  return [
    event(
      'task.completed',
      `case/${task.case}`,
      { case: task.case, task: task.id, by: seat.id, report: body.report, declined: body.declined },
      task.case,
    ),
  ];
}

export const casesDecide = {
  'case.open': open,
  'case.message': ((state, body) => {
    const c = getCase(state, body.case);
    return [on(c, 'case.received', { text: body.text, owner: c.owner })];
  }) as Decide<Body<'case.message'>>,
  'case.classify': classify,
  'case.note': ((state, body, ctx) => {
    const { c, seat } = acts(state, body.case, ctx);
    return [on(c, 'case.noted', { text: body.text, by: seat })];
  }) as Decide<Body<'case.note'>>,
  'case.assign': assign,
  'case.start': ((state, body, ctx) => {
    const c = getCase(state, body.case);
    const by = ownerOf(state, c, ctx.actor);
    allow(c, 'start');
    return [on(c, 'case.started', { by })];
  }) as Decide<Body<'case.start'>>,
  'case.wait': ((state, body, ctx) => {
    const c = getCase(state, body.case);
    const by = ownerOf(state, c, ctx.actor);
    allow(c, 'wait_customer');
    return [on(c, 'case.waiting', { on: 'customer', question: body.question, by })];
  }) as Decide<Body<'case.wait'>>,
  'case.block': ((state, body, ctx) => {
    const c = getCase(state, body.case);
    const by = ownerOf(state, c, ctx.actor);
    allow(c, 'block');
    return [on(c, 'case.blocked', { reason: body.reason, by })];
  }) as Decide<Body<'case.block'>>,
  'case.resume': ((state, body, ctx) => {
    const { c, seat } = acts(state, body.case, ctx);
    allow(c, 'resume');
    return [on(c, 'case.resumed', { reason: body.reason, by: seat })];
  }) as Decide<Body<'case.resume'>>,
  'case.escalate': escalate,
  'case.resolve': resolve,
  'case.verify': verify,
  'case.close': close,
  'case.cancel': ((state, body, ctx) => {
    const c = getCase(state, body.case);
    const by = ownerOf(state, c, ctx.actor);
    allow(c, 'cancel');
    return [
      on(c, 'case.cancelled', {
        reason: body.reason,
        by,
        ...(c.duplicateOf === null ? {} : { duplicateOf: c.duplicateOf }),
      }),
    ];
  }) as Decide<Body<'case.cancel'>>,
  'case.reopen': ((state, body, ctx) => {
    const { c, seat } = acts(state, body.case, ctx);
    allow(c, 'reopen');
    return [on(c, 'case.reopened', { reason: body.reason, by: seat })];
  }) as Decide<Body<'case.reopen'>>,
  'case.feedback': ((state, body) => {
    const c = getCase(state, body.case);
    return [
      on(c, 'case.feedback', { satisfied: body.satisfied, ...(body.text === undefined ? {} : { text: body.text }) }),
    ];
  }) as Decide<Body<'case.feedback'>>,
  'task.delegate': delegate,
  'task.complete': completeTask,
};
