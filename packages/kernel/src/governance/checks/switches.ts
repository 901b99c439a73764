import { covers } from '../../core/names.ts';
import type { State } from '../../core/state.ts';
import type { Operation } from '../../operations/state.ts';
import { inUnit } from '../../organisation/views.ts';
import { type Ask, say } from './ask.ts';

export function switches(ask: Ask): void {
  const tripped = ask.state.governance.switches;
  if (tripped.size === 0) return;
  for (const [key, why] of tripped) {
    const [scope, id] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
    if (switchCovers(ask.state, ask.op, scope, id))
      say(
        ask,
        'switch',
        `switch/${key}`,
        'deny',
        `stopped by the kill switch on ${scope} ${id}: ${why.reason}`,
        'wait until a human re-arms it',
      );
  }
}

/** Does a tripped switch stop this operation? */
export function switchCovers(state: State, op: Operation, scope: string, id: string): boolean {
  if (scope === 'organisation') return true;
  if (scope === 'seat') return op.seat === id;
  if (scope === 'capability') return covers(id, op.capability);
  if (scope === 'tool') return op.tool === id;
  const unit = state.organisation.seats.get(op.seat)?.unit;
  return scope === 'unit' && unit !== undefined && inUnit(state, unit, id);
}
