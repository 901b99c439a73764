/** Who gets a case of a lane: a function of the case's id and the shares, so the same case always goes the same way [ROL15]. */
import { sha256Hex } from '../core/sha256.ts';
import type { State } from '../core/state.ts';
import type { Stage } from './definition.ts';
import { isRecorded, type LaneDef, laneDefs, laneOfTopic } from './lanes.ts';
import type { Lane } from './state.ts';

export interface Assignment {
  lane: string;
  stage: Stage;
  /** Who works on the case; null when the lane names nobody for it. */
  seat: string | null;
  /** Who works on it as well, for comparison, and carries nothing out. */
  shadow: string | null;
  /** Points of a hundred: where the case fell, the part of the traffic that is shared out. */
  point: number;
  share: number;
}

const POINTS = 10_000;

/** A number from 0 to 9,999 that looks random and depends on nothing else. */
const drawn = (text: string): number => Number.parseInt(sha256Hex(text).slice(0, 12), 16) % POINTS;

/** Points of the traffic that go to those who compete; the rest to the baseline. */
export function trafficOf(def: LaneDef, stage: Stage): number {
  return stage === 'observe' ? 0 : def.rollout.stages[stage].share;
}

/** One of those who compete, by their shares; who does not work now is passed over. */
function chosen(state: State, lane: Lane, about: string): string | null {
  const active = [...lane.seats].filter(([seat]) => state.organisation.seats.get(seat)?.status === 'active');
  const whole = active.reduce((sum, [, { share }]) => sum + share, 0);
  if (whole === 0) return null;
  const point = (drawn(`seat|${lane.id}|${about}`) * whole) / POINTS;
  let up = 0;
  for (const [seat, { share }] of active) {
    up += share;
    if (point < up) return seat;
  }
  return active.at(-1)![0];
}

/**
 * [ROL15] Who gets this case of this lane. Null where there is no such lane, or nobody competes in it: then intake and routing
 * decide as they would without lanes.
 */
export function shareOf(state: State, about: string, id: string): Assignment | null {
  const def = laneDefs(state).get(id);
  const lane = state.rollout.lanes.get(id);
  if (!def || !lane || lane.seats.size === 0) return null;
  const share = trafficOf(def, lane.stage);
  const point = drawn(`traffic|${def.rollout.seed}|${id}|${about}`) / 100;
  const agent = point < share ? chosen(state, lane, about) : null;
  const baseline = def.rollout.baseline ?? null;
  const beside = isRecorded(lane.stage);
  return {
    lane: id,
    stage: lane.stage,
    seat: beside ? baseline : (agent ?? baseline),
    shadow: beside ? agent : null,
    point,
    share,
  };
}

/** The same for a topic: the lane that shares out its traffic, if one does. */
export function shareOfTopic(state: State, about: string, topic: string): Assignment | null {
  const def = laneOfTopic(state, topic);
  return def === undefined ? null : shareOf(state, about, def.id);
}
