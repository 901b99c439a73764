/** Is a backup what it was when it was taken, and does its ledger verify? Nothing in it is opened for writing. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Head } from '@reeve/ledger';
import { bad, checkedManifest, type Manifest } from './manifest.ts';
import { type OnProgress, soundHead } from './take.ts';

/** Beginning of the names of the folders a check works in. */
export const CHECKING = '.check-';

const BLOBS = 'ledger/blobs/';

export interface CheckOptions {
  readonly path: string;
  /** Where there is room for a copy of the ledger, for a while. */
  readonly room: string;
  readonly onProgress?: OnProgress;
}

/**
 * [SRV87] Checks every file against the manifest, blobs against their names, and the chain and checkpoints of a copy of the ledger: opening a
 * database of an older version would bring it up to date.
 * @throws StartError `corrupt` naming what is wrong
 */
export async function checkBackup({ path, room, onProgress }: CheckOptions): Promise<Head> {
  const manifest = await checkedManifest(path, (done, of) => onProgress?.('sums', done, of));
  for (const { path: file, sha256 } of manifest.files)
    if (file.startsWith(BLOBS) && file.slice(BLOBS.length).replace('/', '') !== sha256)
      throw bad(path, `the blob ${file} is damaged`);
  const copy = await mkdtemp(join(room, CHECKING));
  try {
    return await headOfCopy(path, copy, manifest, onProgress);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function headOfCopy(path: string, copy: string, manifest: Manifest, onProgress?: OnProgress): Promise<Head> {
  onProgress?.('ledger', 0, null);
  for (const file of ['ledger/ledger.db', 'ledger.pub'])
    if (manifest.files.some((each) => each.path === file)) await cp(join(path, file), join(copy, file));
  const { organisation, head } = manifest;
  const found = await soundHead(copy, organisation, onProgress);
  if (found.seq === head.seq && found.hash === head.hash) return found;
  throw bad(path, 'its ledger does not end where it says');
}
