import { Buffer } from 'node:buffer';
import type { Runner } from './database.ts';

/** Small files of an organisation that every node needs: installed packs, keys of the log. Names are free text. */
export interface Files {
  get(name: string): Promise<Uint8Array | null>;
  /** Durable when resolved. @returns what is stored now: what was there before stays, unless `replace`. */
  put(name: string, bytes: Uint8Array, how?: { readonly replace?: boolean }): Promise<Uint8Array>;
}

const GET = 'SELECT bytes FROM file WHERE org = $1 AND name = $2';
const INSERT = 'INSERT INTO file (org, name, bytes) VALUES ($1, $2, $3) ON CONFLICT (org, name) DO ';
const KEEP = `${INSERT}NOTHING`;
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
  };
}
