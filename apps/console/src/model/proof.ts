/** [WEB41] Judges the proof of one record with nothing but the verifier key of the ledger. */
import type { LedgerProof } from '@reeve/protocol';
import { bytesOf, fromHex, hexOf, joined, sha256 } from './digest.ts';
import { openNote, readKey } from './notes.ts';

export type ProofReport =
  | { readonly ok: true; readonly size: number; readonly steps: number }
  | { readonly ok: false; readonly why: string };

const no = (why: string): ProofReport => ({ ok: false, why });

/** Root of the tree that has this leaf at `index` of `size`, by the path (RFC 9162, 2.1.3.2); null for a path that does not fit. */
async function rootBy(leaf: Uint8Array, index: number, size: number, path: readonly string[]): Promise<string | null> {
  let [node, last, hash] = [index, size - 1, leaf];
  for (const step of path) {
    const sibling = fromHex(step);
    if (last === 0 || sibling === null) return null;
    const left = node % 2 === 1 || node === last;
    hash = await sha256(left ? joined(Uint8Array.of(1), sibling, hash) : joined(Uint8Array.of(1), hash, sibling));
    if (left) while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hexOf(hash) : null;
}

/** A proof file as parsed. */
type Proof = Omit<LedgerProof, 'inclusion'> & { readonly inclusion: readonly string[] };

export async function verifyProof(proof: Proof, key: string): Promise<ProofReport> {
  const known = await readKey(key);
  if (!known) return no('there is no key to check it with');
  const { record, previous, inclusion, checkpoint } = proof;
  const header = JSON.parse(record.header) as { seq: number; bodyDigest: string };
  const [before, hash] = [fromHex(previous), fromHex(record.hash)];
  if (!before || !hash) return no('a hash is not one');
  const body = await sha256(bytesOf(record.body));
  if (hexOf(body) !== header.bodyDigest) return no('the content is not what the header says');
  if (hexOf(await sha256(joined(before, bytesOf(record.header), body))) !== record.hash)
    return no('the hash is not that of the record');
  const opened = await openNote(checkpoint, [known]);
  if (!opened.ok) return no(`the checkpoint ${opened.why}`);
  const { size, root } = opened.checkpoint;
  const leaf = await sha256(joined(Uint8Array.of(0), hash));
  if ((await rootBy(leaf, header.seq - 1, size, inclusion)) !== root)
    return no('the path does not lead to what was signed');
  return { ok: true, size, steps: inclusion.length };
}
