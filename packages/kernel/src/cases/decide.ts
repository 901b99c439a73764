import type { z } from 'zod';
import { existed } from '../archive/views.ts';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { afterWork } from '../hours/calendar.ts';
import { covering } from '../hours/views.ts';
import { mayAsk } from '../inbox/control.ts';
import type { Seat, SeatStatus } from '../organisation/state.ts';
import { chain, getSeat, OWNER, successor } from '../organisation/views.ts';
import { intakeOpen } from '../oversight/modes.ts';
import { arrive } from '../routing/arrive.ts';
import { checkClosing } from './closing.ts';
import { forget } from './forget.ts';
import type { CaseEvents, CasePriority, caseCommands } from './schema.ts';
import type { Case } from './state.ts';
import { allow, getCase, heard, isOpen, ownerOf, participant, tasksOf, withdrawing } from './views.ts';

type Body<K extends keyof typeof caseCommands> = z.output<(typeof caseCommands)[K]>;
type CaseEvent = Extract<keyof CaseEvents, string>;

const on = <K extends CaseEvent>(c: { id: string }, kind: K, body: Omit<CaseEvents[K], 'case'>): Draft =>
  event(kind, `case/${c.id}`, { case: c.id, ...body } as never, c.id);

/** [CAS5] First contact decides the owner: the customer's own contact if it still works, else the intake seat. */
function firstOwner(state: State, body: Body<'case.open'>): string {
  const primary = state.cases.customers.get(body.customer)?.primary;
  const served = primary === undefined ? null : successor(state, primary);
  const known = served === null ? undefined : state.organisation.seats.get(served);
  const owner = body.owner ?? (known?.status === 'active' ? known.id : state.organisation.settings.intake);
  if (owner === undefined)
    reject('conflict', 'nobody receives cases here', {
      rule: 'CAS5',
      hint: 'set `settings.intake` in pack.yaml and apply the pack',
    });
  return covering(state, receiving(state, owner, ['retired']).id);
}

/** [CAS7] Work goes only to a seat that can take it. */
export function receiving(state: State, id: string, not: readonly SeatStatus[]): Seat {
  const seat = getSeat(state, id);
  if (not.includes(seat.status))
    reject('conflict', `seat "${seat.id}" is ${seat.status}`, { rule: 'CAS7', hint: 'choose another seat' });
  return seat;
}

/** [HRS5] By the clock, or by the hours the organisation works. */
function dueIn(state: State, priority: CasePriority, from: number): number {
  const { hours, ...spans } = state.organisation.settings.sla;
  return hours === undefined ? from + spans[priority] : afterWork(hours, from, spans[priority]);
}

/** [CAS6] The case that a request of this external id became; archived ones are remembered, too. */
const caseFrom = (state: State, externalId: string): string | undefined =>
  state.cases.byExternalId.get(externalId) ?? state.archive.externalIds.get(externalId);

/** A case one may refer to, in memory or not. */
function existing(state: State, id: string): void {
  if (!existed(state, id)) getCase(state, id);
}

function open(state: State, body: Body<'case.open'>, ctx: Context): Draft[] {
  const known = body.externalId === undefined ? undefined : caseFrom(state, body.externalId);
  if (known !== undefined)
    reject('conflict', `this request is already case ${known}`, { rule: 'CAS6', hint: `reeve case show ${known}` });
  if (body.follows !== undefined) existing(state, body.follows);
  intakeOpen(state, body.priority, ctx.now);
  const id = nextId(state, 'C');
  mayAsk(state, body.customer, ctx.now);
  const arrival = arrive(state, body, id, ctx);
  const owner = arrival?.owner ?? firstOwner(state, body);
  const due = arrival?.due ?? dueIn(state, body.priority, ctx.now);
  const { owner: given, ...rest } = body;
  const how = { ...(given === undefined ? {} : { named: true }), ...(arrival?.waits ? { waits: true } : {}) };
  const opened = { ...rest, owner, due, ...how };
  return [on({ id }, 'case.opened', opened as Omit<CaseEvents['case.opened'], 'case'>), ...(arrival?.drafts ?? [])];
}

export function stillOpen(c: Case): void {
  if (!isOpen(c)) reject('conflict', `case ${c.id} is ${c.status}`, { rule: 'CAS1', hint: 'reopen it first' });
}

