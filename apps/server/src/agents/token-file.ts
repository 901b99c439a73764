/** Tokens kept on a shelf: as hashes, each with what it stands for, until they end or are revoked. */
import type { z } from 'zod';
import { hashOf, newSecret } from '../data/bearer.ts';
import { type Entry, KeptList } from '../data/kept.ts';
import type { Shelf } from '../data/shelf.ts';

/** Tokens kept at once, those that ended not counted. */
const MOST = 1000;

export interface Kept extends Entry {
  readonly id: string;
  readonly created: number;
}

export const makeToken = (prefix: string): string => `${prefix}_${newSecret()}`;

export class TokenFile<E extends Kept> {
  readonly #now: () => number;
  readonly #tokens: KeptList<E>;

  private constructor(tokens: KeptList<E>, now: () => number) {
    this.#tokens = tokens;
    this.#now = now;
  }

  /** What is damaged lets nobody in, nothing more. */
  static async open<E extends Kept>(shelf: Shelf, name: string, schema: z.ZodType<E>, now: () => number) {
    return new TokenFile(await KeptList.open({ shelf, name, key: 'tokens', schema, most: MOST, now }), now);
  }

  /** A new token for `what`; its text is told once. @param life milliseconds; null: until it is revoked. */
  async give(
    prefix: string,
    what: Omit<E, keyof Kept>,
    life: number | null,
  ): Promise<Omit<E, 'hash'> & { token: string }> {
    const token = makeToken(prefix);
    const [hash, created] = [hashOf(token), this.#now()];
    const expires = life === null ? null : created + life;
    const entry = { id: hash.slice(0, 16), ...what, created, expires } as unknown as Omit<E, 'hash'>;
    await this.#tokens.add({ ...entry, hash } as unknown as E);
    return { ...entry, token };
  }

  /** What a token stands for; null for none, or one that ended. */
  find(token: string): E | null {
    return this.#tokens.find(hashOf(token));
  }

  list(): Omit<E, 'hash'>[] {
    return this.#tokens.list().map(({ hash: _, ...shown }) => shown);
  }

  /** @returns whether there was one. */
  async revoke(id: string): Promise<boolean> {
    return (await this.#tokens.remove((one) => one.id === id)) !== null;
  }
}
