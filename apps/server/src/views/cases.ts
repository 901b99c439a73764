import { type Case, isOpen, type State, tasksOf } from '@reeve/kernel';
import type { CaseSummary, CaseView, ParsedOf, ResponseOf } from '@reeve/protocol';
import { approvalSummary, operationSummary } from './operations.ts';
import { newestFirst, none } from './page.ts';

const caseSummary = (state: State, c: Case): CaseSummary => ({
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

export function caseDetail(state: State, id: string): CaseView {
  const c = state.cases.cases.get(id);
  if (!c) throw none('case', id);
  return {
    ...caseSummary(state, c),
    text: c.text,
    areas: c.areas,
    parties: c.parties,
    firstResponseAt: c.firstResponseAt,
    notes: c.notes,
    evidence: c.evidence,
    resolution: c.resolution,
    verifier: c.verifier,
    satisfied: c.satisfied,
    duplicateOf: c.duplicateOf,
    data: c.data,
    tasks: tasksOf(state, c),
    operations: of(state.operations.operations.values(), id).map(operationSummary),
    approvals: of(state.governance.approvals.values(), id).map(approvalSummary),
  };
}

const of = <T extends { case: string | null }>(all: Iterable<T>, id: string): T[] =>
  [...all].filter((item) => item.case === id);
