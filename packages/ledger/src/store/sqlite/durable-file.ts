import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StoreError, StoreFull, StoreUnavailable } from '../errors.ts';

/**
 * Writes a file so that after a crash at any moment it is there whole or not at all: temporary name, fsync, rename, fsync
 * of the directory. Missing directories are made, each made durable in its parent. `parts` are written one after another.
 *
 * @throws StoreFull if there is no space; StoreUnavailable for any other failure. Nothing is left under `path`.
 */
export async function writeDurably(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await makeDirectory(dirname(path));
    await writeAndSync(temporary, parts);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw fileError(path, error);
  }
}

async function writeAndSync(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a directory and its missing parents, for this user only, each entry durable. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

/** Makes the names in a directory durable. Windows cannot open directories and keeps names in its own journal. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The store's error for a failed file operation; store errors pass. */
export function fileError(path: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StoreFull(path, error);
  const help =
    code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'make it writable for this user' : 'check the disk';
  return new StoreUnavailable(
    'terminal',
    `${path} could not be read or written (${message}): ${help} and start again.`,
    {
      cause: error,
    },
  );
}

/** The bytes of a file, or null if there is none. */
export async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    const file = await open(path, 'r');
    try {
      const bytes = await file.readFile();
      // Not a Buffer: its `slice` shares memory where that of the type promised does not.
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileError(path, error);
  }
}
