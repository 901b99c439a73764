import {
  type Approval,
  budgetLines,
  caseCounts,
  gaps,
  isAbove,
  isHuman,
  messagesOf,
  paid,
  type State,
  type SwitchScope,
  standIns,
} from '@reeve/kernel';
import type { Inbox, ParsedOf, Status, SwitchView } from '@reeve/protocol';
import type { RuntimeHealth } from '@reeve/runtime';
import { callerOf } from '../caller.ts';
import { approvalSummary } from './operations.ts';
import { none } from './page.ts';
import { seatList } from './seats.ts';

/** The whole organisation on one page. Proportional to what is in memory: for people, not for polling loops. */
export function overview(state: State, runtime: RuntimeHealth, { seats }: ParsedOf<'status'>['query']): Status {
  const { digest, definition, settings } = state.organisation;
  return {
    organisation: state.org,
    name: definition?.name ?? '',
    digest,
    seq: state.seq,
    now: state.now,
    currency: settings.currency,
    cases: caseCounts(state, state.now),
    operations: operationCounts(state),
    approvalsPending: state.governance.pending.size,
    targets: gaps(state),
    paid: paid(state),
    budgets: budgetLines(state),
    seats: seats === 'all' ? seatList(state) : [],
    switches: switchList(state),
    runtime,
  };
}

function operationCounts(state: State): Status['operations'] {
  const counts = Object.entries(state.operations.byStatus).filter(([, count]) => count > 0);
  return { total: counts.reduce((sum, [, count]) => sum + count, 0), byStatus: Object.fromEntries(counts) };
}

export const switchList = (state: State): SwitchView[] =>
  [...state.governance.switches].map(([key, tripped]) => {
    const colon = key.indexOf(':');
    return { scope: key.slice(0, colon) as SwitchScope, id: key.slice(colon + 1), ...tripped };
  });

/** May this seat decide it: named, a human above one who is, or his deputy now; never what it asked for itself. */
const decides = (state: State, seat: string, a: Approval): boolean =>
  a.requester !== seat &&
  (a.approvers.includes(seat) ||
    (isHuman(state.organisation.seats.get(seat)) && a.approvers.some((approver) => isAbove(state, seat, approver))) ||
    standIns(state, a.approvers, state.now).has(seat));

/** @throws Refusal `not-found` for a seat there is none of. */
export function inboxView(state: State, wanted: string | undefined): Inbox {
  const seat = wanted ?? callerOf(state).seat ?? null;
  if (seat !== null && !state.organisation.seats.has(seat)) throw none('seat', seat);
  const approvals = [...state.governance.pending].flatMap((id) => state.governance.approvals.get(id) ?? []);
  return {
    seat,
    messages: seat === null ? [] : messagesOf(state, seat),
    approvals: approvals.filter((a) => seat === null || decides(state, seat, a)).map(approvalSummary),
  };
}
