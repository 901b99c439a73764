/**
 * Costs and values folded from events as they pass [ECO1]: what an event costs does not depend on history. What is taken back
 * (an effect undone, a case reopened) is booked in the month in which it is taken back; closed months never change.
 */

import { periodOf } from '../budget/periods.ts';
import type { KernelRecord, RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { worthOf, worthOfTopic } from './outcomes.ts';
import { type CaseEconomy, emptyTally, type Tally, type TopicTally } from './state.ts';

/** Months that are kept; older ones are on the ledger. */
export const MONTHS_KEPT = 25;
const NO_TOPIC = '(none)';

function monthOf<T>(months: Map<string, Map<string, T>>, at: Time): Map<string, T> {
  const name = periodOf('month', at);
  let month = months.get(name);
  if (!month) {
    month = new Map();
    months.set(name, month);
    for (const old of months.keys()) {
      if (months.size <= MONTHS_KEPT) break;
      months.delete(old);
    }
  }
  return month;
}

function tallyOf(state: State, seat: string, at: Time): Tally {
  const month = monthOf(state.economy.months, at);
  let tally = month.get(seat);
  if (!tally) {
    tally = emptyTally();
    month.set(seat, tally);
  }
  return tally;
}

function topicOf(state: State, topic: string, at: Time): TopicTally {
  const month = monthOf(state.economy.topics, at);
  let tally = month.get(topic);
  if (!tally) {
    tally = { closed: 0, cost: 0, value: 0 };
    month.set(topic, tally);
  }
  return tally;
}

function caseOf(state: State, id: string): CaseEconomy {
  let found = state.economy.cases.get(id);
  if (!found) {
    found = { cost: 0, charged: 0, closed: null };
    state.economy.cases.set(id, found);
  }
  return found;
}

type CostKind = 'compute' | 'operations' | 'review';

/** A cost of a seat, on a case when it was for one. */
function cost(state: State, at: Time, seat: string, about: string | null, kind: CostKind, amount: number): void {
  const tally = tallyOf(state, seat, at);
  tally[kind] += amount;
  const c = about === null ? undefined : state.cases.cases.get(about);
  if (!c || amount === 0) return;
  caseOf(state, c.id).cost += amount;
  if (c.reopened > 0) tally.rework += amount;
}

/** [ECO3] An operation costs once, however often its success is reported. */
function paid(state: State, at: Time, operation: string): void {
  const op = state.operations.operations.get(operation);
  if (!op || op.cost === 0 || op.compensates !== null || state.economy.paid.has(op.id)) return;
  state.economy.paid.set(op.id, op.cost);
  cost(state, at, op.seat, op.case, 'operations', op.cost);
}

function unpaid(state: State, at: Time, operation: string): void {
  const amount = state.economy.paid.get(operation);
  const op = state.operations.operations.get(operation);
  if (amount === undefined || !op) return;
  state.economy.paid.delete(operation);
  cost(state, at, op.seat, op.case, 'operations', -amount);
}

function spent(state: State, r: RecordOf<'run.spent'>): void {
  const run = state.runs.runs.get(r.body.run)!;
  cost(state, r.at, run.seat, run.case, 'compute', r.body.money);
  const tally = tallyOf(state, run.seat, r.at);
  tally.tokens += r.body.tokens;
  tally.unpriced += r.body.unpriced?.length ?? 0;
}

function reviewed(state: State, r: RecordOf<'economy.reviewed'>): void {
  const { of, case: about, money, minutes, prices } = r.body;
  cost(state, r.at, of, about, 'review', money);
  const tally = tallyOf(state, of, r.at);
  tally.reviews += 1;
  tally.minutes += minutes ?? 0;
  if (prices.length === 0) tally.unpriced += 1;
  // A decision that refused is what a correction costs; on a case that came back it has been counted so already.
  const status = state.governance.approvals.get(r.body.about)?.status;
  const again = about !== null && (state.cases.cases.get(about)?.reopened ?? 0) > 0;
  if (!again && (status === 'rejected' || status === 'revised')) tally.rework += money;
}

/** A case is closed: it is worth what its topic is worth, to its owner, and its topic bears what it has cost since it was last closed. */
function closed(state: State, r: RecordOf<'case.closed'>): void {
  const c = state.cases.cases.get(r.body.case)!;
  const found = caseOf(state, c.id);
  const topic = c.topic ?? NO_TOPIC;
  const value = c.topic === null ? 0 : worthOfTopic(state.organisation, c.topic);
  found.closed = { seats: [...c.parties], owner: c.owner, topic, value };
  for (const seat of c.parties) tallyOf(state, seat, r.at).outcomes += 1;
  tallyOf(state, c.owner, r.at).value += value;
  const tally = topicOf(state, topic, r.at);
  tally.closed += 1;
  tally.value += value;
  tally.cost += found.cost - found.charged;
  found.charged = found.cost;
}

function reopened(state: State, r: RecordOf<'case.reopened'>): void {
  const found = state.economy.cases.get(r.body.case);
  if (!found?.closed) return;
  const { seats, owner, topic, value } = found.closed;
  for (const seat of seats) tallyOf(state, seat, r.at).outcomes -= 1;
  came(state, owner, r.at);
  tallyOf(state, owner, r.at).value -= value;
  const tally = topicOf(state, topic, r.at);
  tally.closed -= 1;
  tally.value -= value;
  found.closed = null;
}

/** What is not a read and undoes nothing, whoever asked. */
function effect(state: State, id: string): string | null {
  const op = state.operations.operations.get(id);
  return op && op.effect !== 'read' && op.compensates === null ? op.seat : null;
}

/** [ECO7] An effect stands when it is over with success: verified, where its contract says how. */
function landed(state: State, r: { at: Time; body: { operation: string } }): void {
  const seat = effect(state, r.body.operation);
  if (seat !== null) tallyOf(state, seat, r.at).landed += 1;
}

function asked(state: State, { at, body }: RecordOf<'operation.requested'>): void {
  if (body.effect !== 'read' && body.compensates === null) tallyOf(state, body.seat, at).effects += 1;
}

const came = (state: State, seat: string | null | undefined, at: Time): void => {
  if (seat) tallyOf(state, seat, at).corrections += 1;
};

function refused(state: State, r: RecordOf<'approval.decided'>): void {
  if (r.body.verdict !== 'approve' && !r.body.bySilence) came(state, effect(state, r.body.operation), r.at);
}

const finalFailure = (state: State, r: RecordOf<'operation.failed'>): void => {
  if (r.body.final) unpaid(state, r.at, r.body.operation);
};

export const economyEvolve = {
  'run.started': (state: State, r: RecordOf<'run.started'>) => {
    tallyOf(state, r.body.seat, r.at).runs += 1;
  },
  'run.finished': (state: State, r: RecordOf<'run.finished'>) => {
    tallyOf(state, r.body.seat, r.at).finished += 1;
  },
  'run.spent': spent,
  'operation.requested': asked,
  'operation.succeeded': (state: State, r: RecordOf<'operation.succeeded'>) => {
    paid(state, r.at, r.body.operation);
    if (r.body.final) landed(state, r);
  },
  'operation.verified': landed,
  'operation.compensated': (state: State, r: RecordOf<'operation.compensated'>) => {
    unpaid(state, r.at, r.body.operation);
    came(state, effect(state, r.body.operation), r.at);
  },
  'approval.decided': refused,
  'operation.failed': finalFailure,
  'economy.reviewed': reviewed,
  'case.closed': closed,
  'case.reopened': reopened,
};

/** The seat an event's worth belongs to: the owner of its case, else the seat that caused it; '' for nobody's. */
function beneficiary(state: State, record: KernelRecord): string {
  const { case: about } = record.body as { case?: unknown };
  const c = typeof about === 'string' ? state.cases.cases.get(about) : undefined;
  return c?.owner ?? record.actor.seat ?? '';
}

/** [ECO2] Called for every record: events that are worth something by themselves. */
export function value(state: State, record: KernelRecord): void {
  const worth = worthOf(state.organisation, record);
  if (worth !== 0) tallyOf(state, beneficiary(state, record), record.at).value += worth;
}
