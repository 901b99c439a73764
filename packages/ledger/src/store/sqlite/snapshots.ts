import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Node } from '../../sha256-node.ts';
import type { Snapshot, SnapshotStore } from '../port.ts';
import { fileError, readIfThere, syncDirectory, writeDurably } from './durable-file.ts';

// A snapshot file: SHA-256 of the rest (64 hex digits), line feed, JSON {seq, version, hash}, line feed, the bytes.
// `hash` is that of record `seq`, so that a snapshot of another chain (a restored backup, a copied file) is not believed.

const LINE_FEED = 10;
const KEPT = 2;

/** `hashAt(seq)` is the hash of record `seq` (of the empty ledger for 0), or undefined if there is no such record. */
export function fileSnapshots(directory: string, hashAt: (seq: number) => string | undefined): SnapshotStore {
  const pathOf = (seq: number) => join(directory, `snapshot-${seq}`);

  const save = async (seq: number, version: string, bytes: Uint8Array): Promise<void> => {
    const hash = hashAt(seq);
    if (hash === undefined) throw new RangeError(`no snapshot of record ${seq}: the ledger has no such record`);
    const head = Buffer.from(`${JSON.stringify({ seq, version, hash })}\n`);
    const checksum = sha256Node(Buffer.concat([head, bytes]));
    await writeDurably(pathOf(seq), [Buffer.from(`${checksum}\n`), head, bytes]);
    await remove((await list(directory)).slice(KEPT));
  };

  const load = async (): Promise<Snapshot | null> => {
    hashAt(0); // refuses a closed store
    for (const seq of await list(directory)) {
      const file = await readIfThere(pathOf(seq));
      const snapshot = file === null ? null : parse(file);
      if (snapshot !== null && snapshot.seq === seq && snapshot.hash === hashAt(seq)) {
        return { seq, version: snapshot.version, bytes: snapshot.bytes };
      }
    }
    return null;
  };

  const remove = async (seqs: readonly number[]): Promise<void> => {
    for (const seq of seqs) await rm(pathOf(seq), { force: true });
    await syncDirectory(directory);
  };

  return {
    save,
    load,
    delete: async () => {
      hashAt(0); // refuses a closed store
      await remove(await list(directory));
    },
  };
}

/** Sequence numbers of the snapshots there are, newest first. */
async function list(directory: string): Promise<number[]> {
  try {
    const names = (await readdir(directory)).filter((name) => /^snapshot-[0-9]{1,15}$/.test(name));
    return names.map((name) => Number(name.slice('snapshot-'.length))).sort((a, b) => b - a);
  } catch (error) {
    throw fileError(directory, error);
  }
}

/** What a snapshot file holds, or null unless every byte is as it was written. */
function parse(file: Uint8Array): (Snapshot & { readonly hash: string }) | null {
  const rest = file.subarray(65);
  const end = rest.indexOf(LINE_FEED);
  const intact = file[64] === LINE_FEED && end !== -1 && text(file.subarray(0, 64)) === sha256Node(rest);
  if (!intact) return null;
  const { seq, version, hash } = JSON.parse(text(rest.subarray(0, end))) as {
    seq: number;
    version: string;
    hash: string;
  };
  return { seq, version, hash, bytes: rest.subarray(end + 1) };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
