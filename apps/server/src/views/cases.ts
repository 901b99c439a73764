import { type Case, isOpen, type State, type Task, tasksOf } from '@reeve/kernel';
import type { CaseSummary, CaseView, ParsedOf, ResponseOf, TaskView } from '@reeve/protocol';
import { approvalSummary, operationSummary } from './operations.ts';
import { newestFirst, none } from './page.ts';

export const caseSummary = (state: State, c: Case): CaseSummary => ({
  id: c.id,
  status: c.status,
  subject: c.subject,
  customer: c.customer,
  name: c.name,
  channel: c.channel,
  priority: c.priority,
  topic: c.topic,
  owner: c.owner,
  openedAt: c.openedAt,
  since: c.since,
  due: c.due,
  overdue: isOpen(c) && c.due < state.now,
  reopened: c.reopened,
  escalations: c.escalations,
});

type Query = ParsedOf<'cases'>['query'];

function wanted({ status, owner, customer, q }: Query): (c: Case) => boolean {
  const needle = q?.toLowerCase();
  return (c) =>
    (status === undefined || (status === 'open' ? isOpen(c) : c.status === status)) &&
    (owner === undefined || c.owner === owner) &&
    (customer === undefined || c.customer === customer) &&
    (needle === undefined || [c.id, c.subject, c.customer, c.name ?? ''].some((t) => t.toLowerCase().includes(needle)));
}

export function caseList(state: State, query: Query): ResponseOf<'cases'> {
  const { items, ...next } = newestFirst(state.cases.cases.values(), query, wanted(query));
  return { cases: items.map((c) => caseSummary(state, c)), ...next };
}

const resolutionOf = ({ summary, evidence, by, at }: NonNullable<Case['resolution']>) => ({
  summary,
  evidence,
  by,
  at,
});

function taskOf({ id, case: on, from, to, status, packet, report, at }: Task): TaskView {
  const { subproblem, context, tried, output, success } = packet;
  return { id, case: on, from, to, status, packet: { subproblem, context, tried, output, success }, report, at };
}

export function caseDetail(state: State, id: string): CaseView {
  const c = state.cases.cases.get(id);
  if (!c) throw none('case', id);
  const parts = state.archive.parts.get(id);
  return {
    ...caseSummary(state, c),
    text: c.text,
    areas: c.areas,
    parties: c.parties,
    firstResponseAt: c.firstResponseAt,
    notes: c.notes,
    evidence: c.evidence,
    resolution: c.resolution && resolutionOf(c.resolution),
    verifier: c.verifier,
    satisfied: c.satisfied,
    duplicateOf: c.duplicateOf,
    ...(c.follows === undefined ? {} : { follows: c.follows }),
    data: c.data,
    tasks: tasksOf(state, c).map(taskOf),
    operations: (parts?.operations ?? [])
      .flatMap((each) => state.operations.operations.get(each) ?? [])
      .map(operationSummary),
    approvals: (parts?.approvals ?? [])
      .flatMap((each) => state.governance.approvals.get(each) ?? [])
      .map(approvalSummary),
  };
}
