/** Tokens of seats: what an agent from outside shows to work one seat, and nothing else. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { State } from '@reeve/kernel';
import { z } from 'zod';
import { readOptional, writeWhole } from '../data/files.ts';

/** Tokens kept at once, those that ended not counted. */
const MOST = 1000;

const stored = z.object({
  id: z.string(),
  hash: z.string(),
  seat: z.string(),
  principal: z.string(),
  name: z.string(),
  created: z.number(),
  expires: z.number().nullable(),
});
const file = z.object({ tokens: z.array(stored) });
type Stored = z.output<typeof stored>;
export type SeatToken = Omit<Stored, 'hash'>;

/** Who an agent is: a seat and the principal that sits there; for a program that was started, the run it was started for. */
export interface Bearer {
  readonly seat: string;
  readonly principal: string;
  readonly run: string | null;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const made = (): string => `seat_${randomBytes(32).toString('base64url')}`;

/**
 * [SRV190] Tokens are stored as hashes in `agents.json` (0600). One is bound to the seat and to the principal that sat there when
 * it was made: whoever sits there next has to be given another. Those of programs live in memory and end with their run.
 */
export class SeatTokens {
  readonly #path: string;
  readonly #now: () => number;
  readonly #tokens = new Map<string, Stored>();
  readonly #runs = new Map<string, Bearer>();

  private constructor(path: string, now: () => number) {
    this.#path = path;
    this.#now = now;
  }

  /** @param data the data directory */
  static async open(data: string, now: () => number = Date.now): Promise<SeatTokens> {
    const tokens = new SeatTokens(join(data, 'agents.json'), now);
    const known = file.safeParse(parse((await readOptional(tokens.#path)) ?? ''));
    // What is damaged lets nobody in, nothing more.
    for (const each of known.data?.tokens ?? []) tokens.#tokens.set(each.hash, each);
    return tokens;
  }

  /** A new token; its text is told once. @param life milliseconds; null: until it is revoked. */
  async give(
    seat: string,
    principal: string,
    name: string,
    life: number | null,
  ): Promise<SeatToken & { token: string }> {
    const token = made();
    const [hash, created] = [hashOf(token), this.#now()];
    const entry = {
      id: hash.slice(0, 16),
      seat,
      principal,
      name,
      created,
      expires: life === null ? null : created + life,
    };
    this.#tokens.set(hash, { ...entry, hash });
    await this.#save();
    return { ...entry, token };
  }

  /** A token for one run, and what takes it back. */
  lend(bearer: Bearer & { run: string }): { token: string; end: () => void } {
    const token = made();
    const hash = hashOf(token);
    this.#runs.set(hash, bearer);
    return { token, end: () => void this.#runs.delete(hash) };
  }

  /** Whose token it is; null for none, or one that ended. */
  find(token: string): Bearer | null {
    const hash = hashOf(token);
    const lent = this.#runs.get(hash);
    if (lent) return lent;
    const found = this.#tokens.get(hash);
    return found && this.#lives(found) ? { seat: found.seat, principal: found.principal, run: null } : null;
  }

  list(): SeatToken[] {
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

  #lives({ expires }: Stored): boolean {
    return expires === null || expires > this.#now();
  }

  async #save(): Promise<void> {
    for (const one of this.#tokens.values()) if (!this.#lives(one)) this.#tokens.delete(one.hash);
    for (const hash of this.#tokens.keys()) if (this.#tokens.size > MOST) this.#tokens.delete(hash);
    await writeWhole(this.#path, `${JSON.stringify({ tokens: [...this.#tokens.values()] })}\n`);
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
