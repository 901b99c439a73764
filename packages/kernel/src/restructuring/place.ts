import type { SeatDef } from '../organisation/schema.ts';
import type { Place } from './schema.ts';

/** Where a seat stands in a definition; null when it does not. */
export const placeOf = (seat: SeatDef | undefined): Place | null =>
  seat === undefined
    ? null
    : { unit: seat.unit, supervisor: seat.supervisor ?? null, occupant: seat.occupant?.principal ?? null };
