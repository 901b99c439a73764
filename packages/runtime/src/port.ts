import type { Tool } from '@reeve/connectors';
import type { Actor, Command, CommandKind, Definition, KernelRecord, Reply, State, step, tick } from '@reeve/kernel';
import type { KeyStore, SealedRecord, Store } from '@reeve/ledger';
import type { OccupantOf } from '@reeve/workers';

/** Time and waiting, so that the simulator can replace both. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `wake` once after `ms` milliseconds at the earliest; the result cancels it. */
  after(ms: number, wake: () => void): () => void;
  /** Calls `run` soon, after what is already waiting to run: lets a batch of callers gather. */
  soon(run: () => void): void;
}

/** A command as callers give it: an id to make it repeatable ('' when it need not be), who asks, and what. */
export interface Submission<K extends CommandKind = CommandKind> {
  readonly id: string;
  readonly kind: K;
  readonly actor: Actor;
  readonly body: Extract<Command, { kind: K }>['body'] | Readonly<Record<string, unknown>>;
}

/** One durable record, as subscribers see it. */
export interface Published {
  readonly record: KernelRecord;
  readonly sealed: SealedRecord;
}

/**
 * Why a command could not be taken. Operational, not a rejection: nothing is known to have happened, and the same command
 * under the same id may be sent again.
 */
export type UnavailableReason = 'overloaded' | 'stopped' | 'recovering' | 'deposed' | 'failed';

export class Unavailable extends Error {
  readonly reason: UnavailableReason;
  /** What to do next. */
  readonly next: string;
  /** When trying again makes sense, in milliseconds from now; null when it does not. */
  readonly retryAfter: number | null;
  constructor(reason: UnavailableReason, message: string, next: string, retryAfter: number | null) {
    super(message);
    this.name = 'Unavailable';
    this.reason = reason;
    this.next = next;
    this.retryAfter = retryAfter;
  }
}

export type RuntimeStatus = 'starting' | 'running' | 'recovering' | 'stopped' | 'deposed';

export interface RuntimeHealth {
  readonly status: RuntimeStatus;
  /** Why it is not running, in a sentence. */
  readonly reason: string | null;
  /** Why the tools of the definition in force are not open (those before it still are); null when all is well. */
  readonly tools: string | null;
  readonly seq: number;
  /** Commands that wait for the loop. */
  readonly queued: number;
  /** Jobs of operations in the works, and those that wait for a place. */
  readonly executing: number;
  readonly waitingJobs: number;
  readonly activeRuns: number;
}

/** Where operations meet the world. */
export interface ToolHost {
  /** The opened tool, or undefined when the definition in force has none of that name. */
  get(tool: string): Tool | undefined;
  /**
   * Called whenever a definition comes into force, before any of its operations is executed. `pack` is the digest of the pack
   * whose files go with it: another one than that of the definition after a restructuring.
   */
  use(definition: Definition, pack?: string): Promise<void>;
  close(): Promise<void>;
}

/** What decides: the kernel, or in a simulation the kernel with a planted bug that an auditor has to find. */
export interface Kernel {
  readonly step: typeof step;
  readonly tick: typeof tick;
}

/**
 * The bytes of a snapshot of the state after record `seq`, read from the ledger by somebody who has a processor of his own.
 * Rejects when `signal` is aborted, and has forgotten all keys by then.
 */
export type Replica = (seq: number, signal: AbortSignal) => Promise<Uint8Array>;

export interface RuntimeOptions {
  readonly org: string;
  readonly store: Store;
  readonly tools: ToolHost;
  /**
   * Who plays which seat here. Absent: neither runs nor operations are worked on (for commands on a stopped organisation);
   * `() => null`: operations are, runs are not.
   */
  readonly occupants?: OccupantOf;
  /** The keys under which personal values are sealed on the ledger; absent, they stand there in the clear. */
  readonly keys?: KeyStore;
  readonly clock?: Clock;
  readonly kernel?: Kernel;
  /** Unpredictable text for nonces. */
  readonly entropy?: () => string;
  /** Name of this process in leases; unique among processes that may run at the same time. */
  readonly holder?: string;
  /** How long the lease on the ledger lasts and how often it is renewed: 15 s and 5 s unless told otherwise. */
  readonly lease?: LeaseTimes;
  readonly limits?: Partial<Limits>;
  /** Who takes snapshots of a large state. Absent, or when it fails: this thread, giving way every few milliseconds. */
  readonly replica?: Replica;
  /** Progress and failures for an operator's log. Never arguments, results or other contents. */
  readonly log?: (level: 'info' | 'warn' | 'error', message: string, detail?: Record<string, unknown>) => void;
}

/** In milliseconds. Another process takes over at the earliest `ttl` after the last renewal of one that died. */
export interface LeaseTimes {
  readonly ttl: number;
  readonly renew: number;
}

export interface Limits {
  /** Commands that may wait; more are refused with `overloaded`. */
  readonly queue: number;
  /** Commands decided and appended together at most. */
  readonly batch: number;
  /** Jobs of operations at once. */
  readonly executors: number;
  /** Runs of occupants at once. */
  readonly runs: number;
  /** A run waits this long for an operation before it is parked, in milliseconds. */
  readonly parkAfter: number;
  /** Records between snapshots. */
  readonly snapshotEvery: number;
}

export interface SubscribeOptions {
  /** Resume after this sequence number; 0 for everything. Absent: only what is new. */
  readonly after?: number;
  readonly signal?: AbortSignal;
}

/** A running organisation. */
export interface Runtime {
  readonly org: string;
  /**
   * Submit one command; durable when resolved. The same id and body give the first result again.
   * @throws Unavailable when it could not be taken or its fate is unknown; send it again under the same id.
   */
  submit(command: Submission): Promise<Reply>;
  /** Look at the state; sees only what is durable. Must not change it, nor keep parts of it. */
  read<T>(view: (state: State) => T): Promise<T>;
  /** Durable records in order, from the past into the present, until `signal` is aborted or the runtime stops. */
  subscribe(options?: SubscribeOptions): AsyncIterable<Published>;
  /** The record in a sealed one, as it was written; `[erased]` where a customer has been forgotten. */
  recordOf(sealed: SealedRecord): KernelRecord;
  /**
   * Forget the customer of a case: the fact is recorded, his key destroyed, and the state loaded anew without him.
   * Rejected while cases of his are under way, and without `keys`.
   */
  forget(command: { id: string; actor: Actor; case: string; reason: string }): Promise<Reply>;
  health(): RuntimeHealth;
  /** [RT70] Somebody has come who can play this seat: its inbox and the runs that wait are looked at again. */
  wake(seat: string): void;
  /** Resolves when nothing is queued, executing or running and no job or run is ready (timers may still be set). */
  idle(): Promise<void>;
  /** Finish what is in the works (up to `grace` ms), take a snapshot, release the lease, close tools. Not the store. */
  stop(grace?: number): Promise<void>;
}
