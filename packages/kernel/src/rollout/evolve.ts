import type { RecordOf } from '../core/events.ts';
import { countId, type State, setTimer } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { blindEvolve } from './blind.ts';
import { countingEvolve } from './counting.ts';
import { laneDefs } from './lanes.ts';
import { compared, keep } from './pairs.ts';
import type { SharePoint } from './schema.ts';
import type { Arm, Competitor, Lane } from './state.ts';
import { count, emptyTally } from './tally.ts';

const emptyArm = (): Arm => ({ n: 0, solved: 0, duration: 0, minutes: 0, cost: 0, value: 0 });

const competitors = (shares: readonly SharePoint[]): Map<string, Competitor> =>
  new Map(shares.map(({ seat, share }) => [seat, { share, since: emptyTally(), weak: 0 }]));

/** Everybody who takes part in the proof: the competitors and the baseline. */
function armsOf(state: State, id: string): Map<string, Arm> {
  const { seats = [], baseline, proof } = laneDefs(state).get(id)?.rollout ?? {};
  if (proof === undefined || baseline === undefined) return new Map();
  return new Map([...seats.map(({ seat }) => seat), baseline].map((seat) => [seat, emptyArm()]));
}

function schedule(state: State, lane: Lane, next: Time | null): void {
  lane.next = next;
  if (next !== null) setTimer(state, next, `lane.select:${lane.id}`);
}

function entered(state: State, r: RecordOf<'lane.entered'>): void {
  const { lane: id, stage, shares, basis, next } = r.body;
  const lane: Lane = {
    ...{ id, stage, since: r.at, by: 'definition', reason: 'the lane was defined' },
    ...{ all: emptyTally(), recent: { now: emptyTally(), before: emptyTally() }, caps: new Map() },
    ...{ seats: competitors(shares), basis, moved: null, next: null },
    ...{ today: { day: 0, money: 0, count: 0 }, months: new Map(), differences: [], trail: [] },
    ...{ arms: armsOf(state, id), proved: null },
  };
  state.rollout.lanes.set(id, lane);
  schedule(state, lane, next);
}

function shared(state: State, r: RecordOf<'lane.shared'>): void {
  const lane = state.rollout.lanes.get(r.body.lane)!;
  lane.seats = competitors(r.body.shares);
  lane.basis = r.body.basis;
  lane.arms = armsOf(state, lane.id);
  lane.proved = null;
  schedule(state, lane, r.body.next);
}

/** In a new stage counting begins anew: what was learned under other conditions proves nothing about these. */
function moved(state: State, r: RecordOf<'lane.raised'> | RecordOf<'lane.lowered'>): void {
  const { lane: id, seat, to, by, reason } = r.body;
  const lane = state.rollout.lanes.get(id)!;
  if (seat !== null) {
    if (to === lane.stage) lane.caps.delete(seat);
    else lane.caps.set(seat, to);
    return;
  }
  Object.assign(lane, {
    stage: to,
    since: r.at,
    by,
    reason,
    all: emptyTally(),
    recent: { now: emptyTally(), before: emptyTally() },
  });
}

/** [ROL9] Both what was done otherwise and what was not done, or not proposed, is disagreement. */
function held(state: State, r: RecordOf<'lane.compared'>): void {
  const { lane: id, seat, outcome } = r.body;
  const lane = state.rollout.lanes.get(id);
  const def = laneDefs(state).get(id);
  if (!lane) return;
  compared(state, lane, r.body);
  const change = { compared: 1, agreed: outcome === 'agreed' ? 1 : 0 };
  if (def) count(lane, seat ?? '', r.at, change, { trusted: true, length: def.rollout.recent });
}

function acted(state: State, r: RecordOf<'lane.acted'>): void {
  const { lane, action, case: about, capability, args, resource, by, until } = r.body;
  countId(state, action);
  keep(state, about, { id: action, side: 'action', lane, seat: by, capability, resource, args, seats: [], until });
}

/** After a move everybody is looked at anew; else what was counted goes on counting. */
function selected(state: State, r: RecordOf<'lane.selected'>): void {
  const lane = state.rollout.lanes.get(r.body.lane)!;
  const moves = r.body.lines.some(({ before, after }) => before !== after);
  for (const { seat, after, weak } of r.body.lines) {
    const competitor = lane.seats.get(seat);
    if (competitor) Object.assign(competitor, { share: after, weak, ...(moves ? { since: emptyTally() } : {}) });
  }
  if (moves) lane.moved = r.at;
  schedule(state, lane, r.body.next);
}

const lanesEvolve = {
  'organisation.applied': (state: State, r: RecordOf<'organisation.applied'>) => {
    state.rollout.began ??= r.at;
  },
  'lane.entered': entered,
  'lane.shared': shared,
  'lane.left': (state: State, r: RecordOf<'lane.left'>) => {
    state.rollout.lanes.delete(r.body.lane);
  },
  'lane.raised': moved,
  'lane.lowered': moved,
  'lane.acted': acted,
  'lane.compared': held,
  'lane.selected': selected,
  'lane.proved': (state: State, r: RecordOf<'lane.proved'>) => {
    state.rollout.lanes.get(r.body.lane)!.proved = r.body;
  },
};

/** In the order in which they are applied. */
export const ROLLOUT_EVOLVE = [blindEvolve, countingEvolve, lanesEvolve] as const;
