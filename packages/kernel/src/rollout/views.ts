/** Lanes as they are shown: stage, traffic, comparison, fitness, kill switches, money. Nothing here changes anything. */
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { RolloutDef, Stage } from './definition.ts';
import { isRecorded, type LaneDef, laneDefs, stageOf, stepsOf, switchesOf } from './lanes.ts';
import { criterionName, measureLines } from './measures.ts';
import type { Comparison, MeasureLine, Proved, SelectionLine } from './schema.ts';
import { standings } from './selection.ts';
import { trafficOf } from './share.ts';
import { type Readiness, readiness } from './stages.ts';
import type { Lane, Tally } from './state.ts';
import { recentOf, sum } from './tally.ts';

/** A kill switch that stands by a lane. */
interface Guard {
  id: string;
  title: string;
  metrics: string[];
  when: string;
  because: string;
  tripped: boolean;
}

/** One who competes in a lane. `standing` is null where nothing selects among them. */
export interface CompetitorView {
  seat: string;
  title: string;
  share: number;
  stage: Stage;
  fitness: number | null;
  parts: SelectionLine['parts'];
  n: number;
  weak: number;
}

/** What a seat cost and brought in a lane, in the months that are kept or one of them. Micro-units; null: nothing to divide by. */
export interface LaneMoney {
  seat: string;
  proposals: number;
  landed: number;
  /** Effects that stand, in percent of those asked for (R-E73). */
  landedShare: number | null;
  closed: number;
  corrections: number;
  minutes: number;
  value: number;
  cost: number;
  profit: number;
  perSuccess: number | null;
  perOutcome: number | null;
  perCorrection: number | null;
  /** Mean time from opening to closing. */
  cycle: number | null;
}

export interface LaneView {
  id: string;
  title: string;
  outcome: string;
  metric: string | null;
  steps: string[];
  topics: string[];
  stage: Stage;
  since: Time;
  by: string;
  reason: string;
  /** Part of its cases that agents get, in percent, and what the rest goes to. */
  traffic: number;
  baseline: string | null;
  seats: CompetitorView[];
  /** In this stage, and of late. */
  measures: MeasureLine[];
  recent: MeasureLine[];
  stay: { sample: number; criteria: string[] } | null;
  ready: Readiness | null;
  guards: Guard[];
  limits: { each: number; day: number | null; count: number | null; usedMoney: number; usedCount: number } | null;
  /** Proposals that wait for a person's action. */
  waiting: number;
  differences: Comparison[];
  selection: {
    every: number;
    step: number;
    floor: number;
    cooldown: number;
    sample: number;
    margin: number;
    next: Time | null;
    moved: Time | null;
  } | null;
  proof: { sample: number; progress: { seat: string; n: number }[]; result: Proved | null } | null;
  trail: Lane['trail'];
  money: LaneMoney[];
}

const NO_PARTS: SelectionLine['parts'] = { success: null, corrections: null, cost: null, value: null };

function guardsOf(state: State, id: string): Guard[] {
  const tripped = state.governance.switches.has(`lane:${id}`);
  return switchesOf(state.organisation.definition, id).map((each) => ({
    ...{ id: each.id, title: each.title, metrics: [...each.metrics], when: each.when, because: each.because, tripped },
  }));
}

function seatsOf(state: State, def: LaneDef, lane: Lane): CompetitorView[] {
  const lines = new Map(
    (def.rollout.selection ? standings(lane, def.rollout.selection.weights) : []).map((line) => [line.seat, line]),
  );
  return [...lane.seats].map(([seat, { share, weak }]) => {
    const { fitness = null, parts = NO_PARTS, n = 0 } = lines.get(seat) ?? {};
    const title = state.organisation.seats.get(seat)?.title ?? seat;
    return { seat, title, share, stage: stageOf(lane, def, seat), fitness, parts, n, weak };
  });
}

const each = (amount: number, n: number): number | null => (n === 0 ? null : Math.round(amount / n));

