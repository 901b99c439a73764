/** Stages: people raise them when the criteria hold, everybody may lower them, and they fall by themselves [ROL4–ROL7]. */
import type { z } from 'zod';
import { compileValue } from '../cel/index.ts';
import { type Context, type Decide, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { DAY } from '../core/quantities.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { conditionScope } from '../governance/gate.ts';
import type { Operation } from '../operations/state.ts';
import { governs, humanAbove, isHuman, OWNER } from '../organisation/views.ts';
import { blindCriteria, blindFault, SILENT } from './blind.ts';
import type { Stage } from './definition.ts';
import {
  above,
  isAutonomous,
  isRecorded,
  type LaneDef,
  laneDefs,
  next,
  stageOf,
  stepsOf,
  switchesOf,
} from './lanes.ts';
import { failing, judge, measureLines } from './measures.ts';
import type { rolloutCommands } from './schema.ts';
import type { Lane } from './state.ts';
import { recentOf, work } from './tally.ts';

type Body<K extends keyof typeof rolloutCommands> = z.output<(typeof rolloutCommands)[K]>;

function laneNamed(state: State, id: string): { def: LaneDef; lane: Lane } {
  const def = laneDefs(state).get(id);
  const lane = state.rollout.lanes.get(id);
  if (def && lane) return { def, lane };
  return reject('not-found', `there is no lane "${id}"`, {
    rule: 'ROL1',
    hint: 'list them with `reeve lanes`; a lane is a flow with a rollout',
  });
}

/** The seat of the human who asks, or the owner: nobody else moves stages. */
function person(state: State, ctx: Context): string {
  if (ctx.actor.principal === OWNER && ctx.actor.seat === undefined) return OWNER;
  const seat = ctx.actor.seat === undefined ? undefined : state.organisation.seats.get(ctx.actor.seat);
  const sits = isHuman(seat) && seat?.occupant?.principal === ctx.actor.principal && seat.status !== 'suspended';
  if (!sits) reject('forbidden', 'only a person who works here moves the stage of a lane', { rule: 'ROL4' });
  return seat.id;
}

export interface Readiness {
  to: Stage;
  criteria: { name: string; met: boolean; because: string }[];
  /** Kill switches that would stand by; without one nothing goes beyond `assist`. */
  switches: string[];
}

/** [ROL5] What must hold before a lane comes into the next stage, and how it stands. */
export function readiness(state: State, def: LaneDef, lane: Lane, now: Time): Readiness | null {
  const to = next(lane.stage);
  if (to === null || to === 'observe') return null;
  const { days, sample, criteria } = def.rollout.stages[to].enter;
  const spent = Math.floor(((now - lane.since) / DAY) * 10) / 10;
  const n = Math.max(lane.all.compared, work(lane.all));
  const first = [
    { name: `days >= ${days}`, met: now - lane.since >= days * DAY, because: `${spent} days in ${lane.stage}` },
    { name: `sample >= ${sample}`, met: n >= sample, because: `${n} compared or done` },
  ];
  const switches = switchesOf(state.organisation.definition, def.id).map(({ id }) => id);
  const { missing } = def.rollout;
  const blind = missing === undefined || isRecorded(to) ? [] : blindCriteria(missing, lane.all);
  return { to, criteria: [...first, ...criteria.map((each) => judge(each, lane.all)), ...blind], switches };
}

function checkStep(from: Stage, to: Stage, lane: string): void {
  if (next(from) === to) return;
  const step = next(from);
  reject('conflict', `"${lane}" is in the stage ${from}; it is raised one stage at a time`, {
    rule: 'ROL4',
    hint: step === null ? 'this is the highest' : `raise it to ${step}`,
  });
}

/** [ROL4] Without a kill switch that trips by itself nothing leaves `assist`, whoever wants it. */
function checkSwitches(state: State, lane: string, to: Stage): void {
  if (!isAutonomous(to)) return;
  if (switchesOf(state.organisation.definition, lane).length === 0)
    reject('forbidden', `the lane "${lane}" has no kill switch, and cannot leave the stage assist without one`, {
      rule: 'ROL4',
      hint: `define a switch with "scope: lane" and "target: ${lane}" that says when the lane must stop`,
    });
  if (state.governance.switches.has(`lane:${lane}`))
    reject('conflict', `the kill switch of the lane "${lane}" is tripped`, { rule: 'ROL4', hint: 're-arm it first' });
}

/** [ROL5] What is not met is named by whoever raises it all the same, so that it stands on the record. */
function unmetOf(state: State, def: LaneDef, lane: Lane, despite: readonly string[], now: Time): string[] {
  const open = (readiness(state, def, lane, now)?.criteria ?? []).filter(({ met }) => !met);
  const silent = open.find(({ name }) => name.startsWith(SILENT));
  if (silent)
    reject('conflict', `not met, and nobody can take it upon him: ${silent.name} (${silent.because})`, {
      rule: 'ROL24',
      hint: 'look at these runs and change the worker; a new stage, or `lower` and `raise`, counts anew',
    });
  const unnamed = open.filter(({ name }) => !despite.includes(name));
  if (unnamed.length > 0)
    reject('conflict', `not met: ${unnamed.map(({ name, because }) => `${name} (${because})`).join('; ')}`, {
      rule: 'ROL5',
      hint: `wait until they are, or name each with \`despite\` to take it upon you: ${unnamed.map(({ name }) => name).join(', ')}`,
    });
  return open.map(({ name }) => name);
}

interface Move {
  readonly seat?: string | undefined;
  readonly from: Stage;
  readonly to: Stage;
  readonly by: string;
  readonly reason: string;
}

const moved = (lane: Lane, { seat, ...move }: Move) => ({
  ...{ lane: lane.id, seat: seat ?? null, ...move, reason: move.reason.slice(0, 1000) },
  measures: measureLines(lane.all),
});
const drop = (lane: Lane, move: Move): Draft => event('lane.lowered', `lane/${lane.id}`, moved(lane, move));

function raise(state: State, body: Body<'lane.raise'>, ctx: Context): Draft[] {
  const { def, lane } = laneNamed(state, body.lane);
  const by = person(state, ctx);
  if (!governs(state, ctx.actor) && !def.rollout.raisers.includes(by))
    reject('forbidden', `you do not raise the lane "${def.id}"`, {
      rule: 'ROL4',
      hint: `raised by ${def.rollout.raisers.join(', ') || 'the human at the top, or the owner'}`,
    });
  const from = body.seat === undefined ? lane.stage : stageOf(lane, def, body.seat);
  if (body.seat !== undefined && from === lane.stage)
    reject('conflict', `"${body.seat}" is trusted as far as its lane (${from})`, {
      rule: 'ROL4',
      hint: 'raise the lane',
    });
  checkStep(from, body.to, def.id);
  checkSwitches(state, def.id, body.to);
  const unmet = body.seat === undefined ? unmetOf(state, def, lane, body.despite, ctx.now) : [];
  const move = { seat: body.seat, from, to: body.to, by, reason: body.reason };
  return [event('lane.raised', `lane/${def.id}`, { ...moved(lane, move), unmet })];
}

/** [ROL6] Any person may have a lane trusted less. */
function lowerBy(state: State, body: Body<'lane.lower'>, ctx: Context): Draft[] {
  const { def, lane } = laneNamed(state, body.lane);
  const by = person(state, ctx);
  const from = body.seat === undefined ? lane.stage : stageOf(lane, def, body.seat);
  if (!above(from, body.to))
    reject('conflict', `it is in the stage ${from} already`, { rule: 'ROL6', hint: 'name a lower stage' });
  return [drop(lane, { seat: body.seat, from, to: body.to, by, reason: body.reason })];
}

/** Name of the thing a reported action was about, as the contract names it. */
function resourceOf(state: State, body: Body<'lane.report'>, by: string): string | null {
  const contract = state.organisation.contracts.get(body.capability);
  if (contract?.resource === undefined) return null;
  const preview = {
    args: body.args,
    case: body.case,
    seat: by,
    principal: '',
    resource: null,
    reads: {},
  } as unknown as Operation;
  const named = compileValue(contract.resource)(conditionScope(state, preview, state.now));
  return named.ok && typeof named.value === 'string' ? named.value : null;
}

/** [ROL9] What a person did outside, reported by him or in his name. */
function report(state: State, body: Body<'lane.report'>, ctx: Context): Draft[] {
  const { def } = laneNamed(state, body.lane);
  const by = person(state, ctx);
  if (!state.cases.cases.has(body.case))
    reject('not-found', `there is no case ${body.case}`, { rule: 'ROL9', hint: 'list them with `reeve cases`' });
  const contract = state.organisation.contracts.get(body.capability);
  if (contract === undefined || !stepsOf(def).includes(contract.id))
    reject('invalid', `${body.capability} is not part of the lane "${def.id}"`, {
      rule: 'ROL9',
      hint: `its contracts: ${stepsOf(def).join(', ')}`,
    });
  const { lane: id, case: about, capability, args } = body;
  const action = nextId(state, 'H');
  const until = ctx.now + def.rollout.compare.window;
  return [
    event(
      'lane.acted',
      `lane/${id}`,
      { lane: id, action, case: about, capability, args, resource: resourceOf(state, body, by), by, until },
      about,
    ),
  ];
}

export const stagesDecide = {
  'lane.raise': raise,
  'lane.lower': lowerBy,
  'lane.report': report as Decide<Body<'lane.report'>>,
};

/** Why the lane must fall a stage now, or null. Only after as many pieces of work as the criteria ask for. */
export function mustFall(state: State, id: string): string | null {
  const def = laneDefs(state).get(id);
  const lane = state.rollout.lanes.get(id);
  if (!def || !lane || lane.stage === 'observe' || lane.stage === 'shadow') return null;
  const blind = def.rollout.missing ? blindFault(def.rollout.missing, recentOf(lane)) : null;
  if (blind !== null) return blind;
  const { criteria, sample } = def.rollout.stages[lane.stage].stay;
  if (criteria.length === 0) return null;
  const recent = recentOf(lane);
  return work(recent) < sample ? null : failing(criteria, recent);
}

/** [ROL6] Down one stage: a criterion to stay is not met any more. */
function watch(state: State, body: { lane: string }): Draft[] {
  const reason = mustFall(state, body.lane);
  const lane = state.rollout.lanes.get(body.lane);
  if (reason === null || !lane) return [];
  return [drop(lane, { from: lane.stage, to: fallTo(lane.stage), by: 'criterion', reason })];
}

const FALLS: Record<Stage, Stage> = {
  observe: 'observe',
  shadow: 'observe',
  assist: 'shadow',
  bounded: 'assist',
  'end-to-end': 'bounded',
};
export const fallTo = (stage: Stage): Stage => FALLS[stage];

/** [ROL7] When its kill switch trips, or it has none left, a lane is not autonomous any more. */
function stopped(state: State, body: { lane: string; to: Stage; reason: string; by: string }): Draft[] {
  const lane = state.rollout.lanes.get(body.lane);
  if (!lane || !above(lane.stage, body.to)) return [];
  const { to, by, reason } = body;
  return [drop(lane, { from: lane.stage, to, by, reason })];
}

export const stagesFollowUps = { 'lane.watch': watch, 'lane.stopped': stopped };

/** Who hears of it: the human above those who are trusted, or of the lane's baseline. */
function told(state: State, r: RecordOf<'lane.lowered'>): FollowUp[] {
  const { lane: id, seat, from, to, reason } = r.body;
  const { rollout } = laneDefs(state).get(id) ?? {};
  const trusted = seat ?? rollout?.seats[0]?.seat;
  const person = trusted === undefined ? rollout?.baseline : humanAbove(state, trusted);
  if (!person || !isHuman(state.organisation.seats.get(person))) return [];
  const who = seat === null ? `The lane "${id}"` : `"${seat}" in the lane "${id}"`;
  const text = `${who} fell from ${from} to ${to}: ${reason}`;
  return [followUp('inbox.deliver', { to: person, type: 'escalation', text, data: { lane: id }, priority: 'high' })];
}

export const stagesReact = {
  'lane.lowered': told,
  'switch.tripped': (state: State, r: RecordOf<'switch.tripped'>): FollowUp[] => {
    const def = r.body.scope === 'lane' ? laneDefs(state).get(r.body.id) : undefined;
    const reason = `kill switch: ${r.body.reason}`;
    return def ? [followUp('lane.stopped', { lane: def.id, to: def.rollout.onTrip, by: r.body.by, reason })] : [];
  },
};
