import type { HistoryPage, HistoryQuery } from '../port.ts';
import { planHistory } from '../shared.ts';
import type { Runner } from './database.ts';
import { columnText, type Row, toSealed } from './rows.ts';

type Condition = readonly [sql: string, value: string | number];

function conditions({ correlation, stream, seat, kind, at }: HistoryQuery, needle: string | null): Condition[] {
  const texts = {
    'correlation = ?': correlation,
    'stream = ?': stream,
    'seat = ?': seat,
    'starts_with(kind, ?)': kind,
  };
  const all: [string, string | number | undefined | null][] = [
    ...Object.entries(texts).map(([sql, text]): [string, string | undefined] => [
      sql,
      text === undefined ? text : columnText(text),
    ]),
    ['at >= ?', at?.from],
    ['at <= ?', at?.to],
    ['strpos(body, ?) > 0', needle],
  ];
  return all.filter((one): one is [string, string | number] => one[1] !== undefined && one[1] !== null);
}

/** One page of history of the organisation with this id. */
export async function history(run: Runner, org: number, query: HistoryQuery, headSeq: number): Promise<HistoryPage> {
  const { limit, low, high, newest, needle } = planHistory(query, headSeq);
  const where = conditions(query, needle);
  const sql =
    'SELECT seq, header, body, hash FROM record WHERE org = $1 AND seq BETWEEN $2 AND $3' +
    where.map(([text], i) => ` AND ${text.replace('?', `$${i + 5}`)}`).join('') +
    ` ORDER BY seq ${newest ? 'DESC' : 'ASC'} LIMIT $4`;
  const values = [org, low, high, limit + 1, ...where.map(([, value]) => value)];
  const rows = await run.run<Row>(sql, values);
  const records = rows.slice(0, limit).map(toSealed);
  return rows.length > limit ? { records, next: String(rows[limit - 1]?.seq) } : { records };
}
