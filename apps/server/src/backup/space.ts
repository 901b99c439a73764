import { mkdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartError } from '../errors.ts';
import { FOLDERS, filesIn } from './manifest.ts';

/** What is left to the organisation on its own disk: a backup must not be what stops it. */
const LEFT = 64 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

/** Bytes of the files below a folder, 0 when there is none. */
async function bytesIn(root: string): Promise<number> {
  const paths = await filesIn(root).catch(() => []);
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(join(root, path)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Bytes that are free for this user where a folder is. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * A backup that does not fit is not begun.
 * @param data the data directory. @param to the folder to be made; the one above it is made here.
 * @throws StartError `no-space`
 */
export async function demandSpace(data: string, to: string): Promise<void> {
  const above = dirname(to);
  await mkdir(above, { recursive: true, mode: 0o700 });
  const sizes = await Promise.all(['ledger', ...FOLDERS].map((folder) => bytesIn(join(data, folder))));
  const needed = sizes.reduce((sum, size) => sum + size, 0);
  const shared = (await stat(data)).dev === (await stat(above)).dev;
  const free = await freeBytes(above);
  if (needed + (shared ? LEFT : 0) <= free) return;
  const [wanted, there] = [needed, free].map((bytes) => `${Math.ceil(bytes / MEGABYTE)} MB`);
  const kept = shared ? `, and ${LEFT / MEGABYTE} MB are left to the organisation` : '';
  throw new StartError(
    'no-space',
    `a backup needs up to ${wanted}, and ${there} are free at ${above}${kept}`,
    'free some space there (older backups can go), or have backups go to another disk',
  );
}
