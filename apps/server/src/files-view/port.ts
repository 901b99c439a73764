/** The folder the view is written to. A disk of its own, possibly slow: nobody waits for it but the view. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Folder {
  /** Replaces a file as a whole: who reads sees the old text or the new one. */
  write(path: string, text: string): Promise<void>;
  /** Of the view's own note alone; null when it is not there. */
  note(): Promise<string | null>;
}

/** Where the view remembers how far it has come. Everything else is only ever written. */
export const NOTE = '.reeve-files.json';

export function folderAt(root: string): Folder {
  const write = async (path: string, text: string): Promise<void> => {
    const target = join(root, path);
    const temporary = `${target}.tmp`;
    try {
      await put(target, temporary, text);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  };
  return { write, note: () => readFile(join(root, NOTE), 'utf8').catch(() => null) };
}

async function put(target: string, temporary: string, text: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(temporary, text);
  await rename(temporary, target);
}
