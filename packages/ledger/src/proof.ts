import type { SealedRecord } from './chain.ts';
import { type RecordHeader, readHeader } from './header.ts';
import { linkHash } from './link.ts';
import { leafOf, verifyInclusion } from './merkle.ts';
import { type Checkpoint, type CheckpointFault, openCheckpoint } from './notes/checkpoint.ts';
import { parseVerifierKey, type VerifyPort } from './notes/note.ts';

// Proof that one record is in a signed ledger, to be checked with nothing but the log's verifier key. Nothing here or in
// what it imports is of Node, so that a browser can do it.

/** A proof file: one JSON object, one line. */
export interface Proof {
  readonly reeve: 'proof';
  readonly format: 1;
  readonly org: string;
  readonly record: SealedRecord;
  /** Hash of the record before; 64 zeros before the first. */
  readonly previous: string;
  /** Path from the record's leaf to the root. */
  readonly inclusion: readonly string[];
  /** The signed note the root is in. */
  readonly checkpoint: string;
}

export type ProofFault = 'form' | 'header' | 'org' | 'body' | 'hash' | 'inclusion' | CheckpointFault;

export type ProofResult =
  | {
      readonly ok: true;
      readonly header: RecordHeader;
      readonly body: unknown;
      readonly checkpoint: Checkpoint;
    }
  | { readonly ok: false; readonly what: ProofFault; readonly why: string };

export function proofText(proof: Proof): string {
  const { org, record, previous, inclusion, checkpoint } = proof;
  const { header, body, hash } = record;
  const ordered = { reeve: 'proof', format: 1, org, record: { header, body, hash }, previous, inclusion, checkpoint };
  return `${JSON.stringify(ordered)}\n`;
}

/**
 * Judges a proof file by the log's verifier keys, any of which may have signed. Never throws for what is in the file.
 *
 * @throws NoteError for a key that is none.
 */
export async function verifyProof(file: string, keys: readonly string[], port: VerifyPort): Promise<ProofResult> {
  const verifiers = keys.map((key) => parseVerifierKey(key, port.sha256));
  const proof = parseProof(file);
  if (proof === null) return bad('form', 'the file is no proof, or not as it was written');
  const header = headerOf(proof);
  if ('ok' in header) return header;
  const fault = recordFault(proof, header, port);
  if (fault !== null) return fault;
  const opened = await openCheckpoint(proof.checkpoint, verifiers, port.ed25519);
  if (!opened.ok) return bad(opened.what, opened.why);
  const { checkpoint } = opened;
  const leaf = leafOf(proof.record.hash, port.sha256);
  const claim = { leaf, index: header.seq - 1, size: checkpoint.size, root: checkpoint.root };
  if (!verifyInclusion(claim, proof.inclusion, port.sha256)) {
    return bad('inclusion', `record ${header.seq} is not in the signed tree of ${checkpoint.size} records`);
  }
  return { ok: true, header, body: JSON.parse(proof.record.body) as unknown, checkpoint };
}

const bad = (what: ProofFault, why: string) => ({ ok: false, what, why }) as const;

function parseProof(file: string): Proof | null {
  try {
    const proof = JSON.parse(file) as Proof;
    const { org, record, previous, inclusion, checkpoint } = proof;
    const texts = [org, record.header, record.body, record.hash, previous, checkpoint, ...inclusion];
    const hashes = [record.hash, previous, ...inclusion].every((hash) => /^[0-9a-f]{64}$/.test(hash));
    return texts.every((text) => typeof text === 'string') && hashes && proofText(proof) === file ? proof : null;
  } catch {
    return null;
  }
}

function headerOf({ record, org }: Proof): RecordHeader | ReturnType<typeof bad> {
  try {
    const header = readHeader(record.header);
    return header.org === org ? header : bad('org', `the record belongs to ${header.org}, the proof says ${org}`);
  } catch (error) {
    return bad('header', (error as Error).message);
  }
}

function recordFault({ record, previous }: Proof, header: RecordHeader, { sha256 }: VerifyPort) {
  if (sha256(record.body) !== header.bodyDigest) return bad('body', 'the body does not match the digest in the header');
  if (linkHash(previous, record.header, header.bodyDigest, sha256) !== record.hash) {
    return bad('hash', 'the hash does not follow from the record before it and this one');
  }
  return null;
}
