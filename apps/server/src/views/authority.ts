import {
  carriedBy,
  type Deputy,
  type Grant,
  type Incident,
  incidents,
  lineage,
  type ReviewLine,
  reviewSentence,
  reviewSignals,
  reviewsOf,
  type State,
  type Task,
  violationLines,
} from '@reeve/kernel';
import type {
  DelegationView,
  DeputyView,
  GrantView,
  IncidentView,
  ParsedOf,
  ResponseOf,
  ReviewLineView,
  SeatDetail,
  ViolationView,
} from '@reeve/protocol';
import { acrossLists, afterKey, byKeys, newestFirst, none } from './page.ts';

type Standing = Pick<SeatDetail, 'grants' | 'violation' | 'deputies' | 'standsInFor'>;

const grantView = (g: Grant, now: number): GrantView => ({
  id: g.id,
  seat: g.seat,
  capability: g.capability,
  live: g.revoked === null && g.until >= now && g.used < g.uses,
  uses: g.uses,
  used: g.used,
  at: g.at,
  until: g.until,
  each: g.each,
  total: g.total,
  spent: g.spent,
  customer: g.customer,
  case: g.case,
  args: g.args,
  by: g.by,
  principal: g.principal,
  reason: g.reason,
  approval: g.approval,
  revoked: g.revoked,
});

/** @param now the present: a grant ends by time without an event. */
export function grantList(state: State, query: ParsedOf<'grants'>['query'], now: number): ResponseOf<'grants'> {
  const { seat, capability, status } = query;
  const { items, ...next } = newestFirst(
    state.governance.control.grants.values(),
    query,
    (g) =>
      (seat === undefined || g.seat === seat) &&
      (capability === undefined || g.capability === capability) &&
      (status === 'all' || grantView(g, now).live),
  );
  return { grants: items.map((g) => grantView(g, now)), ...next };
}

const deputyView = (d: Deputy, now: number): DeputyView => ({ ...d, now: d.from <= now && now < d.until });

/** Deputies whose time is over are not shown: the kernel forgets them when the next one is named. */
export function deputyList(state: State, query: ParsedOf<'deputies'>['query'], now: number): ResponseOf<'deputies'> {
  const { seat } = query;
  const wanted = (d: Deputy) => now < d.until && (seat === undefined || d.seat === seat || d.to === seat);
  const { items, ...next } = newestFirst(state.governance.control.deputies.values(), query, wanted);
  return { deputies: items.map((d) => deputyView(d, now)), ...next };
}

const limited = ({ capability, limit }: { capability: string; limit?: number | null | undefined }) => ({
  capability,
  limit: limit ?? null,
});

const delegationView = (state: State, task: Task): DelegationView => ({
  task: task.id,
  case: task.case,
  from: task.from,
  to: task.to,
  status: task.status,
  at: task.at,
  line: (lineage(state, task.id) ?? []).map(({ id }) => id),
  grants: task.packet.grants?.map(limited) ?? null,
  carries: carriedBy(state, task).map(limited),
});

export function delegationList(state: State, query: ParsedOf<'delegations'>['query']): ResponseOf<'delegations'> {
  const { seat, status } = query;
  const { items, ...next } = newestFirst(
    state.cases.tasks.values(),
    query,
    (task) =>
      (status === 'all' || task.status === 'open') && (seat === undefined || task.from === seat || task.to === seat),
  );
  return { delegations: items.map((task) => delegationView(state, task)), ...next };
}

export function violationList(
  state: State,
  query: ParsedOf<'violations'>['query'],
  now: number,
): ResponseOf<'violations'> {
  const { items, ...next } = afterKey(violationLines(state, now), query, ({ seat }) => seat);
  return { violations: items, ...next };
}

/** A seat that never ran into a boundary has no line. @throws Refusal `not-found` for a seat there is none of. */
export function violationOf(state: State, id: string, now: number): { line: ViolationView | null; status: string } {
  const seat = state.organisation.seats.get(id);
  if (!seat) throw none('seat', id);
  return { line: violationLines(state, now).find((line) => line.seat === id) ?? null, status: seat.status };
}

/** What stands beside the charter of a seat, now. */
export function standingOf(state: State, id: string, now: number): Standing {
  const { deputies, grants } = state.governance.control;
  const current = [...deputies.values()].filter((d) => now < d.until).map((d) => deputyView(d, now));
  return {
    grants: [...grants.values()].filter((g) => g.seat === id && grantView(g, now).live).length,
    violation: violationOf(state, id, now).line,
    deputies: current.filter((d) => d.seat === id),
    standsInFor: current.filter((d) => d.to === id),
  };
}

const incidentView = ({ ref, ...i }: Incident): IncidentView => ({ ...i, about: ref });

export function incidentList(state: State, query: ParsedOf<'incidents'>['query']): ResponseOf<'incidents'> {
  const all = state.governance.control.incidents.values();
  const { items, ...next } = newestFirst(all, query, (i) => query.status === 'all' || i.closed === null);
  return { incidents: items.map(incidentView), ...next };
}

export function incidentDetail(state: State, id: string): IncidentView {
  const found = incidents(state).find((i) => i.id === id);
  if (!found) throw none('incident', id);
  return incidentView(found);
}

const reviewView = (line: ReviewLine): ReviewLineView => ({ ...line, advice: reviewSentence(line) });

const idOf = ({ id }: ReviewLine): string => id;

/** The three lists one after the other, page by page. */
export function reviewNumbers(state: State, query: ParsedOf<'reviews'>['query']): ResponseOf<'reviews'> {
  const { byCapability, byRequester, byReviewer } = reviewSignals(state);
  const lists = {
    byCapability: byCapability.map(idOf),
    byRequester: byRequester.map(idOf),
    byReviewer: byReviewer.map(idOf),
  };
  const { page, ...next } = acrossLists(lists, query);
  const { least, over, weak } = reviewsOf(state);
  return {
    pending: state.governance.pending.size,
    decided: byReviewer.reduce((sum, each) => sum + each.approved + each.rejected + each.revised, 0),
    settings: { least, over, weak },
    byCapability: byKeys(byCapability, idOf, page.byCapability).map(reviewView),
    byRequester: byKeys(byRequester, idOf, page.byRequester).map(reviewView),
    byReviewer: byKeys(byReviewer, idOf, page.byReviewer).map(reviewView),
    ...next,
  };
}
