/** Which lanes an operation is in, and how far they are trusted. */
import { covers } from '../core/names.ts';
import type { State } from '../core/state.ts';
import type { Definition } from '../definition.ts';
import type { FlowDef } from '../governance/definition.ts';
import type { Operation } from '../operations/state.ts';
import { isHuman, OWNER } from '../organisation/views.ts';
import { type RolloutDef, STAGES, type Stage } from './definition.ts';
import type { Lane } from './state.ts';

/** A flow with a rollout. */
export interface LaneDef {
  readonly id: string;
  readonly flow: FlowDef;
  readonly rollout: RolloutDef;
}

interface Index {
  readonly lanes: ReadonlyMap<string, LaneDef>;
  readonly byContract: ReadonlyMap<string, readonly LaneDef[]>;
  readonly byTopic: ReadonlyMap<string, LaneDef>;
  /** Lanes that say which reads they rest on. */
  readonly needing: readonly LaneDef[];
}

const NONE: readonly LaneDef[] = [];
const EMPTY: Index = { lanes: new Map(), byContract: new Map(), byTopic: new Map(), needing: [] };
const indexes = new WeakMap<Definition, Index>();

/** The contracts of a lane that its stage holds for. */
export const stepsOf = ({ flow, rollout }: LaneDef): readonly string[] =>
  rollout.steps.length > 0 ? rollout.steps : flow.steps;

function makeIndex(definition: Definition): Index {
  const lanes = new Map<string, LaneDef>();
  const byContract = new Map<string, LaneDef[]>();
  const byTopic = new Map<string, LaneDef>();
  for (const flow of definition.flows) {
    if (flow.rollout === undefined) continue;
    const lane: LaneDef = { id: flow.id, flow, rollout: flow.rollout };
    lanes.set(flow.id, lane);
    for (const step of new Set(stepsOf(lane))) byContract.set(step, [...(byContract.get(step) ?? []), lane]);
    for (const topic of lane.rollout.topics) if (!byTopic.has(topic)) byTopic.set(topic, lane);
  }
  const needing = [...lanes.values()].filter(({ rollout }) => rollout.missing !== undefined);
  return { lanes, byContract, byTopic, needing };
}

/** Worked out once per definition; without lanes it costs a look. */
function indexOf({ organisation: { definition } }: State): Index {
  if (definition === null) return EMPTY;
  let index = indexes.get(definition);
  if (!index) {
    index = makeIndex(definition);
    indexes.set(definition, index);
  }
  return index;
}

export const laneDefs = (state: State): ReadonlyMap<string, LaneDef> => indexOf(state).lanes;
export const laneOfTopic = (state: State, topic: string): LaneDef | undefined => indexOf(state).byTopic.get(topic);

/** Lanes that say which reads they rest on. */
export const needingLanes = (state: State): readonly LaneDef[] => indexOf(state).needing;

/** Lanes whose work rests on what this capability reads [ROL24]. */
export function lanesNeeding(state: State, capability: string): readonly LaneDef[] {
  const needing = needingLanes(state);
  if (needing.length === 0) return NONE;
  return needing.filter(({ rollout }) => rollout.missing!.reads.some((pattern) => covers(pattern, capability)));
}

type Staged = Pick<Operation, 'contract' | 'effect' | 'compensates'>;

/** Lanes whose stage holds for an operation: effects under their contracts. Undoing is never held up, and reading is free. */
export function lanesOf(state: State, op: Staged): readonly LaneDef[] {
  if (op.contract === null || op.effect === 'read' || op.compensates !== null) return NONE;
  return indexOf(state).byContract.get(op.contract) ?? NONE;
}

const rank = (stage: Stage): number => STAGES.indexOf(stage);
export const above = (a: Stage, b: Stage): boolean => rank(a) > rank(b);
const lower = (a: Stage, b: Stage): Stage => (above(a, b) ? b : a);
export const next = (stage: Stage): Stage | null => STAGES[rank(stage) + 1] ?? null;

/** Beyond this a kill switch must stand by [ROL4]. */
export const isAutonomous = (stage: Stage): boolean => above(stage, 'assist');
/** Here nothing is carried out but by people [ROL2]. */
export const isRecorded = (stage: Stage): boolean => !above(stage, 'shadow');

/** How far a seat is trusted in a lane: as far as the lane, unless it is trusted less itself. */
export function stageOf(lane: Lane | undefined, def: LaneDef, seat: string): Stage {
  const stage = lane?.stage ?? def.rollout.start;
  const cap = lane?.caps.get(seat);
  return cap === undefined ? stage : lower(stage, cap);
}

/** The lanes and the strictest stage that hold for what a seat wants; null where people act or no stage holds. */
export function staged(state: State, op: Staged & Pick<Operation, 'seat'>): { lane: LaneDef; stage: Stage } | null {
  const lanes = lanesOf(state, op);
  if (lanes.length === 0 || byPerson(state, op.seat)) return null;
  return lanes
    .map((lane) => ({ lane, stage: stageOf(state.rollout.lanes.get(lane.id), lane, op.seat) }))
    .reduce((strictest, each) => (above(strictest.stage, each.stage) ? each : strictest));
}

export const byPerson = (state: State, seat: string): boolean =>
  seat === OWNER || isHuman(state.organisation.seats.get(seat));

/** Kill switches of the definition that stop this lane by themselves. */
export const switchesOf = (definition: Definition | null, lane: string) =>
  (definition?.switches ?? []).filter((each) => each.scope === 'lane' && each.target === lane);
