import { covers } from '../../core/names.ts';
import type { State } from '../../core/state.ts';
import type { Operation } from '../../operations/state.ts';
import { inUnit } from '../../organisation/views.ts';
import { inLane } from '../lanes.ts';
import { violationLevel } from '../violations.ts';
import { type Ask, say } from './ask.ts';

/** [GOV52] At violation level 2 what a seat changes needs a decision, whatever its charter says. */
export function restriction(ask: Ask): void {
  const { op, state, now } = ask;
  if (op.effect === 'read' || op.compensates !== null) return;
  const level = violationLevel(state, op.seat, now);
  if (level < 2) return;
  const rule = state.governance.control.violations.get(op.seat)?.rule ?? '';
  say(ask, 'switch', 'GOV52', 'ask', `"${op.seat}" is restricted after refusals by ${rule} (violation level ${level})`);
}

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

/** Key of a tripped switch that stops this operation, or null. */
export function switchOver(state: State, op: Stoppable): string | null {
  for (const key of state.governance.switches.keys()) {
    const colon = key.indexOf(':');
    if (switchCovers(state, op, key.slice(0, colon), key.slice(colon + 1))) return key;
  }
  return null;
}

type Stoppable = Pick<Operation, 'seat' | 'capability' | 'tool' | 'contract'>;

/** Does a tripped switch stop this operation? */
export function switchCovers(state: State, op: Stoppable, scope: string, id: string): boolean {
  if (scope === 'organisation') return true;
  if (scope === 'seat') return op.seat === id;
  if (scope === 'capability') return covers(id, op.capability);
  if (scope === 'tool') return op.tool === id;
  if (scope === 'lane') return inLane(state, op.contract, id);
  const unit = state.organisation.seats.get(op.seat)?.unit;
  return scope === 'unit' && unit !== undefined && inUnit(state, unit, id);
}
