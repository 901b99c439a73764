import { verifyConsistency } from '../merkle.ts';
import { type Checkpoint, type CheckpointFault, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import {
  NoteError,
  type NoteSignature,
  noteText,
  parseNote,
  type VerifierKey,
  type VerifyPort,
  verifyNote,
} from './note.ts';

// A witness remembers the checkpoints it has seen, outside the operator's reach, and takes only such as continue them.
// Its file is JSON, one line each: {"seen": milliseconds, "note": signed note}. Free of node:*.

/** A checkpoint a witness has seen. */
export interface Seen extends Checkpoint {
  /** Milliseconds since 1970, by the witness's clock. */
  readonly seen: number;
  readonly note: string;
}

/** The line of a checkpoint, without its line feed. */
export function seenLine(note: string, seen: number): string {
  return JSON.stringify({ seen, note });
}

/** @throws NoteError naming the line that is not as a witness writes it. */
export function parseSeen(file: string): Seen[] {
  const lines = file.split('\n');
  if (lines.pop() !== '') throw new NoteError(`line ${lines.length + 1} of the witness file was cut short: remove it`);
  return lines.map((line, index) => {
    try {
      const { seen, note } = JSON.parse(line) as { seen: number; note: string };
      if (!Number.isSafeInteger(seen) || seenLine(note, seen) !== line) throw new NoteError('is not as it was written');
      return { ...parseCheckpoint(parseNote(note).text), seen, note };
    } catch (error) {
      throw new NoteError(`line ${index + 1} of the witness file is broken: ${(error as Error).message}`);
    }
  });
}

export type Witnessed =
  | { readonly ok: true; readonly checkpoint: Checkpoint /** Not seen before. */; readonly fresh: boolean }
  | { readonly ok: false; readonly what: CheckpointFault | 'older' | 'fork'; readonly why: string };

/**
 * May a witness that has seen `seen` take this checkpoint? It must be signed by the log, be no older than the latest seen
 * of that log, and `proof` (see `proveConsistency`) must show that it only adds to it.
 */
export async function judgeCheckpoint(
  seen: readonly Seen[],
  note: string,
  proof: readonly string[],
  keys: readonly VerifierKey[],
  port: VerifyPort,
): Promise<Witnessed> {
  const opened = await openCheckpoint(note, keys, port.ed25519);
  if (!opened.ok) return opened;
  const { checkpoint } = opened;
  const latest = latestSeen(seen, checkpoint.origin);
  if (latest === null) return { ok: true, checkpoint, fresh: true };
  if (checkpoint.size < latest.size) {
    const why = `it is of ${checkpoint.size} records, ${latest.size} were seen: an older state, or a history cut short`;
    return { ok: false, what: 'older', why };
  }
  if (!verifyConsistency(latest, checkpoint, checkpoint.size === latest.size ? [] : proof, port.sha256)) {
    const why = `nothing shows that the ${checkpoint.size} records begin with the ${latest.size} that were seen`;
    return { ok: false, what: 'fork', why };
  }
  return { ok: true, checkpoint, fresh: checkpoint.size > latest.size };
}

/** The largest checkpoint seen of a log, or null. */
export function latestSeen(seen: readonly Seen[], origin: string): Seen | null {
  const ofLog = seen.filter((each) => each.origin === origin);
  return ofLog.reduce<Seen | null>(
    (latest, each) => (latest !== null && latest.size >= each.size ? latest : each),
    null,
  );
}

/** The note with one more signature, in place of an earlier one of the same key. */
export function withSignature(note: string, signature: NoteSignature): string {
  const { text, signatures } = parseNote(note);
  const others = signatures.filter(({ name, id }) => name !== signature.name || id !== signature.id);
  return noteText({ text, signatures: [...others, signature] });
}

/** The first of `seen` that the witness with this key did not sign, with why; null if it signed all. */
export async function firstUnsigned(
  seen: readonly Seen[],
  key: VerifierKey,
  port: VerifyPort,
): Promise<{ readonly index: number; readonly why: string } | null> {
  for (const [index, { note }] of seen.entries()) {
    const judged = await verifyNote(parseNote(note), key, port.ed25519);
    if (!judged.ok) return { index, why: judged.why };
  }
  return null;
}
