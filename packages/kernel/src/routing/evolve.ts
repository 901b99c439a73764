import { isOpen } from '../cases/views.ts';
import type { RecordOf } from '../core/events.ts';
import { HOUR } from '../core/quantities.ts';
import { type State, setTimer } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { experienceEvolve } from './learn.ts';
import { leave, lineKey, rankOf, stand } from './line.ts';
import { count, recount, routedCase, routes, routingOf, seatLoad, weigh } from './load.ts';
import type { RoutedCase } from './state.ts';

interface OnCase {
  at: Time;
  body: { case: string };
}

/** Plan the next time load is evened out, when there is reason to. */
function plan(state: State, at: Time): void {
  const { routing } = state;
  if (!routes(state) || routing.balanceAt > at || routing.over.size === 0) return;
  routing.balanceAt = at + routingOf(state).rebalance.every;
  setTimer(state, routing.balanceAt, 'routing.balance:');
}

/** Something happened to a case: count again, and take out of line what somebody has or nobody owes any more. */
function moved(state: State, r: OnCase): void {
  const c = state.cases.cases.get(r.body.case);
  if (!c) return;
  const routed = routedCase(state, c);
  const wasOwed = routed.slot !== null || routed.waits !== undefined;
  if (routed.waits && !isOpen(c)) leave(state, c.id, routed);
  recount(state, c, r.at);
  if (!isOpen(c)) endTasks(state, routed);
  const owed = isOpen(c);
  if (wasOwed !== owed) share(state, routed, owed ? 1 : -1, r.at);
  plan(state, r.at);
}

/** One open case of the customer more, or less; and of the whole. */
function share(state: State, { customer }: RoutedCase, by: 1 | -1, at: Time): void {
  const { customers, came, went } = state.routing;
  const open = (customers.get(customer) ?? 0) + by;
  if (open > 0) customers.set(customer, open);
  else customers.delete(customer);
  count(by > 0 ? came : went, at);
}

function opened(state: State, r: RecordOf<'case.opened'>): void {
  const { asked } = state.routing;
  const hour = Math.floor(r.at / HOUR);
  if (asked.hour !== hour) {
    asked.hour = hour;
    asked.by.clear();
  }
  asked.by.set(r.body.customer, (asked.by.get(r.body.customer) ?? 0) + 1);
  const one = state.cases.cases.get(r.body.case);
  if (one && r.body.needs) routedCase(state, one).needs = r.body.needs;
  if (one && r.body.named) routedCase(state, one).placed = true;
  moved(state, r);
}

function routed(state: State, r: RecordOf<'case.routed'>): void {
  const { case: id, outcome, cause, needs, rank, rule, from } = r.body;
  const c = state.cases.cases.get(id);
  if (!c) return;
  const one = routedCase(state, c);
  // Who waits in line is placed when he leaves it, by an assignment.
  if (outcome !== 'waiting') one.placed = true;
  const shadow = r.body.lane?.shadow;
  if (shadow !== undefined && !c.parties.includes(shadow)) c.parties.push(shadow);
  if (outcome === 'direct') {
    if (rule !== undefined) one.direct = rule;
    remind(state, id, one, r.at);
    return;
  }
  one.needs = needs;
  if (r.body.deferred) one.deferred = true;
  if (cause === 'rebalance') {
    one.moved += 1;
    if (from !== null) one.gave.push(from);
  }
  if (r.body.answer !== undefined && cause === 'transfer') one.told = true;
  if (outcome === 'waiting') stand(state, id, one, needs, rank ?? 0);
  else leave(state, id, one);
  recount(state, c, r.at);
}

/** [RTE14] Whose line is direct hears of it again until the case is over. */
function remind(state: State, id: string, one: RoutedCase, at: Time): void {
  const line = routingOf(state).direct.find((each) => each.id === one.direct);
  if (!line) return;
  one.updateAt = at + line.every;
  setTimer(state, one.updateAt, `case.update:${id}`);
}

function reopened(state: State, r: RecordOf<'case.reopened'>): void {
  moved(state, r);
  const one = state.routing.cases.get(r.body.case);
  if (one) remind(state, r.body.case, one, r.at);
}

function transferred(state: State, r: RecordOf<'case.transferred'>): void {
  const c = state.cases.cases.get(r.body.case);
  if (!c) return;
  const { from, reason, context, hop } = r.body;
  const one = routedCase(state, c);
  leave(state, c.id, one);
  one.gave.push(from);
  one.hops = hop;
  one.handover = { ...context, from, reason };
}

/** A human or a rule gave it to somebody: it waits no longer. */
function assigned(state: State, r: RecordOf<'case.assigned'>): void {
  const c = state.cases.cases.get(r.body.case);
  if (c) {
    const one = routedCase(state, c);
    one.placed = true;
    leave(state, c.id, one);
  }
  moved(state, r);
}

/** Its place is worked out anew from when it came. */
function classified(state: State, r: RecordOf<'case.classified'>): void {
  const c = state.cases.cases.get(r.body.case);
  if (!c) return;
  const one = routedCase(state, c);
  if (one.waits && one.needs && r.body.priority !== undefined) {
    const others = (state.routing.customers.get(c.customer) ?? 1) - 1;
    const work = { priority: c.priority, since: c.openedAt, others, deferred: one.deferred ?? false };
    stand(state, c.id, one, one.needs, rankOf(routingOf(state), work));
  }
  moved(state, r);
}

