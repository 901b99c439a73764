import type { Files } from '@reeve/ledger/postgres';
import type { Shelf } from '../data/shelf.ts';
import type { SecretRing } from './ring.ts';

const PREFIX = 'shelf/';

/** Name under which a file of a shelf is sealed: of this organisation's alone. */
export const sealedName = (organisation: string, name: string): string => `${organisation}/${name}`;

/**
 * [SRV56] Tokens and sessions where every node sees them: sealed, so that who has the database alone lets nobody in, and written
 * only on top of what was read, so that a deposed owner undoes nothing.
 */
export function databaseShelf(files: Files, ring: SecretRing, organisation: string): Shelf {
  const seen = new Map<string, Uint8Array | null>();
  return {
    read: async (name) => {
      const bytes = await files.get(PREFIX + name);
      seen.set(name, bytes);
      const found = bytes && ring.open(bytes, sealedName(organisation, PREFIX + name));
      return found ? Buffer.from(found.bytes).toString('utf8') : null;
    },
    write: async (name, text) => {
      const bytes = ring.seal(Buffer.from(text), sealedName(organisation, PREFIX + name));
      const done = await files.swap(PREFIX + name, seen.get(name) ?? null, bytes);
      if (done) seen.set(name, bytes);
      return done;
    },
  };
}
