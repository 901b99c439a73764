/**
 * When snapshots are taken, and where. They only shorten the next start, so they wait for a quiet moment: what rebuilds a large
 * state beside the loop takes about as much processor time as the records since the last one took.
 */
import type { State } from '@reeve/kernel';
import type { KeyStore, Store } from '@reeve/ledger';
import type { Loop } from './loop.ts';
import type { Clock, Limits, RuntimeOptions } from './port.ts';
import { snapshotAt, snapshotsOf } from './recover.ts';
import { isSmall, SNAPSHOT_VERSION, takeSnapshot } from './snapshot.ts';

/** Records after the last snapshot that make another one worth its time when stopping. */
const WORTH_A_SNAPSHOT = 5000;
/** Work on a snapshot beside the loop gives way after so many milliseconds. */
const SLICE = 5;
/** Milliseconds without a record that make a moment quiet. */
const QUIET = 500;
/** Where there is no quiet moment, a snapshot is due after so many times the records: a start then reads as many more. */
const AT_MOST = 4;

export interface SnapshotsOptions {
  readonly state: State;
  /** The last durable record. */
  readonly seq: number;
  /** The record the latest snapshot ends with. */
  readonly at: number;
  readonly store: Store;
  readonly keys: KeyStore | undefined;
  readonly clock: Clock;
  readonly limits: Pick<Limits, 'snapshotEvery'>;
  readonly replica: RuntimeOptions['replica'];
  readonly log: NonNullable<RuntimeOptions['log']>;
  readonly read: Loop['read'];
}

export class Snapshots {
  readonly #options: SnapshotsOptions;
  /** The record the latest snapshot ends with, or the one that is being made. */
  #at: number;
  #seq: number;
  #saving: Promise<void> = Promise.resolve();
  #wait: (() => void) | null = null;
  readonly #ending = new AbortController();
  #forbidden = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
    this.#at = options.at;
    this.#seq = options.seq;
  }

  /** [RT36] Records up to `seq` are durable. */
  reached(seq: number): void {
    this.#seq = seq;
    const { snapshotEvery } = this.#options.limits;
    const since = seq - this.#at;
    if (since >= AT_MOST * snapshotEvery) this.#take(seq);
    else if (since >= snapshotEvery) this.#await(seq);
  }

  #await(seen: number): void {
    if (this.#ending.signal.aborted) return;
    this.#wait ??= this.#options.clock.after(QUIET, () => {
      this.#wait = null;
      if (seen !== this.#seq) this.#await(this.#seq);
      else this.#take(seen);
    });
  }

  /** [RT31] A large state is not taken out of the loop's hands: another one is read beside it, up to the same record. */
  #take(seq: number): void {
    if (this.#ending.signal.aborted) return;
    this.#wait?.();
    this.#wait = null;
    this.#at = seq;
    this.#saving = this.#saving.then(() => (isSmall(this.#options.state) ? this.#atRest(0) : this.#beside(seq)));
  }

  /** None is begun any more, and what is made beside the loop is given up. */
  stop(): void {
    this.#ending.abort(new Error('the organisation ends'));
    this.#wait?.();
  }

  /** [RT14] The state holds somebody who is to be forgotten: no snapshot shows it any more. */
  forbid(): void {
    this.#forbidden = true;
    this.#wait?.();
  }

  /** A clean stop leaves one if it is worth it. */
  last(): Promise<void> {
    return this.#atRest(WORTH_A_SNAPSHOT);
  }

  /** What is still being saved would bring back what is to be forgotten. */
  saved(): Promise<void> {
    return this.#saving;
  }

  /** Of what is durable, when there are so many records since the last one. */
  async #atRest(records: number): Promise<void> {
    const taken = await this.#options
      .read((state) => {
        if (this.#forbidden || state.seq - this.#at < records) return null;
        return { seq: state.seq, bytes: takeSnapshot(state) };
      })
      .catch(() => null);
    if (taken) await this.#save(taken.seq, taken.bytes);
  }

  async #beside(seq: number): Promise<void> {
    const { replica, log } = this.#options;
    const { signal } = this.#ending;
    try {
      const elsewhere = replica?.(seq, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        log('warn', 'a snapshot could not be made on another thread, so this one makes it', { error: String(error) });
        return this.#readBeside(seq);
      });
      await this.#save(seq, await (elsewhere ?? this.#readBeside(seq)));
    } catch (error) {
      log('warn', 'no snapshot was taken', { error: String(error) });
    }
  }

  async #readBeside(seq: number): Promise<Uint8Array> {
    const { store, keys, state } = this.#options;
    let since = performance.now();
    const pause = async (): Promise<void> => {
      this.#ending.signal.throwIfAborted();
      if (performance.now() - since < SLICE) return;
      await new Promise(setImmediate);
      since = performance.now();
    };
    return snapshotAt(store, state.org, keys, seq, pause);
  }

  /** A failure costs time at the next start, nothing else. */
  async #save(seq: number, bytes: Uint8Array): Promise<void> {
    this.#at = seq;
    if (seq === 0) return;
    try {
      await snapshotsOf(this.#options.store, this.#options.keys).save(seq, SNAPSHOT_VERSION, bytes);
    } catch (error) {
      this.#options.log('warn', 'no snapshot could be saved', { error: String(error) });
    }
  }
}
