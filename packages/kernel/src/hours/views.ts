import type { State } from '../core/state.ts';

/** [HRS1] Does the seat work now, as far as its hours go? One without hours always does. */
export const onDuty = (state: State, seat: string): boolean => state.organisation.duty.get(seat)?.on ?? true;

/** [HRS3] Who takes what arrives for a seat now: itself, or the first partner of its partners that works; itself when none does. */
export function covering(state: State, id: string): string {
  const seen = new Set<string>();
  for (let seat: string | undefined = id; seat !== undefined && !seen.has(seat); ) {
    const found = state.organisation.seats.get(seat);
    if (found?.status === 'active' && onDuty(state, seat)) return seat;
    seen.add(seat);
    seat = found?.hours?.partner;
  }
  return id;
}
