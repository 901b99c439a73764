import type { Head, SealedRecord } from '../chain.ts';
import type { Records } from '../pages.ts';

export { Deposed, HeadMismatch, type Next, StoreCorrupt, StoreError, StoreFull, StoreUnavailable } from './errors.ts';

/** Which records to find. All given conditions must hold. */
export interface HistoryQuery {
  readonly correlation?: string;
  readonly stream?: string;
  /** Beginning of the kind: `operation.` finds all records of operations. */
  readonly kind?: string;
  /** Seat of the actor. */
  readonly seat?: string;
  /** Milliseconds since 1970, both ends included. */
  readonly at?: { readonly from?: number; readonly to?: number };
  /** Both ends included. */
  readonly seq?: { readonly from?: number; readonly to?: number };
  /** Found anywhere in the text of the body, letter case included. */
  readonly text?: string;
  /** `newest` first unless told otherwise. */
  readonly order?: 'newest' | 'oldest';
  /** 1 to 1000; 100 unless told otherwise. */
  readonly limit?: number;
  /** `next` of the page before, with the same query. */
  readonly cursor?: string;
}

export interface HistoryPage {
  readonly records: readonly SealedRecord[];
  /** Present when there are more. */
  readonly next?: string;
}

export interface Snapshot {
  /** The record it was taken after. */
  readonly seq: number;
  /** Of the code that wrote it; a reader that does not know it throws the snapshot away. */
  readonly version: string;
  readonly bytes: Uint8Array;
}

/** Caches of the state. Losing one costs time, believing a bad one costs truth: what is not intact is not returned. */
export interface SnapshotStore {
  /** Durable when resolved. The newest two are kept. @throws RangeError if the ledger has no record `seq`. */
  save(seq: number, version: string, bytes: Uint8Array): Promise<void>;
  /** The newest one that is intact and was taken of this very chain, or null. */
  load(): Promise<Snapshot | null>;
  /** Deletes all of them. */
  delete(): Promise<void>;
}

/** A signed checkpoint as it is kept, with what continuing its tree needs. */
export interface StoredCheckpoint {
  /** Number of records it covers. */
  readonly size: number;
  /** The signed note. */
  readonly note: string;
  /** Roots of the perfect subtrees of its tree: a cache, to be checked against the note before it is built upon. */
  readonly frontier: readonly string[];
}

/** Signed checkpoints, kept beside the records they are of, for as long as these. */
export interface CheckpointStore {
  /**
   * Durable when resolved. `head` is the last record covered. The same size again replaces the signatures, not the text.
   *
   * @throws RangeError if the ledger has no such record with this hash, if there is a later checkpoint already, or one of
   * this size with another text: it would be a fork.
   */
  put(head: Head, note: string, frontier: readonly string[]): Promise<void>;
  /** The largest, or null. */
  latest(): Promise<StoredCheckpoint | null>;
  /** Those of more than `after` records, in order of size; from the first with -1. */
  load(after: number): AsyncIterable<StoredCheckpoint>;
}

/** Content by its digest: lower-case hex SHA-256. */
export interface BlobStore {
  /** Durable when resolved; the same bytes are stored once. */
  put(bytes: Uint8Array): Promise<string>;
  /** Null if there is none. @throws StoreCorrupt if what is stored has another digest. @throws TypeError for no digest. */
  get(digest: string): Promise<Uint8Array | null>;
}

/**
 * Who may append. Every grant has a higher epoch than all before it, and `append` refuses all but the latest, so an owner
 * that lost its lease without noticing cannot write. Time is the caller's, `now` in milliseconds since 1970; a store that
 * machines share takes its own clock instead, so that theirs need not agree.
 */
export interface Lease {
  /**
   * Grants the lease if it is free, released, lapsed (`until <= now`), or held under the same name: a restarted process
   * deposes its former self at once. Names are therefore unique per process that may run at the same time.
   */
  acquire(
    holder: string,
    ttlMs: number,
    now: number,
  ): Promise<{ readonly epoch: number } | { readonly heldBy: string; readonly until: number }>;
  /** Extends it to `now + ttlMs`; a lapsed lease nobody took too. False if the epoch is not the current one any more. */
  renew(epoch: number, ttlMs: number, now: number): Promise<boolean>;
  /** Gives it back: the epoch can append no more. Does nothing if it is not the current one. */
  release(epoch: number): Promise<void>;
}

/** What a record is found by: words of lower-case letters and digits, at most 64 long, and whom it is about, if anybody. */
export interface IndexedRecord {
  readonly seq: number;
  readonly words: readonly string[];
  readonly subject: string | null;
}

export interface WordQuery {
  /** Records that have all of these words; without any, every indexed record. */
  readonly all: readonly string[];
  /** Both ends included. */
  readonly seq?: { readonly from?: number; readonly to?: number };
  /** `newest` first unless told otherwise. */
  readonly order?: 'newest' | 'oldest';
  readonly limit: number;
}

/**
 * An index of records by words. Derived from the ledger and rebuilt at any time; nothing is lost with it. Which words a
 * record has is its writer's business: the store keeps them as they come, and keeps nothing of a record that is put again.
 */
export interface WordIndex {
  /** The last record indexed by this version of the writer; an index of another version is thrown away first. */
  begin(version: string): Promise<number>;
  /** Adds records, or replaces those already there; the index now covers all up to `upTo`. All or none. @throws TypeError for what is no word. */
  put(records: readonly IndexedRecord[], upTo: number): Promise<void>;
  /** Numbers of records, in order. */
  find(query: WordQuery): Promise<number[]>;
  /** Numbers of the records put with this subject, oldest first. */
  about(subject: string): Promise<number[]>;
}

/**
 * Storage of one organisation's ledger. All methods may throw `StoreUnavailable`; those that write, `StoreFull`; those
 * that read, `StoreCorrupt`.
 */
export interface Store {
  /** Records after `after` in order, at most `limit`. Reads in pages: memory does not grow with the ledger. */
  load(after: number, limit?: number): Records;
  /** `GENESIS` if empty. */
  head(): Promise<Head>;
  /**
   * Appends all records or none; durable when resolved. Epoch and head are checked in the transaction that writes.
   * That the hashes follow from one another is the sealer's business and `verify`'s.
   *
   * @throws Deposed, then HeadMismatch, then TypeError for records that do not continue the ledger by `seq` and `at`.
   */
  append(expectedHead: Head, epoch: number, records: readonly SealedRecord[]): Promise<void>;
  /** @throws RangeError for a limit or cursor that is none. */
  history(query: HistoryQuery): Promise<HistoryPage>;
  readonly checkpoint: CheckpointStore;
  readonly words: WordIndex;
  readonly snapshot: SnapshotStore;
  readonly blob: BlobStore;
  readonly lease: Lease;
  /** Afterwards every method throws StoreUnavailable. Does not release the lease. Closing twice is fine. */
  close(): Promise<void>;
}
