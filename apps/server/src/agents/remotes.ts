/** Agents of other organisations at seats here: each over its card, with its token, cleaned of it. */
import type { Occupant as OccupantDef } from '@reeve/kernel';
import { type Occupant, WorkFailure } from '@reeve/workers';
import type { Reach } from '@reeve/workers/a2a';
import { pause } from '../models.ts';
import type { Secrets } from '../secrets/secrets.ts';

/** Milliseconds for one request, its answer included. */
const REQUEST = 30_000;

/** [SRV238] Plays an `a2a` seat. @throws WorkFailure when its occupant names no agent. */
export async function remoteSeat(secrets: Secrets, seat: string, { remote }: OccupantDef): Promise<Occupant> {
  if (!remote)
    throw new WorkFailure('deterministic', 'the occupant of the seat names no agent; add "remote" to it in the pack');
  const { remoteOccupant } = await import('@reeve/workers/a2a');
  const { card, addresses, size } = remote;
  const reach =
    (signal: AbortSignal): Reach =>
    async (request) => {
      const { askRemote } = await import('@reeve/connectors/remote');
      // The card is public: the token goes to the interface that the pinned key has signed for, and nowhere else.
      const token = request.url === card ? undefined : await tokenOf(secrets, seat, remote.secret);
      const headers = { ...request.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
      try {
        return await cleaned(token, await askRemote({ ...request, headers, addresses, size, time: REQUEST, signal }));
      } catch (error) {
        throw await failure(error as Error & { category?: string }, token);
      }
    };
  return remoteOccupant({ remote, reach, now: Date.now, pause });
}

async function cleaned<T>(token: string | undefined, value: T): Promise<T> {
  const { redactorOf } = await import('@reeve/connectors');
  return redactorOf(token === undefined ? [] : [token]).clean(value);
}

async function failure({ message, category }: Error & { category?: string }, token: string | undefined) {
  return new WorkFailure(category === 'transient' ? 'transient' : 'deterministic', await cleaned(token, message));
}

async function tokenOf(secrets: Secrets, seat: string, name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const token = await secrets.lookup(name, { tool: 'a2a', seat });
  if (token !== undefined) return token;
  throw new WorkFailure(
    'deterministic',
    `there is no secret "${name}" for the remote agent at "${seat}"; store it with \`reeve secret set ${name} --tool a2a --seat ${seat}\``,
  );
}
