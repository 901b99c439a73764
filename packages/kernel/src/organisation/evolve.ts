import { canonical } from '../core/canonical.ts';
import type { RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Definition } from '../definition.ts';
import type { Occupant, SeatDef } from './schema.ts';
import type { Seat, SeatStatus } from './state.ts';

/** By canonical text: a definition read back from the ledger has its fields in another order than one just applied. */
const same = (a: Occupant | undefined, b: Occupant | undefined): boolean =>
  canonical(a ?? null) === canonical(b ?? null);

/** [ORG8] A seat keeps its status, and an occupant changed at run time survives an apply that does not change the seat's definition. */
function seatAfter(old: Seat | undefined, oldDef: SeatDef | undefined, def: SeatDef): Seat {
  const occupant = old && same(oldDef?.occupant, def.occupant) ? old.occupant : (def.occupant ?? null);
  const status = old === undefined || old.status === 'retired' ? 'active' : old.status;
  return { ...def, occupant, status };
}

const byId = <T extends { id: string }>(list: readonly T[]): Map<string, T> =>
  new Map(list.map((item) => [item.id, item]));

/** The organisation with another definition in force. Leaves the one before as it was. */
export function asApplied(state: State, after: Definition, digest: string): State['organisation'] {
  const org = state.organisation;
  const oldDefs = byId(org.definition?.seats ?? []);
  const seats = new Map(after.seats.map((def) => [def.id, seatAfter(org.seats.get(def.id), oldDefs.get(def.id), def)]));
  for (const [id, seat] of org.seats) {
    // [ORG7] A removed seat stays as a retired one: its desk and history outlive the job (requirements README, conflict 2).
    if (!seats.has(id)) seats.set(id, { ...seat, status: 'retired', occupant: null });
  }
  return {
    ...org,
    digest,
    definition: after,
    settings: after.settings,
    units: byId(after.units),
    seats,
    tools: byId(after.tools),
    capabilities: byId(after.capabilities),
    contracts: new Map(after.contracts.map((c) => [c.capability, c])),
    policies: after.policies,
    // Definitions of older ledgers have none.
    services: byId((after.services as typeof after.services | undefined) ?? []),
  };
}

/** [RST9] A pack says how things are from then on; a restructuring differs from the pack until one says the same. */
function applied(state: State, r: RecordOf<'organisation.applied'>): void {
  const { changed, digest, restructuring } = r.body;
  state.organisation = asApplied(state, changed, digest);
  const { heirs, seats } = state.organisation;
  for (const id of heirs.keys()) if (seats.get(id)?.status !== 'retired') heirs.delete(id);
  if (restructuring !== undefined) return;
  state.organisation.pack = digest;
  state.organisation.drift.clear();
}

const setStatus = (status: SeatStatus) => (state: State, record: { body: { seat: string } }) => {
  state.organisation.seats.get(record.body.seat)!.status = status;
};

export const organisationEvolve = {
  'organisation.applied': applied,
  'seat.occupied': (state: State, record: RecordOf<'seat.occupied'>) => {
    state.organisation.seats.get(record.body.seat)!.occupant = record.body.occupant;
  },
  'seat.paused': setStatus('paused'),
  'seat.resumed': setStatus('active'),
  'seat.suspended': setStatus('suspended'),
};
