import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Audit, type AuditOptions, verifyLedger } from '../audit.ts';
import type { Reading } from '../export.ts';
import { sha256Node } from '../sha256-node.ts';
import { makeDirectory, syncDirectory } from '../store/sqlite/durable-file.ts';
import { parseVerifierKey } from './note.ts';
import type { Signer } from './signer.ts';
import { latestSeen, parseSeen, type Seen, seenLine, withSignature } from './witness.ts';

/** What a witness file holds; nothing if there is no such file. @throws NoteError naming a broken line. */
export async function readSeen(path: string): Promise<Seen[]> {
  try {
    return parseSeen(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Adds a checkpoint to a witness file; on disk when resolved. `seen` in milliseconds since 1970. */
export async function appendSeen(path: string, note: string, seen: number): Promise<void> {
  await makeDirectory(dirname(path));
  const file = await open(path, 'a', 0o600);
  try {
    await file.appendFile(`${seenLine(note, seen)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(dirname(path));
}

export interface WitnessOptions extends Omit<AuditOptions, 'witnessed'> {
  /** Keys of the log, known from elsewhere: a witness trusts no key that came with what it is to witness. */
  readonly keys: readonly string[];
  /** Cosigns what it takes, if given: a key made with `generateKey(name, 4)`. */
  readonly signer?: Signer;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Takes the latest checkpoint of a ledger into a witness file, if the ledger is sound and contains every checkpoint of it
 * the file has. Otherwise the file stays as it was and the audit says why.
 *
 * @returns the audit, and the note that was taken (cosigned, if there is a signer): null if it was known already.
 */
export async function witnessLedger(
  read: () => Promise<Reading>,
  path: string,
  { signer, now, ...options }: WitnessOptions,
): Promise<{ readonly audit: Audit; readonly taken: string | null }> {
  const names = options.keys.map((key) => parseVerifierKey(key, sha256Node).name);
  const seen = (await readSeen(path)).filter(({ origin }) => names.includes(origin));
  // A log this file has nothing of yet is taken on first use.
  const audit = await verifyLedger(read, seen.length === 0 ? options : { ...options, witnessed: seen });
  const { signed } = audit;
  if (!audit.ok || signed === undefined) return { audit, taken: null };
  if ((latestSeen(seen, signed.origin)?.size ?? -1) >= signed.size) return { audit, taken: null };
  const seconds = Math.floor(now / 1000);
  const { note } = signed;
  const taken = signer === undefined ? note : withSignature(note, signer.sign(textOf(note), seconds));
  await appendSeen(path, taken, now);
  return { audit, taken };
}

const textOf = (note: string): string => note.slice(0, note.lastIndexOf('\n\n') + 1);
