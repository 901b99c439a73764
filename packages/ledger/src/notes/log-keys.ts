import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Node } from '../sha256-node.ts';
import { writeDurably } from '../store/sqlite/durable-file.ts';
import { signerFile } from './key-file.ts';
import { NoteError, parseVerifierKey, verifierKeyText } from './note.ts';
import { openSigner, type Signer } from './signer.ts';

// A data directory keeps its log's keys in two files: `keys/ledger.key`, the signing key, for this user only; and
// `ledger.pub`, one verifier key a line: every key the log ever had, the newest last, because old checkpoints need theirs.

/** Who signs the checkpoints of an organisation, and every verifier key of that log, the newest last. */
export interface LogKeys {
  readonly signer: Signer;
  readonly keys: readonly string[];
}

const SECRET = join('keys', 'ledger.key');
const PUBLIC = 'ledger.pub';

/**
 * The keys of the log in a data directory, made if there are none. A signing key that is not in `ledger.pub` is added there:
 * that is how a log changes its key.
 *
 * @throws NoteError if a file holds something else, TypeError if the key is of another organisation.
 */
export async function openLogKeys(data: string, org: string): Promise<LogKeys> {
  // The name of a key has neither spaces nor "+"; ids of organisations may.
  const signer = await signerFile(join(data, SECRET), `reeve/${encodeURIComponent(org)}`);
  const current = verifierKeyText(signer.key);
  const known = (await linesOf(join(data, PUBLIC))) ?? [];
  for (const line of known) checkLine(line);
  if (known.at(-1) === current) return { signer, keys: known };
  const keys = [...known.filter((key) => key !== current), current];
  await writeDurably(join(data, PUBLIC), [Buffer.from(keys.map((key) => `${key}\n`).join(''))]);
  await chmod(join(data, PUBLIC), 0o644);
  return { signer, keys };
}

function checkLine(line: string): void {
  try {
    parseVerifierKey(line, sha256Node);
  } catch (error) {
    throw new NoteError(`${PUBLIC} was changed (${(error as Error).message}): put it back from a backup`);
  }
}

/**
 * The verifier keys a data directory names, the newest last, as they stand there; none if it has none. Makes nothing.
 */
export async function readLogKeys(data: string): Promise<readonly string[]> {
  const known = await linesOf(join(data, PUBLIC));
  if (known !== null) return known;
  const [secret] = (await linesOf(join(data, SECRET))) ?? [];
  return secret === undefined ? [] : [verifierKeyText(openSigner(secret).key)];
}

async function linesOf(path: string): Promise<string[] | null> {
  try {
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
