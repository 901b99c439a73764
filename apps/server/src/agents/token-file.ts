/** Tokens kept in a file of the data directory: as hashes, each with what it stands for, until they end or are revoked. */
import type { z } from 'zod';
import { hashOf, newSecret, parseOrNull } from '../data/bearer.ts';
import { readOptional, writeWhole } from '../data/files.ts';

/** Tokens kept at once, those that ended not counted. */
const MOST = 1000;

export interface Kept {
  readonly id: string;
  readonly hash: string;
  readonly created: number;
  /** Null: until it is revoked. */
  readonly expires: number | null;
}

export const makeToken = (prefix: string): string => `${prefix}_${newSecret()}`;

export class TokenFile<E extends Kept> {
  readonly #path: string;
  readonly #now: () => number;
  readonly #tokens = new Map<string, E>();

  private constructor(path: string, now: () => number) {
    this.#path = path;
    this.#now = now;
  }

  /** What is damaged lets nobody in, nothing more. */
  static async open<E extends Kept>(path: string, schema: z.ZodType<{ tokens: E[] }>, now: () => number) {
    const tokens = new TokenFile<E>(path, now);
    const known = schema.safeParse(parseOrNull((await readOptional(path)) ?? ''));
    for (const each of known.data?.tokens ?? []) tokens.#tokens.set(each.hash, each);
    return tokens;
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
    this.#tokens.set(hash, { ...entry, hash } as unknown as E);
    await this.#save();
    return { ...entry, token };
  }

  /** What a token stands for; null for none, or one that ended. */
  find(token: string): E | null {
    const found = this.#tokens.get(hashOf(token));
    return found && this.#lives(found) ? found : null;
  }

  list(): Omit<E, 'hash'>[] {
    return [...this.#tokens.values()].filter((one) => this.#lives(one)).map(({ hash: _, ...shown }) => shown);
  }

  /** @returns whether there was one. */
  async revoke(id: string): Promise<boolean> {
    const found = [...this.#tokens.values()].find((one) => one.id === id);
    if (!found) return false;
    this.#tokens.delete(found.hash);
    await this.#save();
    return true;
  }

  #lives({ expires }: E): boolean {
    return expires === null || expires > this.#now();
  }

  async #save(): Promise<void> {
    for (const one of this.#tokens.values()) if (!this.#lives(one)) this.#tokens.delete(one.hash);
    for (const hash of this.#tokens.keys()) if (this.#tokens.size > MOST) this.#tokens.delete(hash);
    await writeWhole(this.#path, `${JSON.stringify({ tokens: [...this.#tokens.values()] })}\n`);
  }
}
