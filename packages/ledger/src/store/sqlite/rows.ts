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

const COLUMNS = 9;

/** Statement that inserts `count` records at once. */
export function insertSql(count: number): string {
  const row = `(${Array.from({ length: COLUMNS }, () => '?').join(',')})`;
  return `INSERT INTO records (seq, at, kind, stream, correlation, seat, header, body, hash) VALUES ${Array.from({ length: count }, () => row).join(',')}`;
}

/** Parameters of `insertSql` for one record, in its order. */
export function insertValues(header: RecordHeader, record: SealedRecord): unknown[] {
  const { seq, at, kind, stream, correlation, actor } = header;
  return [
    seq,
    at,
    kind,
    stream,
    correlation,
    actor.seat ?? null,
    record.header,
    record.body,
    Buffer.from(record.hash, 'hex'),
  ];
}
