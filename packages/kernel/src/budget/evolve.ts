import type { RecordOf } from '../core/events.ts';
import { countId, type State } from '../core/state.ts';
import { keyOf } from './accounts.ts';
import { countBack, countOpen, countSpent, countsOf } from './limits.ts';
import { recordRate } from './rates.ts';
import type { Transfer } from './schema.ts';
import type { Announced } from './state.ts';

/** [BUD1] Both ends of every transfer, always. */
function post(state: State, transfers: readonly Transfer[]): void {
  const books = state.budget.books;
  for (const t of transfers) {
    books.set(t.from, (books.get(t.from) ?? 0) - t.amount);
    books.set(t.to, (books.get(t.to) ?? 0) + t.amount);
  }
}

/** Keep the sums per case: what is reserved or spent of each budget on one case. */
function countOnCase(state: State, caseId: string | null, transfers: readonly Transfer[], sign: 1 | -1): void {
  if (caseId === null) return;
  for (const t of transfers) {
    const key = `${keyOf(t.from)}|${caseId}`;
    state.budget.perCase.set(key, (state.budget.perCase.get(key) ?? 0) + sign * t.amount);
  }
}

function reserved(state: State, record: RecordOf<'budget.reserved'>): void {
  const b = record.body;
  countId(state, b.reservation);
  post(state, b.transfers);
  countOnCase(state, b.case, b.transfers, 1);
  const counts = countsOf(state, b.operation, b.transfers);
  countOpen(state, counts, record.at);
  state.budget.reservations.set(b.reservation, {
    id: b.reservation,
    operation: b.operation,
    run: b.run,
    case: b.case,
    money: b.money,
    transfers: b.transfers,
    status: 'open',
    settled: 0,
    counts,
    settledAt: null,
    prices: b.prices ?? [],
  });
  const op = b.operation === null ? undefined : state.operations.operations.get(b.operation);
  if (op) op.reservation = b.reservation;
  const run = b.run === null || b.operation !== null ? undefined : state.runs.runs.get(b.run);
  if (run) run.reservation = b.reservation;
}

function settled(state: State, record: RecordOf<'budget.settled'>): void {
  const { transfers, money, reverses } = record.body;
  post(state, transfers);
  recordRate(state, transfers, record.at);
  const r = state.budget.reservations.get(record.body.reservation)!;
  r.settled += money;
  if (reverses) {
    countOnCase(state, r.case, transfers, -1);
    countBack(state, r, record.at);
    r.status = 'reversed';
  } else if (r.operation !== null || r.settled >= r.money) {
    countSpent(state, r, record.at);
    r.settledAt = record.at;
    r.status = 'settled';
  }
}

const announced = (state: State, key: string): Announced =>
  state.budget.announced.get(key) ?? { period: '', percent: 0, spike: 0 };

export const budgetEvolve = {
  'budget.funded': (state: State, record: RecordOf<'budget.funded'>) => {
    const { budget, period, transfers } = record.body;
    post(state, transfers);
    state.budget.periods.set(budget, period);
    // What was announced was so much of another allocation.
    if (state.budget.announced.has(budget))
      state.budget.announced.set(budget, { ...announced(state, budget), period, percent: 0 });
  },
  'budget.reserved': reserved,
  'budget.settled': settled,
  'budget.spent': (state: State, record: RecordOf<'budget.spent'>) => {
    post(state, record.body.transfers);
    recordRate(state, record.body.transfers, record.at);
    countOnCase(state, record.body.case, record.body.transfers, 1);
  },
  'budget.released': (state: State, record: RecordOf<'budget.released'>) => {
    post(state, record.body.transfers);
    const r = state.budget.reservations.get(record.body.reservation)!;
    countOnCase(state, r.case, record.body.transfers, -1);
    countBack(state, r, record.at);
    r.status = 'released';
  },
  'budget.alerted': (state: State, record: RecordOf<'budget.alerted'>) => {
    const { budget, what, period, percent } = record.body;
    const before = announced(state, budget);
    const after =
      what === 'spike' ? { ...before, spike: Math.floor(record.at / 86_400_000) } : { ...before, period, percent };
    state.budget.announced.set(budget, after);
  },
};
