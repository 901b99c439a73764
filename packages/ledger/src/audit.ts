import type { SealedRecord } from './chain.ts';
import { type Chunks, type Entry, ExportError, type Manifest, type Reading, readEntries } from './export.ts';
import { createTree, leafOf, type MerkleTree } from './merkle.ts';
import { type Checkpoint, openCheckpoint } from './notes/checkpoint.ts';
import { type Ed25519Verify, NoteError, parseVerifierKey, type VerifierKey, verifierKeyText } from './notes/note.ts';
import { ed25519Node } from './notes/signer.ts';
import { sha256Node } from './sha256-node.ts';
import { createVerifier, type Fault, type Verification, type Verifier, type VerifyOptions } from './verify.ts';

/** What the checkpoints of a ledger say. */
export interface Signed {
  /** The log's name, as in its keys. */
  readonly origin: string;
  /** The keys the checkpoints were checked with. */
  readonly keys: readonly string[];
  /** The verifier brought the keys along. Otherwise they are those the export names: proof against accident only. */
  readonly trusted: boolean;
  readonly checkpoints: number;
  /** The largest: how many records are signed, the root of their tree, and the note itself. */
  readonly size: number;
  readonly root: string;
  readonly note: string;
}

export interface Audit extends Verification {
  readonly org?: string;
  /** Absent if the ledger has no checkpoint. */
  readonly signed?: Signed;
  /** How many of the witnessed checkpoints were compared; absent without a witness. */
  readonly witnessed?: number;
}

export interface AuditOptions extends Omit<VerifyOptions, 'start' | 'startAt'> {
  /** Verifier keys, known from elsewhere, any of which may have signed. */
  readonly keys?: readonly string[];
  /** Checkpoints a witness has seen: the history must contain each of them, whoever signed what since. */
  readonly witnessed?: readonly Checkpoint[];
  readonly ed25519?: Ed25519Verify;
  /** Called after every record that passed, with their number. */
  readonly onRecord?: (count: number) => void;
}

/**
 * Verifies an export without a store or a server: lines, chain, checkpoints, and completeness as far as a witness knows.
 * A broken line or a bad key ends it as the first bad place, never as an exception.
 */
export function verifyExport(source: Chunks, options: AuditOptions = {}): Promise<Audit> {
  return verifyLedger(() => readEntries(source), options);
}

/**
 * Verifies a ledger as it is read, from a file (`readEntries`) or a store (`storeReading`).
 *
 * @throws NoteError for a key of the options that is none; whatever the store throws.
 */
export async function verifyLedger(read: () => Promise<Reading>, options: AuditOptions = {}): Promise<Audit> {
  const given = options.keys?.map((key) => parseVerifierKey(key, options.sha256 ?? sha256Node));
  let auditor = new Auditor(options, given, null);
  try {
    const { manifest, entries } = await read();
    auditor = new Auditor(options, given, manifest);
    for await (const entry of entries) {
      const sound = auditor.push(entry);
      // Nearly all are records, which need no waiting.
      if (sound !== true && !(await sound)) break;
    }
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    auditor.fail('line', error.message);
  }
  return auditor.finish();
}

/** The verifier of a whole ledger: the chain, a tree that grows beside it, and what is known of that tree's roots. */
class Auditor {
  readonly #options: AuditOptions;
  readonly #manifest: Manifest | null;
  readonly #chain: Verifier;
  readonly #given: readonly VerifierKey[] | undefined;
  readonly #keys: readonly VerifierKey[];
  /** Null when nothing is to be compared with its roots. */
  readonly #tree: MerkleTree | null;
  /** Roots the witness has seen, smallest first; those compared are taken out. */
  readonly #witnessed: Checkpoint[];
  #compared = 0;
  #signed: Checkpoint | null = null;
  #note = '';
  #checkpoints = 0;
  /** Size of a checkpoint of more records than have come yet: misplaced if more come, else the end is missing. */
  #ahead: number | null = null;

  constructor(options: AuditOptions, given: readonly VerifierKey[] | undefined, manifest: Manifest | null) {
    this.#options = options;
    this.#manifest = manifest;
    this.#given = given;
    this.#chain = createVerifier(manifest === null ? options : { org: manifest.org, ...options });
    this.#keys = given ?? this.#ownKeys();
    const names = new Set(this.#keys.map(({ name }) => name));
    const seen = options.witnessed ?? [];
    this.#witnessed = seen
      .filter(({ origin }) => names.size === 0 || names.has(origin))
      .sort((a, b) => a.size - b.size);
    this.#tree = this.#keys.length > 0 || seen.length > 0 ? createTree(this.#sha256) : null;
    if (manifest !== null) this.#begin(seen.length > 0);
  }

  get #sha256() {
    return this.#options.sha256 ?? sha256Node;
  }

