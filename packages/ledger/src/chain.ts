import type { RecordEntry } from '@reeve/kernel';
import { canonicalText } from './canonical.ts';
import { headerText, readHeader } from './header.ts';
import { linkHash, type Sha256 } from './link.ts';
import { sha256Node } from './sha256-node.ts';

// Invariants of the chain
//   header     = RFC 8785 text of { seq, org, at, actor, kind, v, stream, causation, correlation, visibility, bodyDigest }
//   bodyDigest = SHA-256(UTF-8 of body), where body is RFC 8785 text
//   hash       = SHA-256(previous hash, 32 bytes ‖ UTF-8 of header ‖ bodyDigest, 32 bytes); before record 1: 32 zero bytes
// Hashes are lower-case hex in memory and in exports (`===` compares them, JSON carries them) and raw bytes when hashed.

/** One entry of the ledger as it is stored. */
export interface SealedRecord {
  /** Canonical JSON text of the header. */
  readonly header: string;
  /** Canonical JSON text of the body. */
  readonly body: string;
  /** 64 lower-case hex digits. */
  readonly hash: string;
}

/** Sealed here and now: still knows what its header was written from, so that nobody has to read it again. */
class Sealed implements SealedRecord {
  readonly header: string;
  readonly body: string;
  readonly hash: string;
  readonly #entry: RecordEntry;

  constructor(header: string, body: string, hash: string, entry: RecordEntry) {
    this.header = header;
    this.body = body;
    this.hash = hash;
    this.#entry = entry;
  }

  static entryOf(record: SealedRecord): RecordEntry | null {
    return #entry in record ? record.#entry : null;
  }
}

/** What a header says, besides the digest of the body. @throws TypeError when the text is not a canonical header. */
export const fieldsOf = (record: SealedRecord): Omit<RecordEntry, 'body'> =>
  Sealed.entryOf(record) ?? readHeader(record.header);

/** A place in a chain: the sequence number of its last record and that record's hash. As a promise to others: a witness. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** The head of an empty ledger. */
export const GENESIS: Head = { seq: 0, hash: '0'.repeat(64) };

/**
 * Seals entries into the chain that ends in `prevHash`. Pure: the same input gives the same bytes.
 *
 * @param entries consecutive by `seq`, `at` never falling.
 * @throws TypeError for an entry that is out of order, has a field of the wrong type, or a body without a JSON form.
 */
export function seal(prevHash: string, entries: readonly RecordEntry[], sha256: Sha256 = sha256Node): SealedRecord[] {
  const sealed: SealedRecord[] = [];
  let hash = prevHash;
  let previous: RecordEntry | undefined;
  for (const entry of entries) {
    if (previous !== undefined) checkOrder(previous, entry);
    const body = canonicalText(entry.body);
    const bodyDigest = sha256(body);
    const header = headerText(entry, bodyDigest);
    hash = linkHash(hash, header, bodyDigest, sha256);
    sealed.push(new Sealed(header, body, hash, entry));
    previous = entry;
  }
  return sealed;
}

/** Refuses an entry that may not follow `previous`. */
export function checkOrder(previous: { seq: number; at: number }, entry: { seq: number; at: number }): void {
  if (entry.seq !== previous.seq + 1) {
    throw new TypeError(`record ${entry.seq} cannot follow record ${previous.seq}: sequence numbers have no gaps`);
  }
  if (entry.at < previous.at) {
    throw new TypeError(
      `record ${entry.seq} is earlier (${entry.at}) than the one before it (${previous.at}): hold the clock`,
    );
  }
}

/**
 * The entry a sealed record stands for. Checks the form, not the chain: that is what `verify` is for.
 *
 * @throws TypeError if header or body cannot be read.
 */
export function open(sealed: SealedRecord): RecordEntry {
  const { seq, org, at, actor, kind, v, stream, causation, correlation, visibility } = readHeader(sealed.header);
  try {
    const body = JSON.parse(sealed.body) as unknown;
    return { seq, org, at, actor, kind, v, stream, causation, correlation, visibility, body };
  } catch (error) {
    throw new TypeError(`the body of record ${seq} is not JSON; verify the ledger to find out since when`, {
      cause: error,
    });
  }
}

/** The head after the last of `sealed`, or `before` if there is none. */
export function headOf(sealed: readonly SealedRecord[], before: Head): Head {
  const last = sealed.at(-1);
  return last === undefined ? before : { seq: before.seq + sealed.length, hash: last.hash };
}
