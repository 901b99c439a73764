/** [RTE17] Where a lane shares out the traffic of a topic, its share decides who gets a case, and who works on it beside. */
import { isOpen } from '../cases/views.ts';
import { type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { stoppedBy } from '../governance/halting.ts';
import { covering } from '../hours/views.ts';
import { type Assignment, shareOfTopic } from '../rollout/share.ts';
import { isThere, routes } from './load.ts';
import type { Decision, LaneShare } from './schema.ts';
import type { Ask } from './score.ts';

export const NOTHING_LEFT_OUT = { away: 0, full: 0, gave: 0, unsure: 0 };

/** Who takes it for the seat that the share names; null when nobody is there, or it was given away there before. */
function taker(state: State, named: string | null, gave: readonly string[]): string | null {
  if (named === null) return null;
  const id = covering(state, named);
  const there = isThere(state.organisation.seats.get(id)) && stoppedBy(state, id) === null;
  return there && !gave.includes(id) ? id : null;
}

const shareFrom = ({ lane, stage, point, share }: Assignment, shadow: string | null): LaneShare => ({
  ...{ lane, stage, point, share },
  ...(shadow === null ? {} : { shadow }),
});

const byShare = ({ lane, stage, point, share }: Assignment, to: string): string =>
  `the share of the lane "${lane}" (${stage}) gives it to "${to}": it fell on ${point}, and agents have what is below ${share}`;

/**
 * The share's decision about a case, which names its lane; what `otherwise` decides where no lane shares out the topic, or
 * nobody it names is there. Load is not looked at: a share that yields to load would compare who had time.
 */
export function sharedOr(state: State, about: string, ask: Ask, otherwise: () => Decision): Decision {
  const { topic } = ask.needs;
  const got = topic === undefined ? null : shareOfTopic(state, about, topic);
  if (got === null) return otherwise();
  const to = taker(state, got.seat, ask.gave);
  const decision: Decision =
    to === null
      ? otherwise()
      : {
          ...{ outcome: 'assigned', to, because: byShare(got, to), needs: ask.needs },
          ...{ candidates: [], considered: 0, out: NOTHING_LEFT_OUT },
        };
  return { ...decision, lane: shareFrom(got, got.shadow === decision.to ? null : got.shadow) };
}

/** Without routing: the decision of a lane that names a seat for this topic, else null. */
export function byLane(state: State, about: string, ask: Ask): Decision | null {
  const undecided = { outcome: 'nobody', to: null, because: '', needs: ask.needs } as const;
  const decision = sharedOr(state, about, ask, () => ({
    ...{ ...undecided, candidates: [], considered: 0, out: NOTHING_LEFT_OUT },
  }));
  return decision.to === null ? null : decision;
}

/**
 * [RTE17] Without routing, a case that nobody has been chosen for goes where the share sends it as soon as its topic is
 * known; with routing that is asked for (`case.route`).
 */
function share(state: State, body: { case: string }): Draft[] {
  const c = state.cases.cases.get(body.case);
  if (!c || c.topic === null || !isOpen(c) || c.escalations > 0) return [];
  const needs = { skills: [], topic: c.topic };
  const decision = byLane(state, c.id, { needs, customer: c.customer, case: c.id, spread: 0, gave: [] });
  if (decision === null) return [];
  const { to, because: reason } = decision;
  const moved = { case: c.id, to: to!, from: c.owner, reason };
  const routed = { case: c.id, cause: 'classify' as const, from: c.owner, ...decision };
  return [
    event('case.routed', `case/${c.id}`, routed, c.id),
    ...(to === c.owner ? [] : [event('case.assigned', `case/${c.id}`, moved, c.id)]),
  ];
}

export const laneFollowUps = { 'case.share': share };

/** The topic became known: no cost but a look where there are no lanes. */
export function laneOnClassified(state: State, r: RecordOf<'case.classified'>): FollowUp[] {
  const { case: id, topic } = r.body;
  if (topic === undefined || routes(state) || state.routing.cases.get(id)?.placed) return [];
  return shareOfTopic(state, id, topic) === null ? [] : [followUp('case.share', { case: id })];
}

/** [RTE17] The shadow gets the case as its owner does, and knows that it only proposes. */
export function laneOnRouted(state: State, r: RecordOf<'case.routed'>): FollowUp[] {
  const { case: id, lane } = r.body;
  const c = state.cases.cases.get(id);
  if (!c || lane?.shadow === undefined) return [];
  const text = `Work on case ${id} beside its owner, for comparison: ${c.subject}. Nothing you ask for is carried out`;
  const data = { lane: lane.lane, shadow: true };
  return [followUp('inbox.deliver', { to: lane.shadow, type: 'assign', text, case: id, data, priority: c.priority })];
}
