/** A ledger to be read from its beginning: an export, or the data directory, also beside a running server. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Reading, readEntries, readLogKeys, type Store, storeReading } from '@reeve/ledger';
import { readOrganisation } from './connect.ts';
import type { Context } from './context.ts';
import { openLedger } from './house.ts';

export interface LedgerSource {
  /** Path, to be shown. */
  readonly name: string;
  /** Number of records; null when only the end of the file tells. */
  readonly total: number | null;
  /** Every call reads it anew. */
  readonly read: () => Promise<Reading>;
}

/** Does something with an export, or with the ledger of the data directory. */
export async function withSource<T>(
  context: Context,
  file: string | undefined,
  work: (source: LedgerSource) => Promise<T>,
): Promise<T> {
  if (file !== undefined) return work(await fileSource(resolve(context.io.cwd, file)));
  const { organisation } = await readOrganisation(context.data);
  return withLedger(context, async (store) => {
    const keys = await readLogKeys(context.data);
    const { seq: total } = await store.head();
    return work({ name: context.data, total, read: () => storeReading(store, organisation, keys) });
  });
}

async function fileSource(path: string): Promise<LedgerSource> {
  await stat(path);
  return { name: path, total: null, read: () => readEntries(createReadStream(path)) };
}

export async function withLedger<T>(context: Context, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openLedger(context.data, context.store);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
