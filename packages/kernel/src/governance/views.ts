import { budgetsOf } from '../budget/accounts.ts';
import { covers } from '../core/names.ts';
import { formatMoney } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import { TIER_ALLOWS } from './gate.ts';

/** The most a seat can do if it is wrong, in a sentence (R-E34): effects it may cause, and money until a limit stops it. */
export function maximumDamage(state: State, seatId: string): string {
  const seat = state.organisation.seats.get(seatId);
  if (!seat) return 'nothing: the seat does not exist';
  const reach = [...state.organisation.capabilities.values()].filter(
    (c) =>
      c.effect !== 'read' &&
      TIER_ALLOWS[seat.charter.tier].includes(c.effect) &&
      seat.charter.rights.some((r) => covers(r.capability, c.id)),
  );
  if (reach.length === 0) return 'nothing: it can only read';
  const effects = reach.map((c) => `${c.id} (${c.effect})`).join(', ');
  if (!reach.some((c) => c.cost !== undefined)) return `moves no money; can ${effects}`;
  const limits = budgetsOf(state, seatId, 'money').map(
    (b) => `${formatMoney(b.allocation)} per ${b.period} from ${b.id}`,
  );
  const alone = formatMoney(state.organisation.settings.tiers.ask);
  return `${limits.length > 0 ? limits.join(', ') : 'money without a limit'}, at most ${alone} at once without a human; can ${effects}`;
}
