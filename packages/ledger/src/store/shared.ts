import type { RecordEntry } from '@reeve/kernel';
import { checkOrder, fieldsOf, type Head, type SealedRecord } from '../chain.ts';
import { StoreUnavailable } from './errors.ts';
import type { HistoryQuery, StoredCheckpoint } from './port.ts';

// What every store does the same way, so that the adapters differ in storage only.

/** Headers of a batch that continues `before`. @throws TypeError if one cannot be read or does not continue it. */
export function readBatch(
  before: { seq: number; at: number },
  records: readonly SealedRecord[],
): Omit<RecordEntry, 'body'>[] {
  let previous = before;
  return records.map((record) => {
    const header = fieldsOf(record);
    checkOrder(previous, header);
    previous = header;
    return header;
  });
}

/** A history query with its defaults filled in, its cursor turned into bounds, its text escaped as in the body. */
export interface HistoryPlan {
  readonly query: HistoryQuery;
  readonly newest: boolean;
  readonly limit: number;
  readonly low: number;
  readonly high: number;
  /** Null: any body. */
  readonly needle: string | null;
}

/** @throws RangeError for a limit or cursor that is none. */
export function planHistory(query: HistoryQuery, headSeq: number): HistoryPlan {
  const { limit = 100, order = 'newest', cursor, text } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new RangeError(
      `a history page holds 1 to 1000 records, not ${limit}: use \`next\` as the cursor to get more`,
    );
  }
  const newest = order === 'newest';
  const past = cursor === undefined ? null : parseCursor(cursor);
  return {
    query,
    newest,
    limit,
    low: Math.max(1, query.seq?.from ?? 1, past === null || newest ? 1 : past + 1),
    high: Math.min(headSeq, query.seq?.to ?? headSeq, past === null || !newest ? headSeq : past - 1),
    needle: text === undefined || text === '' ? null : JSON.stringify(text).slice(1, -1),
  };
}

function parseCursor(cursor: string): number {
  if (!/^[1-9][0-9]{0,14}$/.test(cursor))
    throw new RangeError(`${JSON.stringify(cursor)} is no cursor: pass \`next\` of a page as it came`);
  return Number(cursor);
}

/**
 * May a checkpoint with this head and note follow `latest`? `hash` is that of record `head.seq`, if there is one.
 *
 * @throws RangeError saying why not.
 */
export function checkCheckpoint(
  head: Head,
  note: string,
  hash: string | undefined,
  latest: StoredCheckpoint | null,
): void {
  const why = checkpointFault(head, note, hash, latest);
  if (why !== null) throw new RangeError(`no checkpoint of ${head.seq} records: ${why}`);
}

function checkpointFault(
  head: Head,
  note: string,
  hash: string | undefined,
  latest: StoredCheckpoint | null,
): string | null {
  if (hash !== head.hash) return 'the ledger has no such record, or another one there';
  if (latest === null || latest.size < head.seq) return null;
  if (latest.size > head.seq) return `there is one of ${latest.size} already`;
  return signedText(latest.note) === signedText(note) ? null : 'another one of that size is signed; two are a fork';
}

const signedText = (note: string): string => note.slice(0, note.lastIndexOf('\n\n'));

/** @throws TypeError for what is no digest; this also keeps paths out of file names. */
export function checkDigest(digest: string): void {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new TypeError('a digest is 64 lower-case hex digits');
}

/** @throws TypeError for what is no word. */
export function checkWord(word: string): void {
  if (!/^[a-z0-9]{1,64}$/.test(word))
    throw new TypeError(`${JSON.stringify(word)} is no word: 1 to 64 lower-case letters and digits`);
}

export function closedError(): StoreUnavailable {
  return new StoreUnavailable('terminal', 'the store was closed: open it again');
}
