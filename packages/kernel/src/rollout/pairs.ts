/** Proposals and the actions of people on the same case, held against each other [ROL8, ROL9]. */
import { canonical } from '../core/canonical.ts';
import { type State, setTimer } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Operation } from '../operations/state.ts';
import type { Tolerance } from './definition.ts';
import { isRecorded, type LaneDef } from './lanes.ts';
import type { Comparison } from './schema.ts';
import type { Lane, Waiting } from './state.ts';

/** What waits of one case at most; more are not compared. */
const MOST = 50;
/** Differences that are kept for review. */
const KEPT = 50;

const plain = (value: unknown): unknown =>
  typeof value === 'string' ? value.trim().replace(/\s+/g, ' ').toLowerCase() : value;
const same = (a: unknown, b: unknown): boolean => canonical(a ?? null) === canonical(b ?? null);

function alike(a: unknown, b: unknown, tolerance: Tolerance | undefined): boolean {
  if (tolerance === 'text') return same(plain(a), plain(b));
  if (typeof tolerance !== 'object' || typeof a !== 'number' || typeof b !== 'number') return same(a, b);
  const off = Math.abs(a - b);
  return 'within' in tolerance ? off <= tolerance.within : off <= (Math.abs(b) * tolerance.percent) / 100;
}

/** [ROL8] Capability, target, and every argument within its tolerance: argument → the same? */
function compareFields(
  proposal: Waiting,
  action: Waiting,
  tolerances: Readonly<Record<string, Tolerance>>,
): Record<string, boolean> {
  const names = [...new Set([...Object.keys(proposal.args), ...Object.keys(action.args)])].sort();
  const fields: Record<string, boolean> = { target: proposal.resource === action.resource };
  for (const name of names) {
    const tolerance = Object.hasOwn(tolerances, name) ? tolerances[name] : undefined;
    if (tolerance !== 'ignore') fields[name] = alike(proposal.args[name], action.args[name], tolerance);
  }
  return fields;
}

const waitingOn = (state: State, id: string): readonly Waiting[] => state.rollout.waiting.get(id) ?? [];

export function keep(state: State, about: string, waiting: Waiting): void {
  const list = waitingOn(state, about);
  if (list.length >= MOST) return;
  state.rollout.waiting.set(about, [...list, waiting]);
  setTimer(state, waiting.until, `lane.expire:${about}/${waiting.id}/${waiting.lane}`);
}

const ofOperation = (def: LaneDef, op: Operation, side: Waiting['side'], at: Time): Waiting => ({
  ...{ id: op.id, side, lane: def.id, seat: op.seat, capability: op.capability, resource: op.resource },
  ...{ args: op.args, seats: [], until: at + def.rollout.compare.window },
});

export function keepProposal(state: State, def: LaneDef, op: Operation, at: Time): void {
  if (op.case !== null) keep(state, op.case, ofOperation(def, op, 'proposal', at));
}

/** What people do is compared while the lane is watched beside them. */
export function keepAction(state: State, def: LaneDef, op: Operation, at: Time): void {
  const stage = state.rollout.lanes.get(def.id)?.stage;
  if (op.case !== null && stage !== undefined && isRecorded(stage))
    keep(state, op.case, ofOperation(def, op, 'action', at));
}

/** The counterpart: of the same capability, the same target if there is one, the earliest of those; each seat has one try. */
function counterpart(list: readonly Waiting[], one: Waiting): Waiting | undefined {
  const opposite = (other: Waiting) =>
    other.lane === one.lane && other.side !== one.side && other.capability === one.capability;
  const fits = list.filter(
    (other) => opposite(other) && !other.seats.includes(one.seat) && !one.seats.includes(other.seat),
  );
  return fits.find((other) => other.resource === one.resource) ?? fits[0];
}

/** What is to be written down about something that waits, now that its counterpart may be there; null when it is not. */
export function matchOf(state: State, about: string, id: string, def: LaneDef, at: Time): Comparison | null {
  const list = waitingOn(state, about);
  const one = list.find((each) => each.id === id && each.lane === def.id);
  const other = one && counterpart(list, one);
  if (!one || !other) return null;
  const [proposal, action] = one.side === 'proposal' ? [one, other] : [other, one];
  const fields = compareFields(proposal, action, def.rollout.compare.tolerances);
  const outcome = Object.values(fields).every((agreed) => agreed) ? 'agreed' : 'differed';
  const { lane, seat, capability } = proposal;
  return { lane, case: about, seat, proposal: proposal.id, action: action.id, capability, outcome, fields, at };
}

/** Its time is over: nobody did what was proposed, or nobody had proposed what was done; null when that was compared. */
export function expiryOf(state: State, about: string, id: string, lane: string, at: Time): Comparison | null {
  const one = waitingOn(state, about).find((each) => each.id === id && each.lane === lane);
  if (!one || one.until > at || one.seats.length > 0) return null;
  const proposed = one.side === 'proposal';
  const [proposal, action] = proposed ? [one.id, null] : [null, one.id];
  const outcome = proposed ? 'not-done' : 'missed';
  const { capability } = one;
  return { lane, case: about, seat: proposed ? one.seat : null, proposal, action, capability, outcome, fields: {}, at };
}

/** A proposal is compared once; an action goes on waiting, for what others propose. */
export function compared(state: State, lane: Lane, c: Comparison): void {
  const over = (each: Waiting) =>
    each.lane === c.lane && (each.id === c.proposal || (c.outcome === 'missed' && each.id === c.action));
  const left = waitingOn(state, c.case).filter((each) => !over(each));
  for (const each of left) if (each.lane === c.lane && each.id === c.action && c.seat !== null) each.seats.push(c.seat);
  if (left.length === 0) state.rollout.waiting.delete(c.case);
  else state.rollout.waiting.set(c.case, left);
  if (c.outcome !== 'agreed') lane.differences = [...lane.differences.slice(1 - KEPT), c];
}