/** One line of a lane's account. */
function moneyLine(seat: string, t: Tally): LaneMoney {
  const corrections = t.undone + t.reopened + t.rejected;
  return {
    ...{ seat, proposals: t.proposals, landed: t.landed, closed: t.closed, corrections, minutes: t.minutes },
    landedShare: t.proposals === 0 ? null : (100 * t.landed) / t.proposals,
    ...{ value: t.value, cost: t.cost, profit: t.value - t.cost },
    ...{
      perSuccess: each(t.cost, t.landed),
      perOutcome: each(t.cost, t.closed),
      perCorrection: each(t.correction, corrections),
    },
    cycle: each(t.duration, t.closed),
  };
}

/** [ROL21] What each seat cost and brought in a lane, people included; `month` is one like 2026-11, else all that are kept. */
export function laneMoney(lane: Lane, month?: string): LaneMoney[] {
  const months = [...lane.months].filter(([name]) => month === undefined || name === month);
  const seats = new Set(months.flatMap(([, tallies]) => [...tallies.keys()]));
  seats.delete('');
  return [...seats]
    .sort()
    .map((seat) => moneyLine(seat, sum(months.flatMap(([, tallies]) => tallies.get(seat) ?? []))));
}

const limitsOf = ({ limits }: RolloutDef, { today }: Lane, now: Time): LaneView['limits'] => {
  const same = today.day === Math.floor(now / 86_400_000);
  const [usedMoney, usedCount] = same ? [today.money, today.count] : [0, 0];
  return { each: limits.each, day: limits.day ?? null, count: limits.count ?? null, usedMoney, usedCount };
};

function stayOf({ rollout }: LaneDef, stage: Stage): LaneView['stay'] {
  if (isRecorded(stage) || stage === 'observe' || stage === 'shadow') return null;
  const { sample, criteria } = rollout.stages[stage].stay;
  return criteria.length === 0 ? null : { sample, criteria: criteria.map(criterionName) };
}

const waitingFor = (state: State, id: string): number =>
  [...state.rollout.waiting.values()].flat().filter((each) => each.lane === id && each.side === 'proposal').length;

function proofOf({ rollout }: LaneDef, lane: Lane): LaneView['proof'] {
  if (rollout.proof === undefined) return null;
  // Before everybody has the sample only how many there are is said: what is looked at meanwhile proves nothing.
  return {
    sample: rollout.proof.sample,
    progress: [...lane.arms].map(([seat, { n }]) => ({ seat, n })),
    result: lane.proved,
  };
}

/** One lane with everything that is known of it; null when there is no such lane. */
export function laneView(state: State, id: string, now: Time): LaneView | null {
  const def = laneDefs(state).get(id);
  const lane = state.rollout.lanes.get(id);
  if (!def || !lane) return null;
  const { flow, rollout } = def;
  const { stage, since, by, reason } = lane;
  const s = rollout.selection;
  return {
    ...{
      id,
      title: flow.title,
      outcome: rollout.outcome,
      metric: rollout.metric ?? null,
      steps: [...stepsOf(def)],
      topics: [...rollout.topics],
    },
    ...{
      stage,
      since,
      by,
      reason,
      traffic: lane.seats.size === 0 ? 0 : trafficOf(def, stage),
      baseline: rollout.baseline ?? null,
    },
    ...{ seats: seatsOf(state, def, lane), measures: measureLines(lane.all), recent: measureLines(recentOf(lane)) },
    ...{ stay: stayOf(def, stage), ready: readiness(state, def, lane, now), guards: guardsOf(state, id) },
    limits: stage === 'bounded' ? limitsOf(rollout, lane, now) : null,
    ...{ waiting: waitingFor(state, id), differences: [...lane.differences].reverse() },
    selection: s
      ? {
          every: s.every,
          step: s.step,
          floor: s.floor,
          cooldown: s.cooldown,
          sample: s.sample,
          margin: s.margin,
          next: lane.next,
          moved: lane.moved,
        }
      : null,
    proof: proofOf(def, lane),
    trail: [...lane.trail].reverse(),
    money: laneMoney(lane),
  };
}

/** Ids of all lanes, in the order of the definition. */
export const laneIds = (state: State): string[] =>
  [...laneDefs(state).keys()].filter((id) => state.rollout.lanes.has(id));
