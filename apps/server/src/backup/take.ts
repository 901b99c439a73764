/** A backup: the data directory as of one moment of its ledger, taken beside a running server. */
import { cp, open, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Audit, allForgottenKeys, type Head, readLogKeys, storeReading, verifyLedger } from '@reeve/ledger';
import { copyDatabase, copyLedger, sqliteStore } from '@reeve/ledger/sqlite';
import { StartError } from '../errors.ts';
import {
  claim,
  ERASED_KEYS,
  FOLDERS,
  filesIn,
  finish,
  freeTarget,
  listFiles,
  MANIFEST,
  type Manifest,
} from './manifest.ts';
import { demandSpace } from './space.ts';

export interface BackupOptions {
  /** The data directory. */
  readonly data: string;
  readonly organisation: string;
  /** A folder that is not there yet. */
  readonly to: string;
  /** Where the keys go, another folder that is not there yet; left out unless given. */
  readonly keys?: string;
  readonly onProgress?: OnProgress;
}

/** What is being done: copying the ledger, copying files, following the chain, copying keys, adding up digests. */
export type Step = 'ledger' | 'files' | 'chain' | 'keys' | 'sums';
/** Told how far it is: how many of how many (null while nobody knows), in files or records. */
export type OnProgress = (step: Step, done: number, of: number | null) => void;

export interface BackupResult {
  readonly path: string;
  readonly head: Head;
  readonly files: number;
  readonly bytes: number;
  readonly keys: string | null;
}

/**
 * [SRV85] Takes a backup and verifies it before it gets its name. What fails leaves nothing; what is killed leaves a `….partial`.
 * @throws StartError when the target is there, the disk is too small, or the ledger is not sound; StoreError.
 */
export async function takeBackup(options: BackupOptions): Promise<BackupResult> {
  const to = resolve(options.to);
  const partial = await freeTarget(to);
  const keys = options.keys === undefined ? null : resolve(options.keys);
  const partialKeys = keys === null ? null : await freeTarget(keys);
  await demandSpace(options.data, to);
  await claim(partial);
  try {
    const manifest = await copied(options, partial, partialKeys);
    if (partialKeys !== null && keys !== null) await finish(partialKeys, keys);
    await finish(partial, to);
    const { head, files } = manifest;
    return { path: to, head, files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0), keys };
  } catch (error) {
    for (const left of [partial, partialKeys]) if (left !== null) await rm(left, { recursive: true, force: true });
    throw error;
  }
}

async function copied(options: BackupOptions, partial: string, partialKeys: string | null): Promise<Manifest> {
  const { data, organisation, onProgress = () => undefined } = options;
  onProgress('ledger', 0, null);
  // The ledger comes first: what it names (packs, blobs) was written before it, and is only ever added to.
  await copyLedger(join(data, 'ledger'), join(partial, 'ledger'));
  for (const name of ['reeve.json', 'ledger.pub']) await copyPlain(join(data, name), join(partial, name));
  onProgress('files', 0, null);
  await copyPlain(join(data, 'ledger', 'blobs'), join(partial, 'ledger', 'blobs'));
  for (const [n, folder] of FOLDERS.entries()) {
    onProgress('files', n, FOLDERS.length);
    await copyMixed(join(data, folder), join(partial, folder));
  }
  const head = await soundHead(partial, organisation, onProgress);
  const erased = await erasedIn(partial);
  await writeFlushed(join(partial, ERASED_KEYS), erased.map((id) => `${id}\n`).join(''));
  if (partialKeys !== null) {
    onProgress('keys', 0, null);
    await claim(partialKeys);
    await copyKeys(join(data, 'keys'), partialKeys);
  }
  const files = await listFiles(partial, (done, of) => onProgress('sums', done, of));
  const manifest: Manifest = { reeve: 'backup', format: 1, organisation, taken: new Date().toISOString(), head, files };
  await writeFlushed(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
  return manifest;
}

/** The head of a ledger that verifies. @throws StartError `corrupt` */
export async function soundHead(directory: string, organisation: string, onProgress?: OnProgress): Promise<Head> {
  const audit = await auditOf(directory, organisation, onProgress);
  if (!audit.firstBad) return audit.head;
  const { seq, why } = audit.firstBad;
  throw new StartError('corrupt', `the ledger is not sound at record ${seq}: ${why}`, 'run `reeve ledger verify`');
}

async function auditOf(directory: string, organisation: string, onProgress?: OnProgress): Promise<Audit> {
  const store = await sqliteStore({ directory: join(directory, 'ledger') });
  try {
    const keys = await readLogKeys(directory);
    const { seq } = await store.head();
    const onRecord = (count: number): void => onProgress?.('chain', count, seq);
    return await verifyLedger(() => storeReading(store, organisation, keys), { onRecord });
  } finally {
    await store.close();
  }
}

async function erasedIn(directory: string): Promise<string[]> {
  const store = await sqliteStore({ directory: join(directory, 'ledger') });
  try {
    return await allForgottenKeys(store);
  } finally {
    await store.close();
  }
}

/** Copies what is there. */
export async function copyPlain(from: string, to: string): Promise<void> {
  if ((await stat(from).catch(() => null)) === null) return;
  await cp(from, to, { recursive: true, errorOnExist: true, force: false });
}

const SQLITE = Buffer.from('SQLite format 3\0');

/** Copies a folder in which databases may be in use: each as of one moment, without the files beside it. */
async function copyMixed(from: string, to: string): Promise<void> {
  if ((await stat(from).catch(() => null)) === null) return;
  for (const path of await filesIn(from)) {
    if (/-(wal|shm|journal)$/.test(path)) continue;
    if (await isDatabase(join(from, path))) await copyDatabase(join(from, path), join(to, path));
    else await copyPlain(join(from, path), join(to, path));
  }
}

async function isDatabase(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(SQLITE.length), 0, SQLITE.length, 0);
    return buffer.equals(SQLITE);
  } finally {
    await file.close();
  }
}

async function copyKeys(from: string, to: string): Promise<void> {
  await copyDatabase(join(from, 'keys.db'), join(to, 'keys.db'));
  await copyPlain(join(from, 'ledger.key'), join(to, 'ledger.key'));
  await copySecrets(from, to);
}

/** [SRV103] What was stored with `reeve secret`, sealed, its key, and that of links in mails: as the other keys go along. */
export async function copySecrets(from: string, to: string): Promise<void> {
  for (const file of ['secrets.json', 'secrets.key', 'links.key'])
    if (await stat(join(from, file)).catch(() => null)) await copyPlain(join(from, file), join(to, file));
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Ids of keys in a file, one a line. @throws StartError for a line that is none. */
export async function readErased(path: string): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  const odd = lines.find((line) => !/^[\w-]{22}$/.test(line));
  if (odd === undefined) return lines;
  throw new StartError('corrupt', `${path} holds ${JSON.stringify(odd)}, which is no key id`, 'name the right file');
}
