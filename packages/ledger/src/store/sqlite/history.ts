import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { HistoryPage, HistoryQuery } from '../port.ts';
import { planHistory } from '../shared.ts';
import { type Row, toSealed } from './rows.ts';

/** Records looked at between two breaths of the event loop, when no index helps. About 10 ms. */
const SLICE = 20_000;

/** Conditions in the order of their parameters. `kind` compares a beginning, so that no wildcard needs escaping. */
function conditions(query: HistoryQuery, needle: string | null): [sql: string, ...values: (string | number)[]][] {
  const { correlation, stream, seat, kind, at } = query;
  const all: [string, ...(string | number | undefined | null)[]][] = [
    ['correlation = ?', correlation],
    ['stream = ?', stream],
    ['seat = ?', seat],
    ['substr(kind, 1, length(?)) = ?', kind, kind],
    ['at >= ?', at?.from],
    ['at <= ?', at?.to],
    ['instr(body, ?) > 0', needle],
  ];
  return all.filter(([, value]) => value !== undefined && value !== null) as [string, ...(string | number)[]][];
}

/** One page of history. Long scans run in slices, so that other work of the process goes on meanwhile. */
export async function history(
  use: () => DatabaseSyncInstance,
  query: HistoryQuery,
  headSeq: number,
  sliceSize = SLICE,
): Promise<HistoryPage> {
  const { limit, low, high, newest, needle } = planHistory(query, headSeq);
  const where = conditions(query, needle);
  const sql =
    `SELECT seq, header, body, hash FROM records WHERE ${['seq BETWEEN ? AND ?', ...where.map(([text]) => text)].join(' AND ')}` +
    ` ORDER BY seq ${newest ? 'DESC' : 'ASC'} LIMIT ?`;
  const values = where.flatMap(([, ...rest]) => rest);
  const slice = query.correlation === undefined && query.stream === undefined ? sliceSize : high;
  const rows: Row[] = [];
  for (let done = 0; done <= high - low && rows.length <= limit; done += slice) {
    if (done > 0) await new Promise(setImmediate);
    const [from, to] = newest ? [high - done - slice + 1, high - done] : [low + done, low + done + slice - 1];
    const bounds = [Math.max(low, from), Math.min(high, to)];
    rows.push(
      ...(use()
        .prepare(sql)
        .all(...bounds, ...values, limit + 1 - rows.length) as Row[]),
    );
  }
  const records = rows.slice(0, limit).map(toSealed);
  return rows.length > limit ? { records, next: String(rows[limit - 1]?.seq) } : { records };
}