function classify(state: State, body: Body<'case.classify'>, ctx: Context): Draft[] {
  const { c, seat } = participant(state, body.case, ctx.actor);
  stillOpen(c);
  if (body.duplicateOf !== undefined) existing(state, body.duplicateOf);
  if (body.duplicateOf === c.id)
    reject('invalid', 'a case cannot be a duplicate of itself', { rule: 'CAS6', hint: 'name the earlier case' });
  const { case: _case, ...rest } = body;
  const due = dueIn(state, body.priority ?? c.priority, c.clockFrom);
  return [on(c, 'case.classified', { ...rest, due, by: seat } as Omit<CaseEvents['case.classified'], 'case'>)];
}

function assign(state: State, body: Body<'case.assign'>, ctx: Context): Draft[] {
  const { c, seat: by } = ownerOf(state, body.case, ctx.actor);
  allow(c, 'assign');
  const to = receiving(state, body.to, ['paused', 'suspended', 'retired']);
  return [on(c, 'case.assigned', { to: to.id, from: by, reason: body.reason })];
}

/**
 * [CAS8] To the given seat, the charter's escalation path, or the supervisor, each while it can take it; at the top it
 * stays where it is.
 */
export function escalationTarget(state: State, seat: string, to?: string): string {
  if (to !== undefined) return receiving(state, to, ['suspended', 'retired']).id;
  const path = state.organisation.seats.get(seat)?.charter.escalation;
  const works = (id: string) => ['active', 'paused'].includes(state.organisation.seats.get(id)?.status ?? 'retired');
  const line = [...(path === undefined ? [] : [path]), ...chain(state, seat)].filter(works);
  // Somebody should sit there; where nobody does all the way up, it waits at the nearest seat.
  return line.find((id) => state.organisation.seats.get(id)?.occupant != null) ?? line[0] ?? seat;
}

