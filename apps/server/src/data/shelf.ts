/** Where small files are kept that change as a whole: tokens and sessions. The data directory, or what all nodes see. */
import { join } from 'node:path';
import { readOptional, writeWhole } from './files.ts';

export interface Shelf {
  /** Null when there is none. */
  read(name: string): Promise<string | null>;
  /** Durable when resolved. False, and nothing written, when somebody else wrote since the latest `read` or `write` here. */
  write(name: string, text: string): Promise<boolean>;
}

/** A folder that this process has alone. */
export const folderShelf = (folder: string): Shelf => ({
  read: (name) => readOptional(join(folder, name)),
  write: async (name, text) => {
    await writeWhole(join(folder, name), text);
    return true;
  },
});

/** Gone with the process. */
export function memoryShelf(): Shelf {
  const files = new Map<string, string>();
  return {
    read: async (name) => files.get(name) ?? null,
    write: async (name, text) => {
      files.set(name, text);
      return true;
    },
  };
}
