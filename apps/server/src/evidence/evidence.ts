/** Signed checkpoints of the ledger, and proofs of its records: what others believe without believing this machine. */
import {
  createProver,
  type LogKeys,
  type LogStore,
  makeCheckpoint,
  openLogKeys,
  type Proof,
  type Prover,
  parseCheckpoint,
  parseNote,
  readLogKeys,
  type Signer,
  type Store,
} from '@reeve/ledger';
import { Refusal } from '../errors.ts';
import type { Log } from '../house.ts';
import { gently } from './gentle.ts';
import { type Publish, publishTo, Unpublished } from './publish.ts';

/** When checkpoints are signed while the ledger grows: at the first of the two. */
export interface CheckpointOptions {
  /** Milliseconds since the one before. */
  readonly every: number;
  /** Records since the one before. */
  readonly records: number;
  /** Milliseconds between two looks at how far the ledger has grown. */
  readonly look: number;
  /** Absolute path of a witness file that every checkpoint is copied to. */
  readonly witness?: string;
}

const DEFAULTS: CheckpointOptions = { every: 5 * 60_000, records: 10_000, look: 1000 };

/** After a failure, in milliseconds: a full disk is not to be tried every second. */
const RETRY = 60_000;

/** What a stop waits for its checkpoint at most, in milliseconds; the next start makes up for it. */
const PATIENCE = 10_000;

export interface EvidenceOptions {
  readonly data: string;
  readonly organisation: string;
  readonly store: Store;
  readonly log: Log;
  readonly checkpoints?: Partial<CheckpointOptions>;
}

/** What is shown of the log. */
export interface LogHead {
  /** The verifier key; null when there is none to be had. */
  readonly verifier: string | null;
  /** The latest checkpoint, a signed note; null before the first. */
  readonly checkpoint: string | null;
}

/** [SRV30] Nothing here stops the organisation: what fails is logged, shown as `problem`, and tried again. */
export class Evidence {
  readonly #options: EvidenceOptions;
  readonly #when: CheckpointOptions;
  readonly #end = new AbortController();
  readonly #gentle: LogStore;
  readonly #prover: Prover;
  readonly #publish: Publish | null;
  #keys: LogKeys | null = null;
  #problem: string | null = null;
  #signing: Promise<void> | null = null;
  #looking: NodeJS.Timeout | undefined;
  /** The last record when this was opened. */
  #opened = 0;
  /** Size of the latest checkpoint, as far as it is known here. */
  #size = 0;
  /** When the next one may be signed: for its age, and at all. */
  #due = 0;
  #notBefore = 0;

  private constructor(options: EvidenceOptions) {
    this.#options = options;
    this.#when = { ...DEFAULTS, ...options.checkpoints };
    this.#publish = this.#when.witness === undefined ? null : publishTo(this.#when.witness, Date.now);
    this.#gentle = gently(options.store, this.#end.signal);
    this.#prover = createProver(this.#gentle, options.organisation);
  }

  /** Makes the keys if there are none. @throws StoreError if the ledger cannot be read. */
  static async open(options: EvidenceOptions): Promise<Evidence> {
    const evidence = new Evidence(options);
    await evidence.#guarded(() => evidence.#openKeys());
    evidence.#opened = (await options.store.head()).seq;
    return evidence;
  }

  /** Why there are no new checkpoints, in a sentence; null when all is well. */
  get problem(): string | null {
    return this.#problem;
  }

  async head(): Promise<LogHead> {
    const { data, store } = this.#options;
    const keys = this.#keys?.keys ?? (await readLogKeys(data).catch(() => []));
    const latest = await store.checkpoint.latest();
    return { verifier: keys.at(-1) ?? null, checkpoint: latest?.note ?? null };
  }

  /** Who signs for this organisation. @throws NoteError if the key file is damaged. */
  async signer(): Promise<Signer> {
    return (await this.#openKeys()).signer;
  }

  /** Signs a checkpoint of all there is, unless there is nothing new. One at a time; never throws. */
  sign(): Promise<void> {
    this.#signing ??= this.#guarded(() => this.#sign()).finally(() => {
      this.#signing = null;
    });
    return this.#signing;
  }

  /** Signs now, and again as the ledger grows, until closed. `seq` tells how far it has grown. */
  watch(seq: () => number): void {
    void this.sign();
    this.#looking = setInterval(() => {
      const grown = seq() - this.#size;
      const now = performance.now();
      if (grown <= 0 || now < this.#notBefore) return;
      if (grown >= this.#when.records || now >= this.#due) void this.sign();
    }, this.#when.look).unref();
  }

  /**
   * [SRV32] Proof of a record; a checkpoint is signed first if none covers it yet.
   * @throws Refusal `not-found` for a record there is none of, `unavailable` when nothing can be signed.
   */
  async prove(seq: number): Promise<Proof> {
    const head = await this.#options.store.head();
    if (seq > head.seq)
      throw new Refusal('not-found', `there is no record ${seq}: the last is ${head.seq}`, 'look at /v1/ledger/head');
    if ((await this.#latestSize()) < seq) await this.#signUpTo(seq);
    return this.#prover.prove(seq, this.#keys?.keys ?? (await readLogKeys(this.#options.data)));
  }

  /** Whoever is signing now may have begun before the record was there. */
  async #signUpTo(seq: number): Promise<void> {
    await this.#signing;
    await this.sign();
    if ((await this.#latestSize()) >= seq) return;
    const why = this.#problem ?? 'no checkpoint covers it yet';
    throw new Refusal('unavailable', `record ${seq} cannot be proved: ${why}`, 'look at the log of the server');
  }

  /** Stops watching and signs what came since; looking at a stopped organisation signs nothing. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    const patience = setTimeout(() => this.#end.abort(new Error('stopping does not wait for it')), PATIENCE);
    await this.#signing;
    if (this.#looking !== undefined || (await this.#grown())) await this.sign();
    clearTimeout(patience);
    this.#end.abort(new Error('the organisation is closed'));
  }

  async #grown(): Promise<boolean> {
    const head = await this.#options.store.head().catch(() => null);
    return head !== null && head.seq > this.#opened;
  }

  async #openKeys(): Promise<LogKeys> {
    this.#keys ??= await openLogKeys(this.#options.data, this.#options.organisation);
    return this.#keys;
  }

  async #sign(): Promise<void> {
    const { store, log } = this.#options;
    const { signer } = await this.#openKeys();
    const started = performance.now();
    this.#due = started + this.#when.every;
    const before = await this.#latestSize();
    // A checkpoint of nothing says nothing.
    if (before === 0 && (await store.head()).seq === 0) return;
    const note = await makeCheckpoint(this.#gentle, signer);
    this.#size = parseCheckpoint(parseNote(note).text).size;
    await this.#publish?.(note);
    const ms = Math.round(performance.now() - started);
    if (this.#size > before) log('info', 'checkpoint signed', { records: this.#size, new: this.#size - before, ms });
  }

  async #latestSize(): Promise<number> {
    return (await this.#options.store.checkpoint.latest())?.size ?? 0;
  }

  async #guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#problem = null;
    } catch (error) {
      const { message } = error as Error;
      const what = error instanceof Unpublished ? message : `no checkpoint of the ledger can be signed: ${message}`;
      this.#problem = `the organisation works, but ${what}`;
      this.#notBefore = performance.now() + RETRY;
      this.#options.log('error', 'no checkpoint of the ledger could be signed', { error: message });
    }
  }
}
