/** People signed in with a browser: one-time codes, and the sessions they are exchanged for. */
import { z } from 'zod';
import { hashOf, newSecret } from '../data/bearer.ts';
import { KeptList } from '../data/kept.ts';
import { memoryShelf, type Shelf } from '../data/shelf.ts';

/** How long a one-time code can be used, and a session lasts, in milliseconds. */
export const CODE_LIFE = 60 * 60_000;
export const SESSION_LIFE = 12 * 60 * 60_000;
/** Codes and sessions kept at once; the oldest go. */
const MOST = 100;

const storedCode = z.object({ hash: z.string(), expires: z.number() });
const stored = storedCode.extend({ id: z.string(), created: z.number() });
type Stored = z.output<typeof stored>;
type StoredCode = z.output<typeof storedCode>;

export interface Session {
  readonly id: string;
  readonly created: number;
  readonly expires: number;
}

export interface SessionsOptions {
  /** Where sessions are kept. */
  readonly shelf: Shelf;
  /** Where codes are kept; in memory unless told otherwise. */
  readonly codes?: Shelf | undefined;
  readonly now?: () => number;
}

/**
 * [SRV60] Codes and sessions are kept as hashes, so that neither can be read from where they are. Who is signed in stays so over a
 * restart, and on nodes wherever he asks.
 */
export class Sessions {
  readonly #now: () => number;
  readonly #codes: KeptList<StoredCode>;
  readonly #sessions: KeptList<Stored>;

  private constructor(codes: KeptList<StoredCode>, sessions: KeptList<Stored>, now: () => number) {
    this.#codes = codes;
    this.#sessions = sessions;
    this.#now = now;
  }

  static async open({ shelf, codes = memoryShelf(), now = Date.now }: SessionsOptions): Promise<Sessions> {
    const common = { most: MOST, now };
    const code = { shelf: codes, name: 'codes.json', key: 'codes', schema: storedCode };
    const session = { shelf, name: 'sessions.json', key: 'sessions', schema: stored };
    return new Sessions(
      await KeptList.open({ ...common, ...code }),
      await KeptList.open({ ...common, ...session }),
      now,
    );
  }

  /** A code that signs in once. */
  async code(): Promise<{ code: string; expires: number }> {
    const code = newSecret();
    const expires = this.#now() + CODE_LIFE;
    await this.#codes.add({ hash: hashOf(code), expires });
    return { code, expires };
  }

  /** [SRV61] The session a code stands for, once; null for a code that was used, is too old, or never was. */
  async exchange(code: string): Promise<(Session & { token: string }) | null> {
    const hash = hashOf(code);
    if (this.#codes.find(hash) === null || (await this.#codes.remove((each) => each.hash === hash)) === null)
      return null;
    const token = newSecret();
    const created = this.#now();
    const session = { id: hashOf(token).slice(0, 16), created, expires: created + SESSION_LIFE };
    await this.#sessions.add({ ...session, hash: hashOf(token) });
    return { ...session, token };
  }

  /** The session of a token; null when there is none or it has ended. */
  find(token: string): Session | null {
    return this.#sessions.find(hashOf(token));
  }

  list(): Session[] {
    return this.#sessions.list().map(({ id, created, expires }) => ({ id, created, expires }));
  }

  /** Signs a session out. @returns whether there was one. */
  async close(id: string): Promise<boolean> {
    return (await this.#sessions.remove((each) => each.id === id)) !== null;
  }
}
