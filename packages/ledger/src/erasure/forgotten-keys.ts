import { open, type SealedRecord } from '../chain.ts';
import type { HistoryQuery, Store } from '../store/port.ts';
import { keyIdOf, SEALED } from './erasure.ts';
import { caseOf } from './subjects.ts';

type Found = Pick<Store, 'history'>;

/** Everything a query finds, oldest first. */
async function* everyFound(store: Found, query: HistoryQuery): AsyncGenerator<SealedRecord> {
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const from = cursor === undefined ? {} : { cursor };
    const { records, next } = await store.history({ ...query, order: 'oldest', limit: 1000, ...from });
    yield* records;
    cursor = next;
  }
}

/**
 * Ids of the keys that go with a `customer.forgotten`: those under which records of its cases were sealed before it. They are
 * more than one where a key was lost in between, because the customer then got another.
 */
export async function forgottenKeys(store: Found, forgotten: SealedRecord): Promise<string[]> {
  const { seq, body } = open(forgotten);
  const found = new Set<string>();
  for (const id of (body as { cases: readonly string[] }).cases) {
    for await (const sealed of everyFound(store, { correlation: id, text: SEALED, seq: { to: seq } })) {
      const record = open(sealed);
      const key = keyIdOf(record);
      if (key !== null && caseOf(record) === id) found.add(key);
    }
  }
  return [...found];
}

/** The same of everybody who was forgotten by the name of this case, or of all there are without one. */
export async function allForgottenKeys(store: Found, caseId?: string): Promise<string[]> {
  const stream = caseId === undefined ? {} : { stream: `case/${caseId}` };
  const found = new Set<string>();
  for await (const record of everyFound(store, { kind: 'customer.forgotten', ...stream }))
    for (const key of await forgottenKeys(store, record)) found.add(key);
  return [...found];
}
