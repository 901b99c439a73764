import { open, type SealedRecord, type Store } from '@reeve/ledger';

/** File of a backup with the ids of the keys that forgetting has destroyed, one a line. They name nobody. */
export const ERASED_KEYS = 'erased-keys';

const keyOf = (sealed: SealedRecord): string[] => {
  const { $sealed } = open(sealed).body as { $sealed?: { key: string } };
  return $sealed ? [$sealed.key] : [];
};

/** Ids of the keys of everybody this ledger knows to be forgotten. */
export async function erasedKeys(store: Pick<Store, 'history'>): Promise<string[]> {
  const ids = new Set<string>();
  let cursor: string | undefined;
  do {
    const more = cursor === undefined ? {} : { cursor };
    const page = await store.history({ kind: 'customer.forgotten', order: 'oldest', limit: 1000, ...more });
    for (const sealed of page.records) {
      const { cases } = open(sealed).body as { cases: string[] };
      for (const id of cases) {
        const { records } = await store.history({ stream: `case/${id}`, kind: 'case.opened', limit: 1 });
        for (const key of records.flatMap(keyOf)) ids.add(key);
      }
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return [...ids];
}
