/** Cases counted by an outsider: over the records as text, with the auditor's reader, and none of the kernel's state [SIM22]. */
import type { SealedRecord } from '@reeve/ledger';
import { Numbers } from '../audit/numbers.ts';
import { type Entry, type Finding, Reader } from '../audit/records.ts';
import { Traffic } from '../audit/traffic.ts';

export interface CaseCount {
  readonly opened: number;
  readonly closed: number;
  readonly cancelled: number;
  readonly open: number;
  /** Open cases without an owner that exists. */
  readonly ownerless: readonly string[];
}

type Standing = 'open' | 'closed' | 'cancelled';

/** What becomes of a case with a record of this kind; others say nothing about it. */
const MOVES: Readonly<Record<string, Standing>> = {
  'case.opened': 'open',
  'case.closed': 'closed',
  'case.cancelled': 'cancelled',
  'case.reopened': 'open',
};

/** @param seats that there are at the end */
export function countCases(entries: readonly Entry[], seats: ReadonlySet<string>): CaseCount {
  const standing = new Map<string, Standing>();
  const owners = new Map<string, string>();
  for (const { kind, body } of entries) {
    const id = String(body.case);
    const move = MOVES[kind];
    if (move) standing.set(id, move);
    if (kind === 'case.opened') owners.set(id, String(body.owner));
    if (kind === 'case.assigned') owners.set(id, String(body.to));
  }
  const of = (wanted: Standing): string[] => [...standing].flatMap(([id, is]) => (is === wanted ? [id] : []));
  const open = of('open');
  return {
    ...{ opened: standing.size, closed: of('closed').length, cancelled: of('cancelled').length, open: open.length },
    ownerless: open.filter((id) => !seats.has(owners.get(id) ?? '')),
  };
}

/** All records in order; `findings` is what is wrong with chain, numbers and times, with who got which case, and with metrics. */
export function readLedger(records: readonly SealedRecord[]): { entries: Entry[]; findings: readonly Finding[] } {
  const [reader, counts] = [new Reader(), [new Traffic(), new Numbers()]];
  const entries = records.map((record) => reader.read(record));
  for (const entry of entries) for (const one of counts) one.apply(entry);
  return { entries, findings: [...reader.findings, ...counts.flatMap((one) => one.findings)] };
}
