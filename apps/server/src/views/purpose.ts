import { gapLines, metricLines, proposalsOf, type State, unitPurposes, versionsOf, WHOLE } from '@reeve/kernel';
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

export function proposalList(state: State, query: ParsedOf<'proposals'>['query']): ResponseOf<'proposals'> {
  const { unit, status } = query;
  const keep = (each: ProposalView): boolean =>
    (unit === undefined || each.unit === unit) && (status === undefined || each.status === status);
  const { items, ...more } = newestFirst<ProposalView>(proposalsOf(state).reverse(), query, keep);
  return { proposals: items, ...more };
}

/** @throws Refusal `not-found` */
export function proposalDetail(state: State, id: string): ProposalView {
  const found = state.purpose.proposals.get(id);
  if (!found) throw none('proposal', id);
  return found;
}
