import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartError } from '../errors.ts';

/** The bytes of a small file, or null when there is none. */
export async function readOptional(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw startError(path, error);
  }
}

/** Writes a small file so that after a crash it is there whole or not at all; readable for this user only. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw startError(path, error);
  }
}

/** What a failed file operation means for a start. */
export function startError(path: string, error: unknown): Error {
  if (error instanceof StartError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StartError('no-space', `no space left at ${path}`, 'free some space and start again', error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new StartError(
      'not-writable',
      `${path} cannot be written: ${code === 'EROFS' ? 'the file system is read-only' : 'permission denied'}`,
      'make it writable for this user, or choose another folder with --data',
      error,
    );
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return new StartError('not-data', `${path} is not a folder`, 'choose another folder with --data', error);
  return new StartError('not-writable', `${path} cannot be used: ${message}`, 'check the path and the disk', error);
}
