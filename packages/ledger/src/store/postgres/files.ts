import { Buffer } from 'node:buffer';
import type { Runner } from './database.ts';

/** Small files of an organisation that every node needs: installed packs, keys of the log. Names are free text. */
export interface Files {
  get(name: string): Promise<Uint8Array | null>;
  /** Durable when resolved. @returns what is stored now: what was there before stays, unless `replace`. */
  put(name: string, bytes: Uint8Array, how?: { readonly replace?: boolean }): Promise<Uint8Array>;
  /** Puts it only where `before` is (null: nothing). @returns whether it was. */
  swap(name: string, before: Uint8Array | null, bytes: Uint8Array): Promise<boolean>;
}

const GET = 'SELECT bytes FROM file WHERE org = $1 AND name = $2';
const INSERT = 'INSERT INTO file (org, name, bytes) VALUES ($1, $2, $3) ON CONFLICT (org, name) DO ';
const KEEP = `${INSERT}NOTHING`;
const ADD = `${KEEP} RETURNING 1`;
const SWAP = 'UPDATE file SET bytes = $3 WHERE org = $1 AND name = $2 AND bytes = $4 RETURNING 1';
const SEALED = `SELECT org, name, bytes FROM file WHERE name NOT LIKE 'pack/%' ORDER BY org, name`;
const REPLACE = `${INSERT}UPDATE SET bytes = excluded.bytes`;

/** @param org `id` of the organisation's store */
export function tableFiles(run: Runner, org: number): Files {
  const get = async (name: string): Promise<Uint8Array | null> => {
    const [row] = await run.run<{ bytes: Buffer }>(GET, [org, name]);
    return row === undefined ? null : Uint8Array.from(row.bytes);
  };
  return {
    get,
    put: async (name, bytes, { replace = false } = {}) => {
      await run.run(replace ? REPLACE : KEEP, [org, name, Buffer.from(bytes)]);
      return (await get(name)) ?? bytes;
    },
    swap: async (name, before, bytes) => {
      const values = [org, name, Buffer.from(bytes)];
      const done = before === null ? run.run(ADD, values) : run.run(SWAP, [...values, Buffer.from(before)]);
      return (await done).length > 0;
    },
  };
}

export interface FileRow {
  readonly org: number;
  readonly name: string;
  readonly bytes: Buffer;
}

/** Those of all organisations but packs, which nothing is sealed in. */
export const filesOfAll = (run: Runner): Promise<FileRow[]> => run.run<FileRow>(SEALED);
