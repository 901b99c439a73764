/** The files of a desk, on disk. */
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { DeskFile } from '@reeve/ledger';
import { Refusal } from '../errors.ts';

/** A desk is read whole, so it has bounds. */
const MOST = { files: 20_000, bytes: 1_000_000_000 } as const;

/** @throws Refusal for a path that is not absolute: the server's working folder is none of the caller's. */
export function absolute(directory: string): string {
  if (isAbsolute(directory)) return directory;
  throw new Refusal('malformed', 'directory: must be an absolute path', 'send the absolute path of the folder');
}

/** Paths of all files below a folder, sorted. @throws Refusal for what is neither file nor folder, and beyond the bounds. */
export async function pathsIn(directory: string): Promise<string[]> {
  const found: string[] = [];
  let bytes = 0;
  const walk = async (prefix: string): Promise<void> => {
    for (const entry of await readdir(join(directory, prefix), { withFileTypes: true })) {
      const path = prefix + entry.name;
      if (entry.isDirectory()) await walk(`${path}/`);
      else if (!entry.isFile())
        throw new Refusal(
          'invalid',
          `${path} is no plain file`,
          'a desk holds files and folders; replace or remove it',
        );
      else {
        bytes += (await lstat(join(directory, path))).size;
        found.push(path);
      }
      if (found.length > MOST.files || bytes > MOST.bytes)
        throw new Refusal('invalid', `a desk has at most ${MOST.files} files of ${MOST.bytes} bytes`, 'leave some out');
    }
  };
  await walk('').catch((error: unknown) => {
    if (error instanceof Refusal) throw error;
    throw new Refusal('invalid', `${directory} cannot be read: ${String(error)}`, 'check the path');
  });
  return found.sort();
}

/** `cases/C-12/…` is about the customer of C-12. */
export const caseOf = (path: string): string | null => /^cases\/(C-\d{1,15})\//.exec(path)?.[1] ?? null;

export async function* filesIn(
  directory: string,
  paths: readonly string[],
  about: (path: string) => string | null,
): AsyncGenerator<DeskFile> {
  for (const path of paths) yield { path, bytes: await readFile(join(directory, path)), about: about(path) };
}

/** @throws Refusal when the folder holds something: nothing is written over. */
export async function emptyFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0)
    throw new Refusal('conflict', `${directory} is not empty`, 'name a new or empty folder');
}

export async function writeIn(directory: string, path: string, bytes: Uint8Array): Promise<void> {
  const to = join(directory, path);
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, bytes);
}
