import { type LaneView, laneChecklist, laneIds, laneMoney, laneView, ninetyDays, type State } from '@reeve/kernel';
import type {
  LaneChecklist,
  LaneDetail,
  LaneMove,
  LaneSummary,
  NinetyDaysView,
  ParsedOf,
  ResponseOf,
} from '@reeve/protocol';
import { sentence } from '../sentences.ts';
import { afterKey, none } from './page.ts';

const summary = (view: LaneView): LaneSummary => {
  const { id, title, stage, since, by, reason, traffic, baseline, seats, measures, guards, waiting } = view;
  return { id, title, stage, since, by, reason, traffic, baseline, seats, measures, guards, waiting };
};

export function laneList(state: State, query: ParsedOf<'lanes'>['query'], now: number): ResponseOf<'lanes'> {
  const { items, ...next } = afterKey([...laneIds(state)].sort(), query, (id) => id);
  return { lanes: items.map((id) => summary(laneView(state, id, now)!)), ...next };
}

/** @throws Refusal `not-found` when it is no lane. */
export function laneDetail(state: State, id: string, now: number): LaneDetail {
  const view = laneView(state, id, now);
  if (!view) throw none('lane', id);
  return view;
}

export function laneAccount(state: State, id: string, month: string | undefined): ResponseOf<'laneMoney'> {
  const lane = state.rollout.lanes.get(id);
  if (!lane) throw none('lane', id);
  return { lane: id, currency: state.organisation.settings.currency, seats: laneMoney(lane, month) };
}

export function laneCheck(state: State, id: string, now: number): LaneChecklist {
  const checks = laneChecklist(state, id, now);
  if (!checks) throw none('lane', id);
  return { lane: id, checks };
}

export const afterNinetyDays = (state: State, now: number): NinetyDaysView => ninetyDays(state, now);

type Record_ = ResponseOf<'ledger'>['records'][number];

/** A record of a lane with its numbers, said in words. */
export const moveOf = (record: Record_): LaneMove => ({
  ...{ seq: record.seq, at: record.at, kind: record.kind },
  text: sentence(record as never),
  body: record.body as Record<string, unknown>,
});
