import { type Audit, type AuditOptions, verifyLedger } from './audit.ts';
import { GENESIS, type SealedRecord } from './chain.ts';
import type { Reading } from './export.ts';
import { consistencyRanges, createRangeRoots, inclusionRanges, leafOf, type Range } from './merkle.ts';
import { type Checkpoint, parseCheckpoint } from './notes/checkpoint.ts';
import { parseNote } from './notes/note.ts';
import type { Proof } from './proof.ts';
import { sha256Node } from './sha256-node.ts';

/** Nothing can be proved from this ledger: it is not sound, or not signed as far as needed. */
export class Unprovable extends Error {
  readonly audit: Audit;
  constructor(why: string, audit: Audit) {
    super(why);
    this.name = 'Unprovable';
    this.audit = audit;
  }
}

/**
 * Proof that record `seq` is in the ledger, under its latest checkpoint. Reads the ledger twice, from its beginning: to
 * verify it, then to hash the path. `read` is `() => readEntries(file)` or `() => storeReading(…)`.
 *
 * @throws Unprovable if the ledger is not sound, or no checkpoint covers the record.
 */
export async function proveRecord(
  read: () => Promise<Reading>,
  seq: number,
  options: AuditOptions = {},
): Promise<Proof> {
  const { audit, note, checkpoint } = await soundly(read, options);
  if (!Number.isInteger(seq) || seq < 1 || seq > checkpoint.size) {
    const why = `record ${seq} is under no checkpoint: the latest covers records 1 to ${checkpoint.size}`;
    throw new Unprovable(why, audit);
  }
  const { roots, kept } = await hashed(read, inclusionRanges(seq - 1, checkpoint.size), [seq - 1, seq]);
  const previous = seq === 1 ? GENESIS.hash : (kept.get(seq - 1) as SealedRecord).hash;
  return {
    reeve: 'proof',
    format: 1,
    org: audit.org as string,
    record: kept.get(seq) as SealedRecord,
    previous,
    inclusion: roots,
    checkpoint: note,
  };
}

/**
 * The hashes that show a witness, who has seen the first `size` records, that the latest checkpoint only adds to them.
 *
 * @throws Unprovable if the ledger is not sound, or its latest checkpoint is of fewer records.
 */
export async function proveConsistency(
  read: () => Promise<Reading>,
  size: number,
  options: AuditOptions = {},
): Promise<{ readonly checkpoint: string; readonly proof: readonly string[] }> {
  const { audit, note, checkpoint } = await soundly(read, options);
  if (size > checkpoint.size) {
    throw new Unprovable(`the latest checkpoint is of ${checkpoint.size} records, fewer than ${size}`, audit);
  }
  const { roots } = await hashed(read, consistencyRanges(size, checkpoint.size), []);
  return { checkpoint: note, proof: roots };
}

async function soundly(
  read: () => Promise<Reading>,
  options: AuditOptions,
): Promise<{ audit: Audit; note: string; checkpoint: Checkpoint }> {
  const audit = await verifyLedger(read, options);
  if (audit.firstBad) throw new Unprovable(`the ledger is not sound: ${audit.firstBad.why}`, audit);
  if (!audit.signed) throw new Unprovable('the ledger has no checkpoint to prove anything with', audit);
  return { audit, note: audit.signed.note, checkpoint: parseCheckpoint(parseNote(audit.signed.note).text) };
}

/** Roots of the ranges, and the records with the numbers asked for. */
async function hashed(
  read: () => Promise<Reading>,
  ranges: readonly Range[],
  wanted: readonly number[],
): Promise<{ roots: string[]; kept: Map<number, SealedRecord> }> {
  const collector = createRangeRoots(ranges, sha256Node);
  const kept = new Map<number, SealedRecord>();
  let seq = 0;
  for await (const entry of (await read()).entries) {
    if (!('record' in entry)) continue;
    seq += 1;
    if (wanted.includes(seq)) kept.set(seq, entry.record);
    collector.add(leafOf(entry.record.hash, sha256Node));
  }
  return { roots: collector.roots(), kept };
}
