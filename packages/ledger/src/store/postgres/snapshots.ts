import { createHash } from 'node:crypto';
import type { Snapshot, SnapshotStore } from '../port.ts';
import type { Database, Runner } from './database.ts';

// The checksum covers number, version, the hash of record `seq` and the bytes: one that was damaged, cut short, or taken of
// another chain is not believed. The bytes are cut into parts, since one value of PostgreSQL has at most 1 GB, half of it in hex.

const PART = 4 * 1024 * 1024;
const KEPT = 2;

const INSERT = `INSERT INTO snapshot (org, seq, version, hash, checksum) VALUES ($1, $2, $3, $4, $5)`;
const INSERT_PART = 'INSERT INTO snapshot_part (org, seq, part, bytes) VALUES ($1, $2, $3, $4)';
const DELETE_ONE = 'DELETE FROM snapshot WHERE org = $1 AND seq = $2';
const DELETE_OLD = `DELETE FROM snapshot WHERE org = $1 AND seq NOT IN
  (SELECT seq FROM snapshot WHERE org = $1 ORDER BY seq DESC LIMIT ${KEPT})`;
const LIST = 'SELECT seq, version, hash, checksum FROM snapshot WHERE org = $1 ORDER BY seq DESC';
const PARTS = 'SELECT bytes FROM snapshot_part WHERE org = $1 AND seq = $2 AND part >= $3 ORDER BY part LIMIT 4';

interface Row {
  readonly seq: string;
  readonly version: string;
  readonly hash: Buffer;
  readonly checksum: Buffer;
}

type HashAt = (run: Runner, seq: number) => Promise<string | undefined>;

const checksum = (seq: number, version: string, hash: string, bytes: Uint8Array): Buffer =>
  createHash('sha256').update(JSON.stringify({ seq, version, hash })).update(bytes).digest();

export function tableSnapshots(database: () => Database, org: number, hashAt: HashAt): SnapshotStore {
  const save = async (seq: number, version: string, bytes: Uint8Array): Promise<void> => {
    await database().transaction(async (tx) => {
      const hash = await hashAt(tx, seq);
      if (hash === undefined) throw new RangeError(`no snapshot of record ${seq}: the ledger has no such record`);
      await tx.run(DELETE_ONE, [org, seq]);
      await tx.run(INSERT, [org, seq, version, Buffer.from(hash, 'hex'), checksum(seq, version, hash, bytes)]);
      for (let part = 0; part * PART < bytes.length; part++)
        await tx.run(INSERT_PART, [org, seq, part, Buffer.from(bytes.subarray(part * PART, (part + 1) * PART))]);
      await tx.run(DELETE_OLD, [org]);
    });
  };
  return {
    save,
    load: async () => {
      const run = database();
      for (const row of await run.run<Row>(LIST, [org])) {
        const snapshot = await read(run, org, row, await hashAt(run, Number(row.seq)));
        if (snapshot !== null) return snapshot;
      }
      return null;
    },
    delete: async () => {
      await database().run('DELETE FROM snapshot WHERE org = $1', [org]);
    },
  };
}

/** The snapshot of a row, or null unless every byte is as it was saved, of the chain that has `chainHash` there. */
async function read(run: Runner, org: number, row: Row, chainHash: string | undefined): Promise<Snapshot | null> {
  const [seq, hash] = [Number(row.seq), row.hash.toString('hex')];
  if (hash !== chainHash) return null;
  const parts: Buffer[] = [];
  for (let more = true; more; ) {
    const found = await run.run<{ bytes: Buffer }>(PARTS, [org, seq, parts.length]);
    parts.push(...found.map(({ bytes }) => bytes));
    more = found.length > 0;
  }
  const bytes = Uint8Array.from(Buffer.concat(parts));
  return checksum(seq, row.version, hash, bytes).equals(row.checksum) ? { seq, version: row.version, bytes } : null;
}
