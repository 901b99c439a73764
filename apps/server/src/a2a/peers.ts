/** Agents of other organisations that may ask for something here: each by a token of its own, which is good for nothing else. */
import { z } from 'zod';
import { TokenFile } from '../agents/token-file.ts';
import type { Shelf } from '../data/shelf.ts';

const stored = z.object({
  id: z.string(),
  hash: z.string(),
  peer: z.string(),
  /** Services it may ask for besides requests of any kind; null: all that are offered. */
  services: z.array(z.string()).nullable(),
  created: z.number(),
  expires: z.number().nullable(),
});
type Stored = z.output<typeof stored>;
export type PeerToken = Omit<Stored, 'hash'>;
export type Peer = Pick<Stored, 'peer' | 'services'>;

/** The customer that a peer is: the same name in every case it opened, whatever its token [SRV230]. */
export const customerOf = ({ peer }: Pick<Peer, 'peer'>): string => `a2a:${peer}`;

/** [SRV230] Hashes in `peers.json` (0600); a token names its peer, and is no token of the API nor of a seat. */
export class Peers {
  readonly #kept: TokenFile<Stored>;

  private constructor(kept: TokenFile<Stored>) {
    this.#kept = kept;
  }

  static async open(shelf: Shelf, now: () => number = Date.now): Promise<Peers> {
    return new Peers(await TokenFile.open<Stored>(shelf, 'peers.json', stored, now));
  }

  /** Its token is told once. @param life milliseconds; null: until it is revoked. */
  admit(peer: string, services: string[] | null, life: number | null): Promise<PeerToken & { token: string }> {
    return this.#kept.give('peer', { peer, services }, life);
  }

  find(token: string): Peer | null {
    const found = this.#kept.find(token);
    return found && { peer: found.peer, services: found.services };
  }

  list(): PeerToken[] {
    return this.#kept.list();
  }

  /** @returns whether there was one. */
  revoke(id: string): Promise<boolean> {
    return this.#kept.revoke(id);
  }
}
