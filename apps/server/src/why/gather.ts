/** Reads from the ledger what explains an operation. The explanation itself is in explain.ts. */
import type { Definition, KernelRecord } from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import type { Explanation, Why } from '@reeve/protocol';
import type { Runtime } from '@reeve/runtime';
import { readRecord } from '@reeve/runtime';
import { allRecords } from '../views/ledger.ts';
import { none } from '../views/page.ts';
import { type Dossier, explain, ofKind } from './explain.ts';

/** Operations of one case that are explained at most, the newest. */
const MOST = 100;

/**
 * Why an operation (`OP-…`), the operation of an approval (`A-…`), or all of a case (`C-…`) happened.
 * @throws Refusal `not-found`
 */
export async function whyOf(runtime: Runtime, store: Store, asked: string): Promise<Why> {
  const ids = await operationsOf(store, asked);
  const definitions = new Map<number, Definition | null>();
  const operations: Explanation[] = [];
  for (const id of ids) {
    const dossier = await gather(store, id, runtime.org, definitions);
    if (dossier) operations.push(await runtime.read((state) => explain(state, dossier)));
  }
  if (operations.length === 0 && !asked.startsWith('C-')) throw none('operation', asked);
  return { asked, operations };
}

async function operationsOf(store: Store, asked: string): Promise<string[]> {
  if (asked.startsWith('OP-')) return [asked];
  if (asked.startsWith('A-')) {
    const records = await allRecords(store, { stream: `approval/${asked}`, kind: 'approval.requested' });
    if (records.length === 0) throw none('approval', asked);
    return ofKind(records, 'approval.requested').map((record) => record.body.operation);
  }
  const { records } = await store.history({ stream: `case/${asked}`, limit: 1 });
  if (records.length === 0) throw none('case', asked);
  const requested = await allRecords(store, { correlation: asked, kind: 'operation.requested' });
  return ofKind(requested, 'operation.requested')
    .map((record) => record.body.operation)
    .slice(-MOST);
}

async function gather(
  store: Store,
  id: string,
  org: string,
  definitions: Map<number, Definition | null>,
): Promise<Dossier | null> {
  const operation = await allRecords(store, { stream: `operation/${id}` });
  const requested = ofKind(operation, 'operation.requested')[0];
  if (!requested) return null;
  const { correlation } = requested;
  const approvals = await allRecords(store, { correlation, kind: 'approval.' });
  const reserved = await allRecords(store, { correlation, kind: 'budget.reserved' });
  const budget = await accountsOf(store, id, reserved);
  const { run } = requested.body;
  const decided = ofKind(operation, 'operation.decided').at(-1);
  return {
    requested,
    operation,
    approvals: approvals.filter((record) => (record.body as { operation?: string }).operation === id),
    budget,
    run: run === null ? [] : await allRecords(store, { stream: `run/${run}` }),
    definition: await definitionAt(store, org, (decided ?? requested).seq, definitions),
  };
}

/** Reservations of the operation with what became of them, which may stand under another correlation. */
async function accountsOf(store: Store, id: string, reserved: readonly KernelRecord[]): Promise<KernelRecord[]> {
  const mine = ofKind(reserved, 'budget.reserved').filter((record) => record.body.operation === id);
  const streams = await Promise.all(mine.map((record) => allRecords(store, { stream: record.stream })));
  return streams.flat();
}

/** The definition in force when record `seq` was written. */
async function definitionAt(
  store: Store,
  org: string,
  seq: number,
  known: Map<number, Definition | null>,
): Promise<Definition | null> {
  const query = { stream: `organisation/${org}`, kind: 'organisation.applied', seq: { to: seq }, limit: 1 } as const;
  const { records } = await store.history(query);
  const record = records.map(readRecord)[0];
  if (record?.kind !== 'organisation.applied') return null;
  if (!known.has(record.seq)) known.set(record.seq, record.body.changed);
  return known.get(record.seq) ?? null;
}
