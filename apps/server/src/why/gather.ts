/** Reads from the ledger what explains an operation. The explanation itself is in explain.ts. */
import type { Definition, KernelRecord } from '@reeve/kernel';
import type { Explanation, Why } from '@reeve/protocol';
import type { Archive } from '../archive.ts';
import { allRecords } from '../views/ledger.ts';
import { none } from '../views/page.ts';
import { decisionsOf } from '../views/routing.ts';
import { type Dossier, explain, ofKind } from './explain.ts';
import type { Reader } from './explained.ts';
import { gapOf } from './gap.ts';
import { handsOf } from './hands.ts';

/** Operations of one case that are explained at most, the newest. */
const MOST = 100;

/**
 * Why an operation (`OP-…`), the operation of an approval (`A-…`), or all of a case (`C-…`) happened.
 * @throws Refusal `not-found`
 */
export async function whyOf(runtime: Reader, archive: Archive, asked: string): Promise<Why> {
  const ids = await operationsOf(archive, asked);
  const definitions = new Map<number, Definition | null>();
  const operations: Explanation[] = [];
  for (const id of ids) {
    const dossier = await gather(archive, id, runtime.org, definitions);
    if (dossier) operations.push(await runtime.read((state) => explain(state, dossier)));
  }
  if (operations.length === 0 && !asked.startsWith('C-')) throw none('operation', asked);
  if (!asked.startsWith('C-')) return { asked, operations };
  const gap = await gapOf(runtime, archive, asked);
  const routing = decisionsOf(await allRecords(archive, { stream: `case/${asked}`, kind: 'case.routed' }));
  const hands = await handsOf(archive, asked, (seq) => definitionAt(archive, runtime.org, seq, definitions));
  return {
    ...{ asked, operations, hands },
    ...(gap === null ? {} : { gap }),
    ...(routing.length === 0 ? {} : { routing }),
  };
}

async function operationsOf(archive: Archive, asked: string): Promise<string[]> {
  if (asked.startsWith('OP-')) return [asked];
  if (asked.startsWith('A-')) {
    const records = await allRecords(archive, { stream: `approval/${asked}`, kind: 'approval.requested' });
    if (records.length === 0) throw none('approval', asked);
    return ofKind(records, 'approval.requested').map((record) => record.body.operation);
  }
  const { records } = await archive.store.history({ stream: `case/${asked}`, limit: 1 });
  if (records.length === 0) throw none('case', asked);
  const requested = await allRecords(archive, { correlation: asked, kind: 'operation.requested' });
  return ofKind(requested, 'operation.requested')
    .map((record) => record.body.operation)
    .slice(-MOST);
}

async function gather(
  archive: Archive,
  id: string,
  org: string,
  definitions: Map<number, Definition | null>,
): Promise<Dossier | null> {
  const operation = await allRecords(archive, { stream: `operation/${id}` });
  const requested = ofKind(operation, 'operation.requested')[0];
  if (!requested) return null;
  const { correlation } = requested;
  const approvals = await allRecords(archive, { correlation, kind: 'approval.' });
  const reserved = await allRecords(archive, { correlation, kind: 'budget.reserved' });
  const budget = await accountsOf(archive, id, reserved);
  const { run } = requested.body;
  const decided = ofKind(operation, 'operation.decided').at(-1);
  return {
    requested,
    operation,
    approvals: approvals.filter((record) => (record.body as { operation?: string }).operation === id),
    budget,
    interventions: (await allRecords(archive, { correlation, kind: 'seat.intervened' })).filter(
      (record) => record.kind === 'seat.intervened' && (record.body.run === null || record.body.run === run),
    ),
    run: run === null ? [] : await allRecords(archive, { stream: `run/${run}` }),
    definition: await definitionAt(archive, org, (decided ?? requested).seq, definitions),
  };
}

/** Reservations of the operation with what became of them, which may stand under another correlation. */
async function accountsOf(archive: Archive, id: string, reserved: readonly KernelRecord[]): Promise<KernelRecord[]> {
  const mine = ofKind(reserved, 'budget.reserved').filter((record) => record.body.operation === id);
  const streams = await Promise.all(mine.map((record) => allRecords(archive, { stream: record.stream })));
  return streams.flat();
}

/** The definition in force when record `seq` was written. */
async function definitionAt(
  archive: Archive,
  org: string,
  seq: number,
  known: Map<number, Definition | null>,
): Promise<Definition | null> {
  const query = { stream: `organisation/${org}`, kind: 'organisation.applied', seq: { to: seq }, limit: 1 } as const;
  const { records } = await archive.store.history(query);
  const record = records.map(archive.recordOf)[0];
  if (record?.kind !== 'organisation.applied') return null;
  if (!known.has(record.seq)) known.set(record.seq, record.body.changed);
  return known.get(record.seq) ?? null;
}
