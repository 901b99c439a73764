import {
  describeStep,
  gapLines,
  metricLines,
  type Proposal,
  proposalsOf,
  type State,
  unitPurposes,
  versionsOf,
  WHOLE,
} from '@reeve/kernel';
import type { ParsedOf, ProposalView, PurposeDetail, ResponseOf } from '@reeve/protocol';
import { afterKey, newestFirst, none } from './page.ts';

/** @throws Refusal `not-found` */
export function purposeOfUnit(state: State, id: string, now: number): PurposeDetail {
  const found = unitPurposes(state, now).find(({ unit }) => unit === id);
  if (found) return { ...found, versions: [...versionsOf(state, id)].reverse() };
  if (id !== WHOLE) throw none('unit', id);
  const nothing = { targets: [], aimless: [], maturity: [], versions: [] };
  return { unit: WHOLE, title: 'The organisation', purpose: '', version: 0, decider: null, ...nothing };
}

const isOpen = ({ status }: { status: string }): boolean => status === 'behind' || status === 'missed';

export function gapList(state: State, query: ParsedOf<'gaps'>['query'], now: number): ResponseOf<'gaps'> {
  const { unit, owner, status } = query;
  const kept = gapLines(state, now).filter(
    (each) =>
      (unit === undefined || each.scope === unit) &&
      (owner === undefined || each.owner === owner || each.responsible === owner) &&
      (status === 'all' || isOpen(each)),
  );
  const { items, ...more } = afterKey(kept, query, ({ target }) => target);
  return { currency: state.organisation.settings.currency, gaps: items, ...more };
}

export function metricList(state: State, query: ParsedOf<'metrics'>['query'], now: number): ResponseOf<'metrics'> {
  const { items, ...more } = afterKey(metricLines(state, now), query, ({ id }) => id);
  return { currency: state.organisation.settings.currency, metrics: items, ...more };
}

/** With the steps of each option in words. */
const shown = (proposal: Proposal): ProposalView => ({
  ...proposal,
  options: proposal.options.map((each) =>
    each.steps === undefined ? each : { ...each, sentences: each.steps.map(describeStep) },
  ),
});

export function proposalList(state: State, query: ParsedOf<'proposals'>['query']): ResponseOf<'proposals'> {
  const { unit, status } = query;
  const keep = (each: Proposal): boolean =>
    (unit === undefined || each.unit === unit) && (status === undefined || each.status === status);
  const { items, ...more } = newestFirst<Proposal>(proposalsOf(state).reverse(), query, keep);
  return { proposals: items.map(shown), ...more };
}

/** @throws Refusal `not-found` */
export function proposalDetail(state: State, id: string): ProposalView {
  const found = state.purpose.proposals.get(id);
  if (!found) throw none('proposal', id);
  return shown(found);
}
