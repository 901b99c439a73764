import type { Head } from '../chain.ts';

/** What the caller may do: `retryable`, the same call can succeed later; `terminal`, this owner stops and reloads. */
export type Next = 'retryable' | 'terminal';

/** A store could not do what it was asked. The message says what happened, why, and what to do. */
export class StoreError extends Error {
  readonly next: Next;
  constructor(next: Next, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = new.target.name;
    this.next = next;
  }
}

/** Someone else appended: what this owner holds in memory is not the organisation any more. Nothing was written. */
export class HeadMismatch extends StoreError {
  readonly expected: Head;
  readonly actual: Head;
  constructor(expected: Head, actual: Head) {
    super(
      'terminal',
      `the ledger ends at record ${actual.seq} (${actual.hash.slice(0, 12)}), not at ${expected.seq} ` +
        `(${expected.hash.slice(0, 12)}): someone else appended and nothing was written. Stop, reload from the ledger, decide again.`,
    );
    this.expected = expected;
    this.actual = actual;
  }
}

/** The epoch is not the one that holds the lease. Nothing was written. */
export class Deposed extends StoreError {
  readonly epoch: number;
  readonly current: number;
  /** Who holds the lease now, as far as the store knows; null for nobody. */
  readonly holder: string | null | undefined;
  constructor(epoch: number, current: number, holder?: string | null) {
    const owner = holder ? `"${holder}" owns this organisation now` : 'another process owns this organisation';
    super(
      'terminal',
      `epoch ${epoch} does not hold the lease (latest is ${current}) and nothing was written: ${owner}, ` +
        'or the lease was released. Stop; acquire the lease again before writing.',
    );
    this.epoch = epoch;
    this.current = current;
    this.holder = holder;
  }
}

/** No space left. The ledger is exactly as before the call. */
export class StoreFull extends StoreError {
  constructor(where: string, cause: unknown) {
    super(
      'retryable',
      `no space left at ${where}: nothing was written. Free space or raise the quota, then try again.`,
      {
        cause,
      },
    );
  }
}

/** What is stored is not what was written. */
export class StoreCorrupt extends StoreError {
  constructor(what: string, cause?: unknown) {
    super('terminal', `${what}. Stop writing, run \`reeve ledger verify\`, and restore from an export or a backup.`, {
      cause,
    });
  }
}

/** The store cannot be used, now (`retryable`, e.g. locked by another process) or by this process (`terminal`). */
export class StoreUnavailable extends StoreError {}
