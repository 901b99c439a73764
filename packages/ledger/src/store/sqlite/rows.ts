import type { RecordEntry } from '@reeve/kernel';
import type { SealedRecord } from '../../chain.ts';

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

/** One record as the values of its columns. */
export function insertValues(header: Omit<RecordEntry, 'body'>, record: SealedRecord): (string | number | null)[] {
  const { seq, at, kind, stream, correlation, actor } = header;
  return [seq, at, kind, stream, correlation, actor.seat ?? null, record.header, record.body, record.hash];
}

/** Records as one text, three lines each: it goes to another thread in a fraction of the time of their parts. */
export function linesOf(records: readonly SealedRecord[]): string {
  const lines: string[] = [];
  // Canonical JSON has no line breaks of its own.
  for (const { header, body, hash } of records) lines.push(header, body, hash);
  return lines.join('\n');
}
