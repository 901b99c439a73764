import type { Task } from '../../cases/state.ts';
import { covers } from '../../core/names.ts';
import { formatMoney } from '../../core/quantities.ts';
import { isAbove, isHuman } from '../../organisation/views.ts';
import { lineage } from '../delegation.ts';
import { type Ask, say } from './ask.ts';
import { rightFits, TIER_ALLOWS } from './right.ts';

/** What the conditions of a right see when it is another seat's. */
function asActor(ask: Ask, seatId: string): Pick<Ask, 'op' | 'scope'> {
  const seat = ask.state.organisation.seats.get(seatId);
  const actor = {
    seat: seatId,
    unit: seat?.unit ?? '',
    tier: seat?.charter.tier ?? '',
    principal: seat?.occupant?.principal ?? '',
  };
  return { op: ask.op, scope: { ...ask.scope, actor } };
}

/** May this seat do it itself, have it done, or order it, as a person above the one who does? */
function authorised(ask: Ask, delegator: string): boolean {
  const seat = ask.state.organisation.seats.get(delegator);
  if (!seat || !ask.capability || seat.status === 'suspended' || seat.status === 'retired') return false;
  if (isHuman(seat) && isAbove(ask.state, delegator, ask.op.seat)) return true;
  const own = TIER_ALLOWS[seat.charter.tier].includes(ask.capability.effect) ? seat.charter.rights : [];
  const rights = [...own, ...(seat.charter.entrusts ?? [])].filter((r) => covers(r.capability, ask.op.capability));
  if (rights.length === 0) return false;
  const seen = asActor(ask, delegator);
  return rights.some((right) => rightFits(seen, right) === null);
}

function grantedBy(ask: Ask, task: Task): boolean {
  const grants = task.packet.grants;
  if (grants === undefined || ask.capability?.effect === 'read') return true;
  return grants.some(
    (g) => covers(g.capability, ask.op.capability) && (g.limit === undefined || ask.op.cost <= g.limit),
  );
}

/** [GOV40] T4: work done for somebody else carries his rights too, up the whole line of delegation. */
export function delegated(ask: Ask): void {
  const { op } = ask;
  if (op.task === undefined || op.compensates !== null) return;
  const line = lineage(ask.state, op.task);
  if (line === null) {
    say(ask, 'right', 'GOV40', 'deny', `${op.task} has gone through too many hands`, 'report to who gave it');
    return;
  }
  for (const task of line) {
    if (!grantedBy(ask, task))
      say(
        ask,
        'right',
        `GOV40/${task.id}`,
        'deny',
        `${task.id} is only for ${describe(task)}`,
        `report to "${task.from}", who can give another task`,
      );
    if (task.from !== op.seat && !authorised(ask, task.from))
      say(
        ask,
        'right',
        'GOV40',
        'deny',
        `"${task.from}", who gave ${task.id}, may neither do ${op.capability} nor have it done`,
        `report to "${task.from}"; its charter would have to entrust this`,
      );
  }
}

const describe = (task: Task): string =>
  (task.packet.grants ?? [])
    .map((g) => (g.limit === undefined ? g.capability : `${g.capability} up to ${formatMoney(g.limit)}`))
    .join(', ') || 'reading';
