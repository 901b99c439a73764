import { sha256Hex } from '../core/sha256.ts';
import type { Occupant } from '../organisation/schema.ts';

const known = new WeakMap<Occupant, string>();

/** What steps depend on: a new name, address or way to be paid for does not end what is under way. */
const playing = ({ kind, principal, script, model, small, instructions, command }: Occupant) =>
  [kind, principal, script ?? null, model ?? null, small ?? null, instructions ?? null, command ?? null] as const;

/** [RUN11] Who or what takes the steps of a run, as a digest: a run that began with another one cannot be taken up again. */
export function playerOf(occupant: Occupant): string {
  const found = known.get(occupant) ?? sha256Hex(JSON.stringify(playing(occupant))).slice(0, 16);
  known.set(occupant, found);
  return found;
}
