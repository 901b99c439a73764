import type { RecordEntry } from '@reeve/kernel';
import { protect } from './erasure.ts';
import { customerSubject, type KeyStore } from './keys.ts';

/** The customer of a case, as the state knows it; undefined for no such case. */
export type CustomerOf = (caseId: string) => string | undefined;

const CASE = /^C-\d+$/;

/**
 * Whom a record is about: the customer of its case, or nobody. Everything that happens in a case, by whomever, is about its
 * customer. The case is the one the body names, else the one the record is correlated with.
 */
export function subjectOf(record: RecordEntry, customerOf: CustomerOf): string | null {
  const body = record.body as { case?: string | null; customer?: string | null };
  // A standing grant may be bound to a customer without a case, or come with an approval in one.
  const grant = record.kind === 'grant.given';
  // What is remembered of somebody is about him whether or not a case is named.
  const remembered = record.kind.startsWith('belief.') || record.kind.startsWith('skill.');
  if ((grant || remembered || record.kind === 'case.opened') && body.customer) return customerSubject(body.customer);
  const id = body.case === undefined || (grant && body.case === null) ? record.correlation : body.case;
  const customer = id === null || !CASE.test(id) ? undefined : customerOf(id);
  return customer === undefined ? null : customerSubject(customer);
}

/**
 * A batch of records, ready to be sealed into the chain: what is personal in them is sealed under the keys of their
 * subjects, and those keys are durable. For the runtime, between deciding and appending.
 */
export async function protectAll<E extends RecordEntry>(
  records: readonly E[],
  customerOf: CustomerOf,
  keys: KeyStore,
): Promise<E[]> {
  const opened = new Map(records.flatMap((record) => openedBy(record)));
  const known: CustomerOf = (id) => opened.get(id) ?? customerOf(id);
  const subjects = records.map((record) => subjectOf(record, known));
  const found = await keys.ensure(subjects.filter((subject) => subject !== null));
  return records.map((record, i) => protect(record, () => found.get(subjects[i] ?? '') ?? null));
}

/** Cases opened in the batch itself. */
function openedBy({ kind, body }: RecordEntry): [string, string][] {
  const { case: id, customer } = body as { case: string; customer: string };
  return kind === 'case.opened' ? [[id, customer]] : [];
}