  fail(what: Fault, why: string): false {
    this.#chain.fail(what, why);
    return false;
  }

  push(entry: Entry): boolean | Promise<boolean> {
    return 'record' in entry ? this.#record(entry.record) : this.#checkpoint(entry.checkpoint);
  }

  finish(): Audit {
    const { count } = this.#chain.finish();
    const most = Math.max(this.#ahead ?? 0, this.#witnessed.at(-1)?.size ?? 0);
    if (most > count) {
      const who = most === this.#ahead ? 'its own checkpoint covers' : 'the witness has seen';
      this.fail('truncated', `the ledger ends after record ${count}, ${who} ${most}`);
    }
    if (this.#given !== undefined && this.#signed === null) {
      this.fail('key', 'there is no checkpoint, so nothing shows who vouches for these records');
    }
    const org = this.#manifest === null ? {} : { org: this.#manifest.org };
    const witnessed = this.#options.witnessed === undefined ? {} : { witnessed: this.#compared };
    return { ...this.#chain.finish(), ...org, ...this.#signing(), ...witnessed };
  }

  #signing(): { signed?: Signed } {
    if (this.#signed === null) return {};
    const { origin, size, root } = this.#signed;
    const [keys, trusted] = [this.#keys.map(verifierKeyText), this.#given !== undefined];
    return { signed: { origin, keys, trusted, checkpoints: this.#checkpoints, size, root, note: this.#note } };
  }

  /** The keys the export names. */
  #ownKeys(): VerifierKey[] {
    try {
      return (this.#manifest?.keys ?? []).map((key) => parseVerifierKey(key, this.#sha256));
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
      this.fail('key', error.message);
      return [];
    }
  }

  #begin(hasWitness: boolean): void {
    const stranger = this.#ownKeys().find(
      (key) => !this.#keys.some(({ name, id }) => name === key.name && id === key.id),
    );
    if (stranger !== undefined) {
      this.fail('key', `the export names the key ${stranger.name}+${stranger.id}, which is none of those given`);
    }
    if (hasWitness && this.#witnessed.length === 0) {
      this.fail('origin', `the witness has never seen the log ${this.#keys[0]?.name}`);
    }
    this.#compare(0);
  }

  #record(record: SealedRecord): boolean {
    if (this.#ahead !== null) {
      return this.fail('order', `a checkpoint of ${this.#ahead} records stands before the last of them`);
    }
    if (!this.#chain.push(record)) return false;
    this.#tree?.add(leafOf(record.hash, this.#sha256));
    const { count } = this.#chain;
    this.#options.onRecord?.(count);
    return this.#compare(count);
  }

  /** Compares the tree of the first `size` records with what the witness has seen of that size. */
  #compare(size: number): boolean {
    for (; this.#witnessed[0]?.size === size; this.#compared++) {
      if ((this.#witnessed.shift() as Checkpoint).root === this.#tree?.root()) continue;
      return this.fail(
        'fork',
        `the first ${size} records are not those the witness has seen: history was rewritten or has forked`,
      );
    }
    return true;
  }

  async #checkpoint(note: string): Promise<boolean> {
    const opened = await openCheckpoint(note, this.#keys, this.#options.ed25519 ?? ed25519Node);
    if (!opened.ok) return this.fail(opened.what, opened.why);
    const { checkpoint } = opened;
    const { count } = this.#chain;
    if (checkpoint.size > Math.max(count, this.#ahead ?? 0)) {
      this.#ahead = checkpoint.size;
      return true;
    }
    if (checkpoint.size !== count || checkpoint.size === this.#signed?.size) {
      return this.fail('order', `a checkpoint of ${checkpoint.size} records stands after record ${count}, or twice`);
    }
    if (checkpoint.root !== this.#tree?.root()) {
      return this.fail('root', `the ${count} records before this place are not those that were signed`);
    }
    [this.#signed, this.#note] = [checkpoint, note];
    this.#checkpoints += 1;
    return true;
  }
}
