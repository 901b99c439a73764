import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Head } from '../../chain.ts';

/** Records to append, as nine values each, in the order of the columns; the hash as hex digits. */
export interface Batch {
  readonly epoch: number;
  readonly expected: Head;
  readonly values: readonly (string | number | null)[];
}

/** Done, or why not: the epoch that is current, or the head that is there. */
export type Verdict = { readonly done: true } | { readonly deposedBy: number } | { readonly head: Head };

/** A setting that did not take. */
export interface Weak {
  readonly name: string;
  readonly got: unknown;
  readonly wanted: string | number;
}

export function makeDurable(db: DatabaseSyncInstance): Weak | null;
export function appender(db: DatabaseSyncInstance): (batch: Batch) => Verdict;
