/** Tokens of executors: what a machine elsewhere shows to make calls of tools, and for nothing else. */
import { z } from 'zod';
import { TokenFile } from '../agents/token-file.ts';
import type { Shelf } from '../data/shelf.ts';
import { Refusal } from '../errors.ts';
import { covers } from './orders.ts';

const stored = z.object({
  id: z.string(),
  hash: z.string(),
  name: z.string(),
  capabilities: z.array(z.string()),
  created: z.number(),
  expires: z.number().nullable(),
});
type Stored = z.output<typeof stored>;
export type ExecutorToken = Omit<Stored, 'hash'>;

/** [SRV54] Kept as hashes in `executors.json`; on nodes where all of them see it. */
export class ExecutorTokens {
  readonly #kept: TokenFile<Stored>;
  /** Ends what waits for calls with a token that is revoked. */
  readonly #ends = new Map<string, AbortController>();

  private constructor(kept: TokenFile<Stored>) {
    this.#kept = kept;
  }

  static async open(shelf: Shelf, now: () => number = Date.now): Promise<ExecutorTokens> {
    return new ExecutorTokens(await TokenFile.open<Stored>(shelf, 'executors.json', stored, now));
  }

  /** A new token; its text is told once. @param capabilities patterns; @param life milliseconds; null: until it is revoked. */
  give(name: string, capabilities: string[], life: number | null): Promise<ExecutorToken & { token: string }> {
    return this.#kept.give('executor', { name, capabilities }, life);
  }

  find(token: string): ExecutorToken | null {
    return this.#kept.find(token);
  }

  list(): ExecutorToken[] {
    return this.#kept.list();
  }

  /** Aborted when the token is revoked. */
  ended(id: string): AbortSignal {
    const known = this.#ends.get(id) ?? new AbortController();
    this.#ends.set(id, known);
    return known.signal;
  }

  /** @returns whether there was one. */
  async revoke(id: string): Promise<boolean> {
    const found = await this.#kept.revoke(id);
    this.#ends.get(id)?.abort();
    return found;
  }
}

/** [SRV55] @throws Refusal `forbidden` naming the first of these patterns that the token is not for. */
export function checkClaim({ capabilities }: ExecutorToken, claimed: readonly string[]): void {
  const beyond = claimed.find((pattern) => !covers(capabilities, pattern));
  if (beyond === undefined) return;
  throw new Refusal(
    'forbidden',
    `this token of an executor is for ${capabilities.join(', ')}, not for "${beyond}"`,
    `claim only these (\`--capability ${capabilities.join(' ')}\`), or have another token made with \`reeve token executor\``,
  );
}
