/** What is checked about each effect, at the place in the ledger its call was sent from. */
import type { Effect } from '../world/truth.ts';
import type { Ask, Model, Op } from './model.ts';
import { digestOf, sorted } from './records.ts';

/** The ledger as it was durable when the call was sent, against what really landed. */
export function checkEffect(model: Model, effect: Effect): void {
  const op = model.ops.get(effect.operation);
  const what = `effect ${effect.n} (${effect.capability} of ${effect.operation})`;
  if (!op) {
    model.bad('admission', `${what} has no operation on the ledger`);
    return;
  }
  if (!op.admitted) model.bad('admission', `${what}: the operation was ${op.status}, not admitted`);
  if (op.status !== 'leased') model.bad('lease', `${what}: nobody held a lease; the operation was ${op.status}`);
  if (op.capability !== effect.capability || sorted(op.args) !== sorted(effect.args))
    model.bad('arguments', `${what} was done with ${sorted(effect.args)}; decided was ${sorted(op.args)}`);
  for (const key of model.switches)
    if (stops(model, op, key)) model.bad('switch', `${what} was sent while the switch ${key} was tripped`);
  checkPermission(model, op, effect, what);
}

/** Does a tripped switch reach this operation? */
function stops(model: Model, op: Op, key: string): boolean {
  const scope = key.slice(0, key.indexOf(':'));
  const id = key.slice(key.indexOf(':') + 1);
  const seat = model.seats.get(op.seat);
  switch (scope) {
    case 'organisation':
      return true;
    case 'unit':
      return model.inUnit(seat?.unit, id);
    case 'seat':
      return op.seat === id;
    case 'capability':
      return op.capability === id || id === '*' || (id.endsWith('*') && op.capability.startsWith(id.slice(0, -1)));
    case 'tool':
      return op.tool === id;
    default:
      return op.contract !== null && (model.flows.get(id) ?? []).includes(op.contract);
  }
}

/** A human decision binds exactly what is executed; above the limit there is one. */
function checkPermission(model: Model, op: Op, effect: Effect, what: string): void {
  if (op.approval !== null) {
    const ask = model.asks.get(op.approval);
    if (ask?.verdict !== 'approve')
      model.bad('approval', `${what} rests on ${op.approval}, which says ${ask?.verdict}`);
    else checkApproval(model, op, ask, effect, what);
  } else if (op.cost > model.askAbove && op.grant === null && op.compensates === null) {
    model.bad('approval', `${what} moves ${op.cost}, more than ${model.askAbove}, and nobody approved it`);
  }
}

function checkApproval(model: Model, op: Op, ask: Ask, effect: Effect, what: string): void {
  if (ask.operation !== op.id) model.bad('approval', `${what} rests on ${ask.id}, which is about ${ask.operation}`);
  if (ask.digest !== digestOf(effect.args))
    model.bad('approval', `${what} rests on ${ask.id}, which is about other arguments`);
  if (ask.expires < ask.decidedAt) model.bad('approval', `${ask.id} was decided after it had expired`);
  const { principal, seat, by } = ask.decider!;
  if (by === 'silence' || principal === 'owner') return;
  if (seat === op.seat || principal === op.principal) model.bad('separation', `${op.seat} approved its own ${op.id}`);
  if (seat !== null && model.seats.get(seat)?.principal !== principal)
    model.bad('separation', `${ask.id} was decided by ${principal}, who does not sit in ${seat}`);
}
