/** People signed in with a browser: one-time codes, and the sessions they are exchanged for. */
import { join } from 'node:path';
import { z } from 'zod';
import { hashOf, newSecret, parseOrNull } from '../data/bearer.ts';
import { readOptional, writeWhole } from '../data/files.ts';

/** How long a one-time code can be used, and a session lasts, in milliseconds. */
export const CODE_LIFE = 60 * 60_000;
export const SESSION_LIFE = 12 * 60 * 60_000;
/** Codes and sessions kept at once; the oldest go. */
const MOST = 100;

const stored = z.object({ id: z.string(), hash: z.string(), created: z.number(), expires: z.number() });
const file = z.object({ sessions: z.array(stored) });
type Stored = z.output<typeof stored>;

export interface Session {
  readonly id: string;
  readonly created: number;
  readonly expires: number;
}

/**
 * [SRV60] Codes are kept in memory, sessions as hashes in `sessions.json`: neither can be read from the disk, and who is signed
 * in stays so over a restart. Looking a hash up in a map gives its time away, which tells nothing about the secret.
 */
export class Sessions {
  readonly #path: string;
  readonly #now: () => number;
  readonly #codes = new Map<string, number>();
  readonly #sessions = new Map<string, Stored>();

  private constructor(path: string, now: () => number) {
    this.#path = path;
    this.#now = now;
  }

  /** @param data the data directory */
  static async open(data: string, now: () => number = Date.now): Promise<Sessions> {
    const made = new Sessions(join(data, 'sessions.json'), now);
    const known = file.safeParse(parseOrNull((await readOptional(made.#path)) ?? ''));
    // What is damaged signs people out, nothing more.
    for (const each of known.data?.sessions ?? []) made.#sessions.set(each.hash, each);
    return made;
  }

  /** A code that signs in once. */
  code(): { code: string; expires: number } {
    const code = newSecret();
    const expires = this.#now() + CODE_LIFE;
    this.#codes.set(hashOf(code), expires);
    trim(this.#codes);
    return { code, expires };
  }

  /** [SRV61] The session a code stands for, once; null for a code that was used, is too old, or never was. */
  async exchange(code: string): Promise<(Session & { token: string }) | null> {
    const hash = hashOf(code);
    const until = this.#codes.get(hash);
    this.#codes.delete(hash);
    if (until === undefined || until <= this.#now()) return null;
    const token = newSecret();
    const created = this.#now();
    const session = { id: hashOf(token).slice(0, 16), created, expires: created + SESSION_LIFE };
    this.#sessions.set(hashOf(token), { ...session, hash: hashOf(token) });
    await this.#save();
    return { ...session, token };
  }

  /** The session of a token; null when there is none or it has ended. */
  find(token: string): Session | null {
    const found = this.#sessions.get(hashOf(token));
    return found && found.expires > this.#now() ? found : null;
  }

  list(): Session[] {
    const live = [...this.#sessions.values()].filter(({ expires }) => expires > this.#now());
    return live.map(({ id, created, expires }) => ({ id, created, expires }));
  }

  /** Signs a session out. @returns whether there was one. */
  async close(id: string): Promise<boolean> {
    const found = [...this.#sessions.values()].find((each) => each.id === id);
    if (!found) return false;
    this.#sessions.delete(found.hash);
    await this.#save();
    return true;
  }

  async #save(): Promise<void> {
    for (const { hash, expires } of this.#sessions.values()) if (expires <= this.#now()) this.#sessions.delete(hash);
    trim(this.#sessions);
    await writeWhole(this.#path, `${JSON.stringify({ sessions: [...this.#sessions.values()] })}\n`);
  }
}

function trim(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= MOST) return;
    map.delete(key);
  }
}