function escalate(state: State, body: Body<'case.escalate'>, ctx: Context): Draft[] {
  const { c, seat } = participant(state, body.case, ctx.actor);
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

/** [CAS11] Has this seat, or the person in it, a part in what is to be verified? */
function involved(c: Case, by: string, resolver: string, seat: string, principal: string | undefined): boolean {
  return seat === by || principal === resolver || c.acted.some((a) => a.seat === seat || a.principal === principal);
}

/** Who is asked to verify: the organisation's verifier, else the nearest seat above, that may do it and works. */
export function verifierFor(
  state: State,
  c: Case,
  by: string,
  resolver: string,
  first: readonly string[] = [],
): string | null {
  const named = state.organisation.settings.verifier;
  const above = chain(state, by === OWNER ? c.owner : by);
  return (
    [...first, ...(named === undefined ? [] : [named]), ...above].find((id) => {
      const seat = state.organisation.seats.get(id);
      return seat?.status === 'active' && !involved(c, by, resolver, id, seat.occupant?.principal);
    }) ?? null
  );
}

function resolve(state: State, body: Body<'case.resolve'>, ctx: Context): Draft[] {
  const { c, seat: by } = ownerOf(state, body.case, ctx.actor);
  allow(c, 'resolve');
  const pending = tasksOf(state, c).filter((task) => task.status === 'open');
  if (pending.length > 0)
    reject('conflict', `case ${c.id} still waits for ${pending.map((t) => t.id).join(', ')}`, {
      rule: 'CAS10',
      hint: 'wait for the reports, or take the tasks back by completing them as declined',
    });
  checkEvidence(c, body.evidence);
  checkClosing(state, c, body);
  return [
    on(c, 'case.resolved', {
      summary: body.summary,
      evidence: body.evidence,
      by,
      verifier: verifierFor(state, c, by, ctx.actor.principal),
      topic: c.topic,
      duration: ctx.now - c.openedAt,
      ...(body.confidence === undefined ? {} : { confidence: body.confidence }),
    }),
  ];
}

/** [CAS11] Verified by somebody else: not the seat that resolved, not one that acted on it, not the same principal. */
function verify(state: State, body: Body<'case.verify'>, ctx: Context): Draft[] {
  const { c, seat } = participant(state, body.case, ctx.actor);
  allow(c, body.passed ? 'verify' : 'reject');
  const { by, principal } = c.resolution!;
  if (involved(c, by, principal, seat, ctx.actor.principal)) {
    reject('forbidden', `"${seat}" worked on ${c.id} and cannot verify it`, {
      rule: 'CAS11',
      hint: 'another seat, with somebody else in it, must check',
    });
  }
  if (body.passed && body.checks.length === 0)
    reject('invalid', 'a verification names the checks that were made', {
      rule: 'CAS11',
      hint: 'say in `checks` what you looked at',
    });
  const result = { checks: body.checks, by: seat, ...(body.note === undefined ? {} : { note: body.note }) };
  return [body.passed ? on(c, 'case.verified', result) : on(c, 'case.rejected', result)];
}

function close(state: State, body: Body<'case.close'>, ctx: Context): Draft[] {
  const { c, seat: by } = ownerOf(state, body.case, ctx.actor);
  allow(c, 'close');
  const firstResponse = c.firstResponseAt === null ? null : c.firstResponseAt - c.openedAt;
  const learned = body.learned === undefined ? {} : { learned: body.learned };
  return [
    on(c, 'case.closed', {
      by,
      ...learned,
      topic: c.topic,
      duration: ctx.now - c.openedAt,
      firstResponse,
      reopened: c.reopened,
      met: ctx.now <= c.due,
    }),
  ];
}

/** [CAS14] A case that is opened again when its owner has gone has another one from then on. */
function toHeir(state: State, c: Case): Draft[] {
  const to = successor(state, c.owner);
  return to === null || to === c.owner
    ? []
    : [on(c, 'case.assigned', { to, from: c.owner, reason: `the seat "${c.owner}" was removed` })];
}

export const casesDecide = {
  'case.open': open,
  'case.message': ((state, body, ctx) => {
    const c = heard(state, body.case, ctx.actor);
    return [on(c, 'case.received', { text: body.text, owner: c.owner })];
  }) as Decide<Body<'case.message'>>,
  'case.classify': classify,
  'case.note': ((state, body, ctx) => {
    const { c, seat } = participant(state, body.case, ctx.actor);
    return [on(c, 'case.noted', { text: body.text, by: seat })];
  }) as Decide<Body<'case.note'>>,
  'case.assign': assign,
  'case.start': ((state, body, ctx) => {
    const { c, seat: by } = ownerOf(state, body.case, ctx.actor);
    allow(c, 'start');
    return [on(c, 'case.started', { by })];
  }) as Decide<Body<'case.start'>>,
  'case.wait': ((state, body, ctx) => {
    const { c, seat: by } = ownerOf(state, body.case, ctx.actor);
    allow(c, 'wait_customer');
    return [on(c, 'case.waiting', { on: 'customer', question: body.question, by })];
  }) as Decide<Body<'case.wait'>>,
  'case.block': ((state, body, ctx) => {
    const { c, seat: by } = ownerOf(state, body.case, ctx.actor);
    allow(c, 'block');
    return [on(c, 'case.blocked', { reason: body.reason, by })];
  }) as Decide<Body<'case.block'>>,
  'case.resume': ((state, body, ctx) => {
    const { c, seat } = participant(state, body.case, ctx.actor);
    allow(c, 'resume');
    return [on(c, 'case.resumed', { reason: body.reason, by: seat })];
  }) as Decide<Body<'case.resume'>>,
  'case.escalate': escalate,
  'case.resolve': resolve,
  'case.verify': verify,
  'case.close': close,
  'case.cancel': ((state, body, ctx) => {
    const { c, seat: by } = withdrawing(state, body.case, ctx.actor) ?? ownerOf(state, body.case, ctx.actor);
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
    const { c, seat } = participant(state, body.case, ctx.actor);
    allow(c, 'reopen');
    const reopened = { reason: body.reason, by: seat, due: dueIn(state, c.priority, ctx.now) };
    return [on(c, 'case.reopened', reopened), ...toHeir(state, c)];
  }) as Decide<Body<'case.reopen'>>,
  'customer.forget': forget,
  'case.feedback': ((state, body, ctx) => {
    const c = heard(state, body.case, ctx.actor);
    return [
      on(c, 'case.feedback', { satisfied: body.satisfied, ...(body.text === undefined ? {} : { text: body.text }) }),
    ];
  }) as Decide<Body<'case.feedback'>>,
};
