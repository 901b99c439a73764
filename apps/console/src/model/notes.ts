/** Signed checkpoints: C2SP signed notes with Ed25519, and the Merkle tree of RFC 9162 whose root they sign. */
import { bytesOf, fromBase64, hexOf, joined, sha256 } from './digest.ts';

interface Key {
  readonly name: string;
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads `name+id+base64`; null for what is no key, or one whose id is not its own. */
export async function readKey(text: string): Promise<Key | null> {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = encoded === undefined ? null : fromBase64(encoded);
  if (name === undefined || bytes?.length !== 33 || bytes[0] !== 1) return null;
  const digest = await sha256(joined(bytesOf(`${name}\n`), bytes));
  return hexOf(digest).slice(0, 8) === id ? { name, id, bytes: bytes.slice(1) } : null;
}

interface Signed {
  readonly size: number;
  /** Hex. */
  readonly root: string;
}

export type Opened = { readonly ok: true; readonly checkpoint: Signed } | { readonly ok: false; readonly why: string };

const no = (why: string): Opened => ({ ok: false, why });

/** Is the note a checkpoint that one of these keys signed? */
export async function openNote(note: string, keys: readonly Key[]): Promise<Opened> {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const [origin, size = '', root = '', ...rest] = text.split('\n');
  const bytes = fromBase64(root);
  if (end < 1 || !/^(0|[1-9]\d{0,14})$/.test(size) || bytes?.length !== 32 || rest.join() !== '')
    return no('is no checkpoint');
  for (const line of note.slice(end + 2).split('\n')) {
    const [, name, encoded] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const signature = encoded === undefined ? null : fromBase64(encoded);
    const key = signature && keys.find((each) => each.name === name && each.id === hexOf(signature.subarray(0, 4)));
    if (!signature || !key || key.name !== origin) continue;
    if (!(await isSigned(key, text, signature.slice(4)))) return no('has a signature that is not good');
    return { ok: true, checkpoint: { size: Number(size), root: hexOf(bytes) } };
  }
  return no('is signed by none of the keys');
}

async function isSigned(key: Key, text: string, signature: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const imported = await crypto.subtle.importKey('raw', key.bytes, { name: 'Ed25519' }, false, ['verify']);
  return crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, bytesOf(text));
}

const nodeOf = (left: Uint8Array, right: Uint8Array) => sha256(joined(Uint8Array.of(1), left, right));

/** The tree so far: the roots of its perfect parts, the largest first. */
export class Tree {
  #parts: Uint8Array[] = [];
  size = 0;

  async add(recordHash: Uint8Array): Promise<void> {
    let right: Uint8Array = await sha256(joined(Uint8Array.of(0), recordHash));
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) right = await nodeOf(this.#parts.pop()!, right);
    this.#parts.push(right);
    this.size += 1;
  }

  /** Hex. */
  async root(): Promise<string> {
    let [right, ...rest] = [...this.#parts].reverse();
    if (right === undefined) return hexOf(await sha256(new Uint8Array()));
    for (const left of rest) right = await nodeOf(left, right);
    return hexOf(right);
  }
}
