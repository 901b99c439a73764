import { GENESIS, type Head, type SealedRecord } from './chain.ts';
import { type ChainFields, readChainFields } from './header.ts';
import { linkHash, type Sha256 } from './link.ts';
import type { CheckpointFault } from './notes/checkpoint.ts';
import { pagesOf, type Records } from './pages.ts';
import { sha256Node } from './sha256-node.ts';

/**
 * Which of the checks failed. `truncated` and `fork` need a witness or a checkpoint; `line` comes from reading an export;
 * the rest is about checkpoints: `key` (signed by nobody the verifier trusts), `order` (one stands where it does not
 * belong), `root` (the records are not those that were signed), and those of `CheckpointFault`.
 */
export type Fault =
  | ('header' | 'seq' | 'org' | 'at' | 'body' | 'hash' | 'truncated' | 'fork' | 'line')
  | ('key' | 'order' | 'root' | CheckpointFault);

export interface FirstBad {
  /** The sequence number the chain needed at this place (what the record there says of itself may be the lie). */
  readonly seq: number;
  /** Position in the verified stream, from 0. */
  readonly index: number;
  readonly what: Fault;
  /** One sentence for a person. */
  readonly why: string;
}

export interface Verification {
  readonly ok: boolean;
  /** Number of good records before the first bad one. */
  readonly count: number;
  /** Head of the good part. */
  readonly head: Head;
  readonly firstBad?: FirstBad;
}

export interface VerifyOptions {
  /** The head the stream continues from; the empty ledger unless told otherwise. */
  readonly start?: Head;
  /** Lowest `at` allowed for the first record (that of the record at `start`). */
  readonly startAt?: number;
  /** The organisation all records must belong to; that of the first record unless told otherwise. */
  readonly org?: string;
  /** A head known from elsewhere. Without one, a chain cut short or rewritten as a whole looks sound. */
  readonly expected?: Head;
  readonly sha256?: Sha256;
}

/**
 * Verifies a stream of records, one at a time, and names the first bad one.
 *
 * @throws RangeError if the witness lies before `start`, where this stream cannot show it.
 */
export async function verify(
  records: Iterable<SealedRecord> | Records,
  options: VerifyOptions = {},
): Promise<Verification> {
  const verifier = createVerifier(options);
  for await (const page of pagesOf(records))
    for (const record of page) if (!verifier.push(record)) return verifier.finish();
  return verifier.finish();
}

export interface Verifier {
  /** Number of good records so far. */
  readonly count: number;
  /** Takes the next record; false once a bad one was found. */
  push(record: SealedRecord): boolean;
  /** Stops at something that is not even a record. */
  fail(what: Fault, why: string): void;
  finish(): Verification;
}

/** The verifier behind `verify`, for callers that push. */
export function createVerifier(options: VerifyOptions = {}): Verifier {
  const { start = GENESIS, expected, sha256 = sha256Node } = options;
  if (expected !== undefined && expected.seq < start.seq) {
    throw new RangeError(
      `the witness is of record ${expected.seq}, before the start ${start.seq}: verify from an earlier one`,
    );
  }
  let { seq, hash } = start;
  let at = options.startAt ?? 0;
  let org = options.org;
  let firstBad: FirstBad | undefined;

  const fail = (what: Fault, why: string): false => {
    firstBad ??= { seq: seq + 1, index: seq - start.seq, what, why };
    return false;
  };

  if (expected?.seq === start.seq && expected.hash !== start.hash) fail('fork', 'the start is not that of the witness');

  const push = (record: SealedRecord): boolean => {
    if (firstBad !== undefined) return false;
    const header = headerOf(record, fail);
    if (header === null) return false;
    if (header.seq !== seq + 1) return fail('seq', `expected record ${seq + 1}, found record ${header.seq}`);
    if (header.org !== (org ?? header.org)) return fail('org', `belongs to ${header.org}, the chain to ${org}`);
    if (header.at < at) return fail('at', `is earlier (${header.at}) than the record before it (${at})`);
    if (sha256(record.body) !== header.bodyDigest)
      return fail('body', 'the body does not match the digest in the header');
    const link = linkHash(hash, record.header, header.bodyDigest, sha256);
    if (link !== record.hash) return fail('hash', 'the hash does not follow from the record before it and this one');
    if (expected?.seq === header.seq && expected.hash !== link) {
      return fail(
        'fork',
        `sound, but not the record ${expected.seq} of the witness: history was rewritten or has forked`,
      );
    }
    ({ seq, at, org } = header);
    hash = link;
    return true;
  };

  const finish = (): Verification => {
    if (expected !== undefined && expected.seq > seq) {
      fail('truncated', `the chain ends after record ${seq}, the witness has seen record ${expected.seq}`);
    }
    const result = { ok: firstBad === undefined, count: seq - start.seq, head: { seq, hash } };
    return firstBad === undefined ? result : { ...result, firstBad };
  };

  return {
    get count() {
      return seq - start.seq;
    },
    push,
    fail,
    finish,
  };
}

function headerOf(record: SealedRecord, fail: (what: Fault, why: string) => false): ChainFields | null {
  try {
    return readChainFields(record.header);
  } catch (error) {
    fail('header', error instanceof Error ? error.message : String(error));
    return null;
  }
}
