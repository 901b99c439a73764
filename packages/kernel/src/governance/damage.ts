import { boundsOf } from '../budget/accounts.ts';
import { mostOf } from '../budget/definition.ts';
import { available } from '../budget/views.ts';
import { covers } from '../core/names.ts';
import { formatMoney } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { CapabilityDef, Effect } from '../operations/definition.ts';
import type { Tier } from '../organisation/schema.ts';
import type { Seat } from '../organisation/state.ts';
import { inUnit } from '../organisation/views.ts';
import { TIER_ALLOWS } from './checks/right.ts';
import { stoppedBy } from './halting.ts';
import { violationLevel } from './violations.ts';

/** What one capability lets a seat do; money in micro-units, null where nothing limits it. */
interface Reach {
  capability: string;
  effect: Exclude<Effect, 'read'>;
  edges: readonly string[];
  movesMoney: boolean;
  /** Largest amount of one operation, with a person's approval. */
  most: number | null;
  /** The same without one. 0: never without a decision. */
  alone: number | null;
  /** Does it always wait for a decision? Decision edges that are not earned, and restricted seats. */
  asks: boolean;
  /** The tightest rate: so many in so many milliseconds. */
  rate: { id: string; limit: number; window: number } | null;
  /** Uses left of standing grants. */
  granted: number;
}

/** The most a seat can do when it is wrong, stale or overconfident (R-E34). */
export interface Damage {
  seat: string;
  tier: Tier;
  /** Can it do anything at all now? The reason when not. */
  stopped: string | null;
  reach: Reach[];
  /** What it may have done by others through tasks. */
  entrusts: string[];
  budgets: {
    id: string;
    allocation: number;
    period: string;
    left: number;
    perTransaction: number | null;
    perCase: number | null;
  }[];
  /** All the money it can move until a limit stops it, and at once without a person; null: no limit. */
  money: number | null;
  aloneAtOnce: number | null;
}

/** The smaller of two limits, where null is none. */
const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));
const smallest = (list: readonly (number | null)[]): number | null => list.reduce(least, null);
/** The larger, where null is no limit; null for an empty list would mean none, so it is 0. */
const largest = (list: readonly (number | null)[]): number | null =>
  list.some((each) => each === null) ? null : Math.max(0, ...(list as number[]));

function tightest(state: State, seat: Seat, capability: string): Reach['rate'] {
  const rates = (state.organisation.definition?.rates ?? []).filter(
    (rate) =>
      rate.on.some((pattern) => covers(pattern, capability)) &&
      (rate.seat === undefined || rate.seat === seat.id) &&
      (rate.unit === undefined || inUnit(state, seat.unit, rate.unit)),
  );
  const [first] = rates.sort((a, b) => a.limit / a.window - b.limit / b.window);
  return first ? { id: first.id, limit: first.limit, window: first.window } : null;
}

function grantsLeft(state: State, seat: string, capability: string, now: Time): number {
  const { grants, grantsOf } = state.governance.control;
  return (grantsOf.get(`${seat}|${capability}`) ?? []).reduce((sum, id) => {
    const g = grants.get(id);
    return g && g.revoked === null && g.until >= now ? sum + g.uses - g.used : sum;
  }, 0);
}

function asks(state: State, seat: Seat, c: CapabilityDef, now: Time): boolean {
  if (violationLevel(state, seat.id, now) >= 2) return true;
  if (state.organisation.contracts.get(c.id)?.approval.when === 'true') return true;
  if (state.organisation.settings.earned.some((pattern) => covers(pattern, c.id))) return false;
  return c.effect === 'irreversible' || c.edges.length > 0 || !state.operations.used.has(`${seat.id}|${c.id}`);
}

function reachOf(state: State, seat: Seat, c: CapabilityDef, budgets: Damage['budgets'], now: Time): Reach {
  const limits = seat.charter.rights.filter((r) => covers(r.capability, c.id)).map((r) => r.limit ?? null);
  const left = smallest(budgets.map((b) => b.left));
  const most = c.cost === undefined ? 0 : least(largest(limits), left);
  const always = asks(state, seat, c, now);
  const tier = state.organisation.settings.tiers.ask;
  const alone = least(
    most,
    smallest([tier, ...budgets.map((b) => b.perTransaction), ...budgets.map((b) => b.perCase)]),
  );
  return {
    capability: c.id,
    effect: c.effect as Reach['effect'],
    edges: c.edges,
    movesMoney: c.cost !== undefined,
    most,
    alone: always ? 0 : alone,
    asks: always,
    rate: tightest(state, seat, c.id),
    granted: grantsLeft(state, seat.id, c.id, now),
  };
}

function whyStopped(state: State, seat: Seat): string | null {
  if (seat.status !== 'active') return `the seat is ${seat.status}`;
  const key = stoppedBy(state, seat.id);
  return key === null ? null : `stopped by the kill switch ${key}`;
}

/** Maximum damage as data: tier, rights, limits, budgets, rates, grants. Null when there is no such seat. */
export function damageOf(state: State, seatId: string, now: Time = state.now): Damage | null {
  const seat = state.organisation.seats.get(seatId);
  if (!seat) return null;
  const budgets = boundsOf(state, seatId, 'money').map((one) => ({
    id: one.budget.id,
    // What it can have earned by then belongs to the most that can go wrong.
    allocation: mostOf(one.budget),
    period: one.budget.period,
    left: Math.max(0, available(state, one, now)),
    perTransaction: one.budget.perTransaction ?? null,
    perCase: one.budget.perCase ?? null,
  }));
  const reach = [...state.organisation.capabilities.values()]
    .filter(
      (c) =>
        c.effect !== 'read' &&
        TIER_ALLOWS[seat.charter.tier].includes(c.effect) &&
        seat.charter.rights.some((r) => covers(r.capability, c.id)),
    )
    .map((c) => reachOf(state, seat, c, budgets, now));
  const moving = reach.filter((r) => r.movesMoney);
  return {
    seat: seat.id,
    tier: seat.charter.tier,
    stopped: whyStopped(state, seat),
    reach,
    entrusts: (seat.charter.entrusts ?? []).map((each) => each.capability),
    budgets,
    money: moving.length === 0 ? 0 : smallest(budgets.map((b) => b.left)),
    aloneAtOnce: largest(moving.map((r) => r.alone)),
  };
}

const span = (ms: number): string => (ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${Math.round(ms / 1000)} s`);

function reachText(r: Reach): string {
  const rate = r.rate === null ? '' : `, ${r.rate.limit} in ${span(r.rate.window)}`;
  const granted = r.granted === 0 ? '' : `, ${r.granted} granted beforehand`;
  return `${r.capability} (${r.effect}${rate}${granted})`;
}

/** The most a seat can do if it is wrong, in a sentence (R-E34): effects it may cause, and money until a limit stops it. */
export function damageText(d: Damage): string {
  if (d.reach.length === 0) return 'nothing: it can only read';
  const effects = d.reach.map(reachText).join(', ');
  if (!d.reach.some((r) => r.movesMoney)) return `moves no money; can ${effects}`;
  const limits = d.budgets.map((b) => `${formatMoney(b.allocation)} per ${b.period} from ${b.id}`).join(', ');
  const alone = d.aloneAtOnce === null ? 'without a limit at once' : `at most ${formatMoney(d.aloneAtOnce)} at once`;
  return `${limits || 'money without a limit'}, ${alone} without a human; can ${effects}`;
}
