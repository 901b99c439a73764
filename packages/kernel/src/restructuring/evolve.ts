import type { RecordOf } from '../core/events.ts';
import { countId, type State } from '../core/state.ts';
import type { Operation } from '../operations/state.ts';

/** Latest restructurings that are kept in memory; all are on the ledger. */
const KEPT = 100;

/** [RST6] What the seats before it did is not done again by the seat that goes on with their work. */
function follows(state: State, heir: string, before: string): void {
  const { predecessors } = state.organisation;
  const all = [...(predecessors.get(heir) ?? []), before, ...(predecessors.get(before) ?? [])];
  predecessors.set(
    heir,
    [...new Set(all)].filter((seat) => seat !== heir),
  );
}

function restructured(state: State, r: RecordOf<'organisation.restructured'>): void {
  const { restructuring: id, reason, by, retired, added, work, steps, warnings, told } = r.body;
  countId(state, id);
  const org = state.organisation;
  for (const { seat, heir } of retired) org.heirs.set(seat, heir);
  for (const { from, to } of work) follows(state, to, from);
  for (const seat of Object.keys(r.body.places)) org.drift.set(seat, id);
  org.restructurings.push({ id, at: r.at, reason, by, steps, retired, added, warnings, told });
  if (org.restructurings.length > KEPT) org.restructurings.shift();
}

function operationMoved(state: State, r: RecordOf<'operation.moved'>): void {
  const op = state.operations.operations.get(r.body.operation) as Operation;
  op.seat = r.body.to;
  op.principal = r.body.principal;
}

export const restructuringEvolve = {
  'organisation.restructured': restructured,
  'task.moved': (state: State, r: RecordOf<'task.moved'>) => {
    const task = state.cases.tasks.get(r.body.task)!;
    task[r.body.as === 'doer' ? 'to' : 'from'] = r.body.to;
    takesPart(state, r.body.case, r.body.to);
  },
  'case.joined': (state: State, r: RecordOf<'case.joined'>) => {
    takesPart(state, r.body.case, r.body.seat);
    if (r.body.verifies) state.cases.cases.get(r.body.case)!.verifier = r.body.seat;
  },
  'approval.moved': (state: State, r: RecordOf<'approval.moved'>) => {
    const a = state.governance.approvals.get(r.body.approval)!;
    a.requester = r.body.requester;
    a.approvers = r.body.approvers;
  },
  'operation.moved': operationMoved,
};

function takesPart(state: State, id: string, seat: string): void {
  const { parties } = state.cases.cases.get(id)!;
  if (!parties.includes(seat)) parties.push(seat);
}
