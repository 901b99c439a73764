import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import type { Definition } from '../definition.ts';
import { placeOf } from './place.ts';

/** A seat that a definition would put back to where it was before a restructuring. */
export interface Undone {
  readonly seat: string;
  readonly restructuring: string;
}

/** [RST9] What this definition would take back of the restructurings since the last pack. */
export function undoneBy(state: State, after: Definition): Undone[] {
  const { drift, definition } = state.organisation;
  const seats = new Map(after.seats.map((seat) => [seat.id, seat]));
  const now = new Map(definition?.seats.map((seat) => [seat.id, seat]));
  const place = (seat: ReturnType<typeof now.get>) => JSON.stringify(placeOf(seat));
  return [...drift]
    .filter(([seat]) => place(now.get(seat)) !== place(seats.get(seat)))
    .map(([seat, restructuring]) => ({ seat, restructuring }));
}

/** [RST9] Files that do not know of a restructuring do not undo it in silence. */
export function keepsRestructurings(state: State, after: Definition): void {
  const undone = undoneBy(state, after);
  if (undone.length === 0) return;
  const which = [...new Set(undone.map((one) => one.restructuring))].join(', ');
  const seats = undone.map((one) => one.seat).join(', ');
  reject('conflict', `this would take back ${which}: the definition does not have ${seats} where they are now`, {
    rule: 'RST9',
    hint: 'write the restructuring into the pack (`reeve restructure write DIR`), or apply with --undo-restructurings',
  });
}
