/** What follows for lanes from what happens in them, and from a new definition. */
import { canonical } from '../core/canonical.ts';
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { humanAbove, isHuman } from '../organisation/views.ts';
import { touched } from './counting.ts';
import { isAutonomous, type LaneDef, laneDefs, lanesOf, needingLanes, switchesOf } from './lanes.ts';
import { expiryOf, matchOf } from './pairs.ts';
import { isComplete, proofFollowUps } from './proof.ts';
import { selectionFollowUps, selectionReact } from './selection.ts';
import { mustFall, stagesFollowUps, stagesReact } from './stages.ts';

const basisOf = ({ rollout }: LaneDef): string =>
  canonical({
    seats: rollout.seats,
    every: rollout.selection?.every ?? null,
    proof: rollout.proof ?? null,
    baseline: rollout.baseline ?? null,
  });

const sharesOf = (def: LaneDef, now: Time) => ({
  lane: def.id,
  shares: def.rollout.seats.map((each) => ({ ...each })),
  basis: basisOf(def),
  next: def.rollout.selection === undefined ? null : now + def.rollout.selection.every,
});

const on = (id: string): string => `lane/${id}`;

/** [ROL1] After a definition: lanes come, go, and share out anew what the definition shares out anew. Stages stay. */
function sync(state: State, _body: object, ctx: Context): Draft[] {
  const { lanes } = state.rollout;
  const defs = laneDefs(state);
  const gone = [...lanes.values()].filter(({ id }) => !defs.has(id));
  const fresh = [...defs.values()].flatMap((def): Draft[] => {
    const lane = lanes.get(def.id);
    if (!lane) return [event('lane.entered', on(def.id), { ...sharesOf(def, ctx.now), stage: def.rollout.start })];
    return lane.basis === basisOf(def) ? [] : [event('lane.shared', on(def.id), sharesOf(def, ctx.now))];
  });
  return [...gone.map(({ id, stage }) => event('lane.left', on(id), { lane: id, stage })), ...fresh];
}

/** [ROL4] A lane whose last kill switch was taken away is not autonomous any more. */
function unguarded(state: State): FollowUp[] {
  return [...state.rollout.lanes.values()].flatMap(({ id, stage }) =>
    isAutonomous(stage) && switchesOf(state.organisation.definition, id).length === 0
      ? [
          followUp('lane.stopped', {
            lane: id,
            to: 'assist',
            by: 'definition',
            reason: 'it has no kill switch any more',
          }),
        ]
      : [],
  );
}

function compare(state: State, body: { case: string; id: string; lane: string }, ctx: Context): Draft[] {
  const def = laneDefs(state).get(body.lane);
  const found = def ? matchOf(state, body.case, body.id, def, ctx.now) : null;
  return found ? [event('lane.compared', on(body.lane), found, body.case)] : [];
}

/** Timer: `case/id/lane` of what waits. */
function expire(state: State, body: { id: string }, ctx: Context): Draft[] {
  const [about, id, lane] = body.id.split('/') as [string, string, string];
  const found = expiryOf(state, about, id, lane, ctx.now);
  return found ? [event('lane.compared', on(lane), found, about)] : [];
}

export const rolloutFollowUps = {
  'lane.sync': sync,
  'lane.compare': compare,
  'lane.expire': expire,
  ...stagesFollowUps,
  ...selectionFollowUps,
  ...proofFollowUps,
};

/** [ROL6, ROL16] Judged when something it depends on has happened, and only then. */
function judged(state: State, r: { body: { operation?: unknown; case?: unknown } }): FollowUp[] {
  if (state.rollout.lanes.size === 0) return [];
  return touched(state, r.body).flatMap((lane) => [
    ...(mustFall(state, lane) === null ? [] : [followUp('lane.watch', { lane })]),
    ...(isComplete(laneDefs(state).get(lane), state.rollout.lanes.get(lane)) ? [followUp('lane.prove', { lane })] : []),
  ]);
}

/** [ROL2] A proposal is written down; whoever does the work is told that there is some, not what was proposed. */
function handOver(state: State, def: LaneDef, seat: string, about: string | null, capability: string): FollowUp[] {
  const to = def.rollout.baseline ?? humanAbove(state, seat);
  if (to === null || !isHuman(state.organisation.seats.get(to))) return [];
  const text = `${about ?? 'Something'} needs a person: ${capability} is not carried out for "${seat}" while the lane "${def.id}" is only watched.`;
  return [
    followUp('inbox.deliver', {
      to,
      from: seat,
      type: 'question',
      text,
      case: about,
      data: { lane: def.id },
      priority: 'normal',
    }),
  ];
}

function decided(state: State, r: RecordOf<'operation.decided'>): FollowUp[] {
  if (state.rollout.lanes.size === 0) return [];
  const op = state.operations.operations.get(r.body.operation);
  const { verdict } = r.body;
  if (!op || (verdict !== 'allow' && verdict !== 'record-only')) return judged(state, r);
  return lanesOf(state, op).flatMap((def) => [
    ...(op.case === null ? [] : [followUp('lane.compare', { case: op.case, id: op.id, lane: def.id })]),
    ...(verdict === 'record-only' ? handOver(state, def, op.seat, op.case, op.capability) : []),
  ]);
}

const AFTER = [
  ...(['approval.decided', 'operation.succeeded', 'operation.verified', 'operation.verification_failed'] as const),
  ...(['operation.failed', 'operation.escalated', 'operation.compensated', 'economy.reviewed'] as const),
  ...(['case.closed', 'case.escalated', 'case.cancelled', 'case.reopened'] as const),
];

/** [ROL24] How a run dealt with missing data is known when it is over. */
const RUN_OVER = ['run.finished', 'run.failed', 'run.stopped'] as const;
const seenBlind = (state: State): FollowUp[] =>
  needingLanes(state).flatMap(({ id }) => (mustFall(state, id) === null ? [] : [followUp('lane.watch', { lane: id })]));

/** Registered before what looks at operations anew after a definition: they must find their lanes. */
export const ROLLOUT_REACT = [
  {
    'organisation.applied': (state: State): FollowUp[] => [
      ...(laneDefs(state).size > 0 || state.rollout.lanes.size > 0 ? [followUp('lane.sync', {})] : []),
      ...unguarded(state),
    ],
    'operation.decided': decided,
    'lane.acted': (_state: State, { body }: RecordOf<'lane.acted'>): FollowUp[] => [
      followUp('lane.compare', { case: body.case, id: body.action, lane: body.lane }),
    ],
    'lane.compared': (state: State, { body }: RecordOf<'lane.compared'>): FollowUp[] =>
      mustFall(state, body.lane) === null ? [] : [followUp('lane.watch', { lane: body.lane })],
  },
  Object.fromEntries(AFTER.map((kind) => [kind, judged])),
  Object.fromEntries(RUN_OVER.map((kind) => [kind, seenBlind])),
  stagesReact,
  selectionReact,
];
