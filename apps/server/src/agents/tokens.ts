/** Tokens of seats: what an agent from outside shows to work one seat, and nothing else. */
import type { State } from '@reeve/kernel';
import { z } from 'zod';
import { hashOf } from '../data/bearer.ts';
import type { Shelf } from '../data/shelf.ts';
import { makeToken, TokenFile } from './token-file.ts';

const stored = z.object({
  id: z.string(),
  hash: z.string(),
  seat: z.string(),
  principal: z.string(),
  name: z.string(),
  created: z.number(),
  expires: z.number().nullable(),
});
type Stored = z.output<typeof stored>;
export type SeatToken = Omit<Stored, 'hash'>;

/** Who an agent is: a seat and the principal that sits there; for a program that was started, the run it was started for. */
export interface Bearer {
  readonly seat: string;
  readonly principal: string;
  readonly run: string | null;
}

/**
 * [SRV190] Tokens are stored as hashes in `agents.json` (0600). One is bound to the seat and to the principal that sat there when
 * it was made: whoever sits there next has to be given another. Those of programs live in memory and end with their run.
 */
export class SeatTokens {
  readonly #kept: TokenFile<Stored>;
  readonly #runs = new Map<string, Bearer>();

  private constructor(kept: TokenFile<Stored>) {
    this.#kept = kept;
  }

  static async open(shelf: Shelf, now: () => number = Date.now): Promise<SeatTokens> {
    return new SeatTokens(await TokenFile.open<Stored>(shelf, 'agents.json', stored, now));
  }

  /** A new token; its text is told once. @param life milliseconds; null: until it is revoked. */
  give(seat: string, principal: string, name: string, life: number | null): Promise<SeatToken & { token: string }> {
    return this.#kept.give('seat', { seat, principal, name }, life);
  }

  /** A token for one run, and what takes it back. */
  lend(bearer: Bearer & { run: string }): { token: string; end: () => void } {
    const token = makeToken('seat');
    const hash = hashOf(token);
    this.#runs.set(hash, bearer);
    return { token, end: () => void this.#runs.delete(hash) };
  }

  /** Whose token it is; null for none, or one that ended. */
  find(token: string): Bearer | null {
    const lent = this.#runs.get(hashOf(token));
    if (lent) return lent;
    const found = this.#kept.find(token);
    return found && { seat: found.seat, principal: found.principal, run: null };
  }

  list(): SeatToken[] {
    return this.#kept.list();
  }

  /** @returns whether there was one. */
  revoke(id: string): Promise<boolean> {
    return this.#kept.revoke(id);
  }
}

/** [SRV191] Why whoever this is may not work the seat now; null when he may. */
export function barred(state: State, { seat: id, principal, run }: Bearer): string | null {
  const seat = state.organisation.seats.get(id);
  if (!seat || seat.status === 'retired') return `the seat "${id}" is not there any more`;
  if (seat.occupant?.principal !== principal) return `the seat "${id}" is occupied by somebody else now`;
  const kind = run === null ? 'mcp' : 'command';
  if (seat.occupant.kind !== kind) return `the occupant of "${id}" is of kind "${seat.occupant.kind}", not "${kind}"`;
  return seat.status === 'active' ? null : `the seat "${id}" is ${seat.status}`;
}
