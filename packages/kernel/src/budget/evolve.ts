import type { RecordOf } from '../core/events.ts';
import { countId, type State } from '../core/state.ts';
import type { Transfer } from './schema.ts';

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
    const key = `${t.from.slice(0, t.from.lastIndexOf('/'))}|${caseId}`;
    state.budget.perCase.set(key, (state.budget.perCase.get(key) ?? 0) + sign * t.amount);
  }
}

export const budgetEvolve = {
  'budget.funded': (state: State, record: RecordOf<'budget.funded'>) => {
    post(state, record.body.transfers);
    state.budget.periods.set(record.body.budget, record.body.period);
  },
  'budget.reserved': (state: State, record: RecordOf<'budget.reserved'>) => {
    const b = record.body;
    countId(state, b.reservation);
    post(state, b.transfers);
    countOnCase(state, b.case, b.transfers, 1);
    state.budget.reservations.set(b.reservation, {
      id: b.reservation,
      operation: b.operation,
      run: b.run,
      case: b.case,
      money: b.money,
      transfers: b.transfers,
      status: 'open',
      settled: 0,
    });
    const op = b.operation === null ? undefined : state.operations.operations.get(b.operation);
    if (op) op.reservation = b.reservation;
    const run = b.run === null || b.operation !== null ? undefined : state.runs.runs.get(b.run);
    if (run) run.reservation = b.reservation;
  },
  'budget.settled': (state: State, record: RecordOf<'budget.settled'>) => {
    post(state, record.body.transfers);
    const r = state.budget.reservations.get(record.body.reservation)!;
    r.settled += record.body.money;
    if (record.body.reverses) {
      countOnCase(state, r.case, record.body.transfers, -1);
      r.status = 'reversed';
    } else if (r.operation !== null || r.settled >= r.money) r.status = 'settled';
  },
  'budget.spent': (state: State, record: RecordOf<'budget.spent'>) => {
    post(state, record.body.transfers);
    countOnCase(state, record.body.case, record.body.transfers, 1);
  },
  'budget.released': (state: State, record: RecordOf<'budget.released'>) => {
    post(state, record.body.transfers);
    const r = state.budget.reservations.get(record.body.reservation)!;
    countOnCase(state, r.case, record.body.transfers, -1);
    r.status = 'released';
  },
};
