import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Head } from '../../chain.ts';

/** Where records may be appended: by whom, and after what. */
export interface Place {
  readonly epoch: number;
  readonly expected: Head;
}

/** Records to append, as nine values each, in the order of the columns; the hash as hex digits. */
export interface Batch extends Place {
  readonly values: readonly (string | number | null)[];
}

/** The same for another thread: see `linesOf`. */
export interface Lines extends Place {
  readonly lines: string;
}

/** Done, or why not: the epoch that is current, or the head that is there. */
export type Verdict = { readonly done: true } | { readonly deposedBy: number } | { readonly head: Head };

/** A setting that did not take. */
export interface Weak {
  readonly name: string;
  readonly got: unknown;
  readonly wanted: string | number;
}

/** The values of records that came as lines. */
export function valuesOf(lines: string): (string | number | null)[];
export function makeDurable(db: DatabaseSyncInstance): Weak | null;
export function appender(db: DatabaseSyncInstance): (batch: Batch) => Verdict;
