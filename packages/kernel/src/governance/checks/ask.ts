import type { State } from '../../core/state.ts';
import type { Time } from '../../core/types.ts';
import type { CapabilityDef } from '../../operations/definition.ts';
import type { Operation } from '../../operations/state.ts';
import type { Seat } from '../../organisation/state.ts';
import type { ContractDef } from '../definition.ts';
import type { Check, Reason, Verdict } from '../schema.ts';

export type Phase = 'early' | 'full' | 'lease';

/** Everything the checks look at, gathered once. */
export interface Ask {
  readonly state: State;
  readonly op: Operation;
  readonly now: Time;
  readonly phase: Phase;
  readonly seat: Seat | undefined;
  readonly capability: CapabilityDef | undefined;
  readonly contract: ContractDef | undefined;
  readonly scope: Record<string, unknown>;
  readonly reasons: Reason[];
}

export function say(ask: Ask, check: Check, rule: string, verdict: Verdict, message: string, instead?: string): void {
  const next = instead ?? (verdict === 'deny' ? otherwise(ask) : undefined);
  ask.reasons.push({ check, rule, verdict, message, ...(next === undefined ? {} : { instead: next }) });
}

/** [GOV57] What may always be done instead of what is refused: tell who is answerable, with what was refused and why. */
function otherwise({ seat, state }: Ask): string {
  const up = seat?.charter.escalation ?? seat?.supervisor;
  return up !== undefined && state.organisation.seats.has(up) ? `report it to "${up}"` : 'tell the owner';
}
