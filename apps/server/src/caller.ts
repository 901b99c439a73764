import { type Actor, digest, isHuman, OWNER, type State } from '@reeve/kernel';

/**
 * Who the local token acts as [SRV3]: the human in the first seat without a supervisor; the owner while there is none.
 */
export function callerOf(state: State): Actor {
  for (const seat of state.organisation.seats.values())
    if (seat.supervisor === undefined && seat.status !== 'retired' && isHuman(seat))
      return { principal: seat.occupant!.principal, seat: seat.id };
  return { principal: OWNER };
}

/**
 * Who a write is done as. The first apply is done as the owner and creates the seat the caller has afterwards, so its
 * repeat must be recognised as that of the owner [SRV5].
 */
export function actorFor(state: State, id: string, kind: string, body: unknown): Actor {
  const before = id === '' ? undefined : state.commands.get(id);
  const owner = { principal: OWNER };
  return before?.digest === digest([kind, body, owner]) ? owner : callerOf(state);
}
