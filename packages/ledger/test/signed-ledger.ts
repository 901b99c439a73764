import { GENESIS, type SealedRecord } from '../src/chain.ts';
import { exportEntries, type Reading, readEntries } from '../src/export.ts';
import { makeCheckpoint, storeReading } from '../src/log.ts';
import { generateKey, openSigner } from '../src/notes/signer.ts';
import { sealedAfter } from '../src/store/contract-suite.ts';
import { type MemoryDisk, memoryDisk, memoryStore } from '../src/store/memory/index.ts';
import type { Store } from '../src/store/port.ts';

export interface SignedLedger {
  readonly store: Store;
  readonly disk: MemoryDisk;
  readonly verifier: string;
  readonly secret: string;
  readonly file: Buffer;
  readonly read: () => Promise<Reading>;
}

/** Key pairs, so that a ledger can be signed again as its operator would. */
export const KEYS = generateKey('reeve/acme');

/** A ledger of `sizes.at(-1)` records with a checkpoint at every one of `sizes`, and its export. */
export async function signedLedger(
  sizes: readonly number[],
  { keys = KEYS, change = () => ({}) }: { keys?: typeof KEYS; change?: (seq: number) => object } = {},
): Promise<SignedLedger> {
  const disk = memoryDisk();
  const store = memoryStore(disk);
  const lease = (await store.lease.acquire('test', 1000, 0)) as { epoch: number };
  for (const size of sizes) {
    const head = await store.head();
    const records: SealedRecord[] = sealedAfter(head.seq === 0 ? GENESIS : head, size - head.seq, change);
    await store.append(head, lease.epoch, records);
    await makeCheckpoint(store, openSigner(keys.secret));
  }
  const file = await fileOf(await storeReading(store, 'acme', [keys.verifier]));
  return { store, disk, ...keys, file, read: () => readEntries([file]) };
}

export async function fileOf(reading: Reading): Promise<Buffer> {
  const lines: string[] = [];
  for await (const line of exportEntries(reading)) lines.push(line);
  return Buffer.from(lines.join(''));
}
