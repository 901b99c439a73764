import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Refusal } from '../errors.ts';

/** What a pack may hold at most, so that pointing at a home folder by mistake ends soon. */
const MOST = { files: 20_000, bytes: 512 * 1024 * 1024 } as const;

/** Not needed to run an organisation. */
const SKIPPED = new Set(['node_modules', 'test']);

interface Copy {
  readonly root: string;
  files: number;
  bytes: number;
}

/** Copies a folder, every file flushed to disk; leaves out dot files, tests, and links that lead outside. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await copyInto({ root: await realpath(from), files: 0, bytes: 0 }, from, to);
}

async function copyInto(copy: Copy, from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyInto(copy, source, target);
    else if (await isOurs(copy, entry, source)) await copyFile(copy, source, target);
  }
}

async function isOurs(copy: Copy, entry: Dirent, path: string): Promise<boolean> {
  if (entry.isFile()) return true;
  if (!entry.isSymbolicLink()) return false;
  const target = await realpath(path).catch(() => '');
  return target.startsWith(copy.root + sep) && (await stat(target)).isFile();
}

async function copyFile(copy: Copy, from: string, to: string): Promise<void> {
  copy.files += 1;
  copy.bytes += (await stat(from)).size;
  if (copy.files > MOST.files || copy.bytes > MOST.bytes)
    throw new Refusal(
      'invalid',
      `${copy.root} is too large for a pack: more than ${MOST.files} files or ${MOST.bytes / 1024 / 1024} MB`,
      'check that this is the right folder; keep large data outside the pack',
    );
  const file = await open(to, 'w', 0o600);
  try {
    await file.writeFile(await readFile(from));
    await file.sync();
  } finally {
    await file.close();
  }
}