function archived(state: State, r: RecordOf<'case.archived'>): void {
  const one = state.routing.cases.get(r.body.case);
  if (one) leave(state, r.body.case, one);
  state.routing.cases.delete(r.body.case);
}

function delegated(state: State, r: RecordOf<'task.delegated'>): void {
  moved(state, r);
  const { case: id, task, to } = r.body;
  const one = state.routing.cases.get(id);
  if (!one) return;
  one.tasks = { ...one.tasks, [task]: to };
  const load = seatLoad(state, to);
  load.tasks += 1;
  count(load.came, r.at);
  weigh(state, to, load);
  plan(state, r.at);
}

function endTask(state: State, one: RoutedCase, task: string): void {
  const seat = one.tasks?.[task];
  if (seat === undefined) return;
  delete one.tasks![task];
  const load = seatLoad(state, seat);
  load.tasks -= 1;
  weigh(state, seat, load);
}

function endTasks(state: State, one: RoutedCase): void {
  for (const task of Object.keys(one.tasks ?? {})) endTask(state, one, task);
}

function completed(state: State, r: RecordOf<'task.completed'>): void {
  const one = state.routing.cases.get(r.body.case);
  const seat = one?.tasks?.[r.body.task];
  if (one) endTask(state, one, r.body.task);
  if (seat !== undefined) count(seatLoad(state, seat).went, r.at);
  moved(state, r);
}

/** Capacities may have changed; what removed seats owed is re-homed by events of its own. */
function applied(state: State, r: RecordOf<'organisation.applied'>): void {
  for (const [id, load] of state.routing.seats) weigh(state, id, load);
  for (const [id, loan] of state.routing.loans)
    if (!state.organisation.seats.has(id) || !state.organisation.units.has(loan.unit)) state.routing.loans.delete(id);
  plan(state, r.at);
}

/** [RTE13] What a seat has not begun when it stops working is given to others soon. */
function worksOrNot(state: State, r: { at: Time; body: { seat: string } }): void {
  const load = state.routing.seats.get(r.body.seat);
  if (load) weigh(state, r.body.seat, load);
  plan(state, r.at);
}

function balanced(state: State, r: RecordOf<'load.balanced'>): void {
  state.routing.balanceAt = 0;
  if (r.body.moved.length > 0) plan(state, r.at);
}

function surging(state: State, at: Time): void {
  const checkAt = at + routingOf(state).surge.every;
  state.routing.surge = { since: state.routing.surge?.since ?? at, checkAt };
  setTimer(state, checkAt, 'routing.surge:');
}

const evolve = {
  'case.opened': opened,
  'case.routed': routed,
  'case.reopened': reopened,
  'case.transferred': transferred,
  'case.assigned': assigned,
  'case.classified': classified,
  'case.archived': archived,
  'task.delegated': delegated,
  'task.completed': completed,
  'organisation.applied': applied,
  'seat.paused': worksOrNot,
  'seat.suspended': worksOrNot,
  'seat.resumed': worksOrNot,
  'seat.occupied': worksOrNot,
  'seat.lent': (state: State, r: RecordOf<'seat.lent'>) => {
    const { seat, unit, from, until, by } = r.body;
    state.routing.loans.set(seat, { unit, from, until, by });
    setTimer(state, until, `routing.return:${seat}`);
  },
  'seat.returned': (state: State, r: RecordOf<'seat.returned'>) => void state.routing.loans.delete(r.body.seat),
  'skill.missing': (state: State, r: RecordOf<'skill.missing'>) => {
    const { needs, missing, case: id } = r.body;
    const key = lineKey(needs, []);
    const gap = state.routing.gaps.get(key) ?? { needs, missing, count: 0, first: r.at, last: r.at, cases: [] };
    state.routing.gaps.delete(key);
    state.routing.gaps.set(key, {
      ...gap,
      missing,
      count: gap.count + 1,
      last: r.at,
      cases: [...gap.cases, id].slice(-5),
    });
    const oldest = state.routing.gaps.keys().next().value;
    if (state.routing.gaps.size > MOST_GAPS && oldest !== undefined) state.routing.gaps.delete(oldest);
  },
  'intake.throttled': (state: State, r: RecordOf<'intake.throttled'>) => {
    state.routing.throttled = { since: r.at, by: r.body.by, reason: r.body.reason };
  },
  'intake.opened': (state: State) => {
    state.routing.throttled = null;
  },
  'surge.entered': (state: State, r: RecordOf<'surge.entered'>) => surging(state, r.at),
  'surge.checked': (state: State, r: RecordOf<'surge.checked'>) => surging(state, r.at),
  'surge.left': (state: State) => {
    state.routing.surge = null;
  },
  'load.balanced': balanced,
  'case.reminded': (state: State, r: RecordOf<'case.reminded'>) => {
    const one = state.routing.cases.get(r.body.case);
    if (one) remind(state, r.body.case, one, r.at);
  },
};

/** Different gaps remembered; the one not met for longest goes. */
const MOST_GAPS = 200;

/** Events that may change where a case stands with its owner. */
const MOVING = [
  ...(['case.received', 'case.started', 'case.waiting', 'case.blocked', 'case.resumed', 'case.escalated'] as const),
  ...(['case.resolved', 'case.verified', 'case.rejected', 'case.closed', 'case.cancelled'] as const),
] as const;

/** Two parts: what is learned looks at where a case stood before it is counted again. */
export const ROUTING_EVOLVE = [
  experienceEvolve,
  { ...Object.fromEntries(MOVING.map((kind) => [kind, moved])), ...evolve },
] as const;
