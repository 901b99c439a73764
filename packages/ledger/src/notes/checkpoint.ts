import { fromBase64, fromHex, toBase64, toHex } from '../bytes.ts';
import type { TreeHead } from '../merkle.ts';
import { type Ed25519Verify, NoteError, parseNote, type VerifierKey, verifyNote } from './note.ts';

// Checkpoints as C2SP tlog-checkpoint: a signed note of origin, size, base64 root, one a line. Free of node:*.
// The origin is the name of the log's key. More lines are allowed by the specification; Reeve writes none.

export interface Checkpoint extends TreeHead {
  /** Which log: the name of its key, e.g. `reeve.example.org/acme`. */
  readonly origin: string;
}

/** The text that is signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(fromHex(root))}\n`;
}

/** @throws NoteError if the text is no checkpoint. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, ...rest] = text.split('\n');
  const bytes = root === undefined ? null : fromBase64(root);
  if (!origin || !/^(0|[1-9][0-9]{0,14})$/.test(size ?? '') || bytes?.length !== 32 || rest.pop() !== '') {
    throw new NoteError('is no checkpoint: expected origin, size and root, each on its line');
  }
  return { origin, size: Number(size), root: toHex(bytes) };
}

/** Why a checkpoint is not believed. */
export type CheckpointFault = 'checkpoint' | 'origin' | 'signature';

export type Opened =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly key: VerifierKey }
  | { readonly ok: false; readonly what: CheckpointFault; readonly why: string };

/**
 * Reads a checkpoint and checks that one of the log's keys signed it. All keys bear the name of the log; there are several
 * when the key was changed. Never throws.
 */
export async function openCheckpoint(
  note: string,
  keys: readonly VerifierKey[],
  ed25519: Ed25519Verify,
): Promise<Opened> {
  try {
    const parsed = parseNote(note);
    const checkpoint = parseCheckpoint(parsed.text);
    const names = [...new Set(keys.map(({ name }) => name))];
    if (!names.includes(checkpoint.origin)) {
      const why = `the checkpoint is of the log ${checkpoint.origin}, the key of ${names.join(', ') || 'none'}`;
      return { ok: false, what: 'origin', why };
    }
    let why = '';
    for (const key of keys) {
      const judged = await verifyNote(parsed, key, ed25519);
      if (judged.ok && key.name === checkpoint.origin) return { ok: true, checkpoint, key };
      if (!judged.ok) why = judged.why;
    }
    return { ok: false, what: 'signature', why: `the checkpoint of ${checkpoint.size} records ${why}` };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return { ok: false, what: 'checkpoint', why: `the checkpoint ${error.message}` };
  }
}
