/** The log of a case as JSON Lines (R-D21), read from the ledger: as often as it is written, it is the same [FIL4]. */
import type { KernelRecord } from '@reeve/kernel';
import { hasErased } from '@reeve/ledger';
import type { Archive } from '../archive.ts';
import { sentence } from '../sentences.ts';

/** Lines of one file; what comes after goes into the next one, so that a file that is full never changes. */
const LINES = 1000;

const SHARD = 1000;

/** `cases/00000/C-12.jsonl`; the second file of a long case is `C-12.2.jsonl`. */
function casePath(id: string, part: number): string {
  const shard = String(Math.floor(Number(id.slice(2)) / SHARD)).padStart(5, '0');
  return `cases/${shard}/${id}${part === 1 ? '' : `.${part}`}.jsonl`;
}

const lineOf = (record: KernelRecord): string =>
  JSON.stringify({
    timestamp: new Date(record.at).toISOString(),
    seq: record.seq,
    event: record.kind,
    by: record.actor.seat ?? record.actor.principal,
    text: sentence(record),
  });

/** Where the file begins that still grows. */
export interface Place {
  readonly part: number;
  /** Record it begins with. */
  readonly from: number;
}

export interface CaseLog {
  readonly files: readonly (readonly [string, string])[];
  readonly place: Place;
  /** Was the customer forgotten, as far as these records say? Null when they do not. */
  readonly erased: boolean | null;
}

/** Files of a case from a place on; all of them from the first. */
export async function caseLog(archive: Archive, id: string, start: Place = { part: 1, from: 1 }): Promise<CaseLog> {
  const files: [string, string][] = [];
  let { part, from } = start;
  let erased: boolean | null = null;
  for (;;) {
    const { records, next } = await archive.store.history({
      correlation: id,
      order: 'oldest',
      limit: LINES,
      seq: { from },
    });
    const opened = records.map(archive.recordOf);
    for (const record of opened) if (record.kind === 'case.opened') erased = hasErased(record.body.customer);
    if (opened.length > 0) files.push([casePath(id, part), `${opened.map(lineOf).join('\n')}\n`]);
    if (next === undefined) return { files, place: { part, from }, erased };
    from = opened.at(-1)!.seq + 1;
    part += 1;
  }
}
