import type { RecordEntry } from '@reeve/kernel';
import type { SealedRecord } from '../../chain.ts';
import { hexArray, intArray, textArray } from './arrays.ts';

/** A stored record as the driver gives it. */
export interface Row {
  readonly seq: string;
  readonly header: string;
  readonly body: string;
  readonly hash: Buffer;
}

export const toSealed = ({ header, body, hash }: Row): SealedRecord => ({ header, body, hash: hash.toString('hex') });

/** A text as columns hold it: PostgreSQL has no NUL in texts and UTF-8 no lone surrogates, JSON's escapes have both. */
export const columnText = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Types of the columns of `insertArrays`, in its order. */
export const ARRAYS = ['int8', 'int8', 'text', 'text', 'text', 'text', 'text', 'text', 'bytea'] as const;

type Header = Omit<RecordEntry, 'body'>;

/** A batch as one array per column: seq, at, kind, stream, correlation, seat, header, body, hash. */
export function insertArrays(headers: readonly Header[], records: readonly SealedRecord[]): Buffer[] {
  const texts = (of: (header: Header) => string) => textArray(headers.map((header) => columnText(of(header))));
  return [
    intArray(headers.map(({ seq }) => seq)),
    intArray(headers.map(({ at }) => at)),
    texts(({ kind }) => kind),
    texts(({ stream }) => stream),
    texts(({ correlation }) => correlation),
    textArray(headers.map(({ actor }) => (actor.seat === undefined ? null : columnText(actor.seat)))),
    textArray(records.map(({ header }) => header)),
    textArray(records.map(({ body }) => body)),
    hexArray(records.map(({ hash }) => hash)),
  ];
}
