import type { State } from '../core/state.ts';
import { damageOf, damageText } from '../governance/damage.ts';
import type { Seat } from '../organisation/state.ts';
import type { Place } from './schema.ts';

/** The most a seat can do when it is wrong; money in micro-units, null where nothing limits it. */
interface Reaching {
  text: string;
  /** Capabilities through which it changes something outside. */
  can: string[];
  money: number | null;
  aloneAtOnce: number | null;
  /** Budgets that bound all it spends. */
  budgets: string[];
}

/** One seat before and after a restructuring; null where it does not exist. */
interface SeatEffect {
  seat: string;
  title: string;
  /** Who really sits there, also when that was changed at run time. */
  before: Place | null;
  after: Place | null;
  /** Seats that report to it directly. */
  reports: { before: number; after: number };
  damage: { before: Reaching | null; after: Reaching | null };
}

const existing = (state: State, id: string): Seat | null => {
  const seat = state.organisation.seats.get(id);
  return seat === undefined || seat.status === 'retired' ? null : seat;
};

const standing = (seat: Seat | null): Place | null =>
  seat && { unit: seat.unit, supervisor: seat.supervisor ?? null, occupant: seat.occupant?.principal ?? null };

function reaching(state: State, seat: Seat | null): Reaching | null {
  const damage = seat && damageOf(state, seat.id);
  if (!damage) return null;
  const { reach, money, aloneAtOnce, budgets } = damage;
  const can = reach.map(({ capability }) => capability);
  return { text: damageText(damage), can, money, aloneAtOnce, budgets: budgets.map(({ id }) => id) };
}

/** How many report to each of these seats; one pass, however many there are. */
function spans(state: State, of: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { supervisor, status } of state.organisation.seats.values())
    if (supervisor !== undefined && status !== 'retired' && of.has(supervisor))
      counts.set(supervisor, (counts.get(supervisor) ?? 0) + 1);
  return counts;
}

/** [RST14] What becomes of each seat concerned, in the order given. */
export function effectsOf(before: State, after: State, seats: readonly string[]): SeatEffect[] {
  const of = new Set(seats);
  const [had, has] = [spans(before, of), spans(after, of)];
  return [...of].map((id) => {
    const [old, next] = [existing(before, id), existing(after, id)];
    return {
      seat: id,
      title: (next ?? old)?.title ?? id,
      before: standing(old),
      after: standing(next),
      reports: { before: had.get(id) ?? 0, after: has.get(id) ?? 0 },
      damage: { before: reaching(before, old), after: reaching(after, next) },
    };
  });
}
