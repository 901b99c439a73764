import type { SealedRecord } from '../../chain.ts';
import type { RecordHeader } from '../../header.ts';

/** A stored record as SQLite returns it. */
export interface Row {
  readonly seq: number;
  readonly header: string;
  readonly body: string;
  readonly hash: Uint8Array;
}

export function toSealed({ header, body, hash }: Row): SealedRecord {
  return { header, body, hash: hashText(hash) };
}

export function hashText(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex');
}

/** Values of one stored record. */
export const COLUMNS = 9;

/** One record as the values of its columns. */
export function insertValues(header: RecordHeader, record: SealedRecord): (string | number | null)[] {
  const { seq, at, kind, stream, correlation, actor } = header;
  return [seq, at, kind, stream, correlation, actor.seat ?? null, record.header, record.body, record.hash];
}
