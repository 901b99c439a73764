import type { RecordEntry } from '@reeve/kernel';
import { protect } from './erasure.ts';
import { customerSubject, type KeyStore } from './keys.ts';

/** The customer of a case, as the state knows it; undefined for no such case. */
export type CustomerOf = (caseId: string) => string | undefined;

const CASE = /^C-\d+$/;

/** What of a record says whom it is about: the same while it is sealed. */
interface About {
  readonly case?: string | null;
  readonly customer?: string | null;
}

/** A standing grant may be bound to a customer without a case, or come with an approval in one. */
const isGrant = ({ kind }: RecordEntry): boolean => kind === 'grant.given';

/** What is remembered of somebody is about him whether or not a case is named. */
const namesCustomer = (record: RecordEntry): boolean =>
  Boolean((record.body as About).customer) &&
  (isGrant(record) || record.kind.startsWith('belief.') || record.kind.startsWith('skill.'));

/** The case whose customer a record is about: the one its body names, else the one it is correlated with; null for none. */
export function caseOf(record: RecordEntry): string | null {
  if (namesCustomer(record)) return null;
  const { case: named } = record.body as About;
  const id = named === undefined || (isGrant(record) && named === null) ? record.correlation : named;
  return id !== null && CASE.test(id) ? id : null;
}

/**
 * Whom a record is about: the customer of its case, or nobody. Everything that happens in a case, by whomever, is about its
 * customer.
 */
export function subjectOf(record: RecordEntry, customerOf: CustomerOf): string | null {
  const { customer: named } = record.body as About;
  if (named && (namesCustomer(record) || record.kind === 'case.opened')) return customerSubject(named);
  const id = caseOf(record);
  const customer = id === null ? undefined : customerOf(id);
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
