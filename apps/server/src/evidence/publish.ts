import { appendSeen, latestSeen, parseCheckpoint, parseNote, readSeen } from '@reeve/ledger';

/** A checkpoint was signed, but could not be published. */
export class Unpublished extends Error {}

/** Writes a checkpoint where it was asked to be published. @throws Unpublished saying why it was not. */
export type Publish = (note: string) => Promise<void>;

/**
 * [SRV34] Copies each checkpoint into a witness file, best on another machine's disk: who rewrites the ledger must then rewrite
 * that file too. Nothing is written over what it has: a file that knows more, or something else, than this ledger is left alone.
 * @param path absolute; made when it is not there
 */
export function publishTo(path: string, now: () => number): Publish {
  let latest: { readonly size: number; readonly root: string } | null | undefined;
  return async (note) => {
    try {
      const own = parseCheckpoint(parseNote(note).text);
      latest ??= latestSeen(await readSeen(path), own.origin);
      if (latest === null || latest.size < own.size) await appendSeen(path, note, now());
      else if (latest.size > own.size || latest.root !== own.root) throw new Error(unlike(latest.size, own.size));
      latest = own;
    } catch (error) {
      throw new Unpublished(`its checkpoint could not be copied to ${path}: ${(error as Error).message}`);
    }
  };
}

const unlike = (theirs: number, own: number): string =>
  `a checkpoint of ${theirs} records is there that this ledger (${own} signed) does not continue; compare them with \`reeve ledger verify --witness\``;
