/** Planted bugs where personal values are sealed: something of those who were forgotten is left, or of others is not. */
import { type KeyStore, SNAPSHOTS, type SubjectKey } from '@reeve/ledger';
import type { Mutant } from './craft.ts';

const keysWith =
  (change: (keys: KeyStore) => Partial<KeyStore>): Mutant['plant'] =>
  () => ({ keys: (keys) => ({ ...keys, ...change(keys) }) });

const shared: Mutant['plant'] = () => ({
  keys: (keys) => {
    const same = async (subjects: Iterable<string>) => {
      const all = [...subjects];
      const [key] = [...(await keys.ensure(['everybody'])).values()];
      return new Map(all.map((subject) => [subject, key!]));
    };
    return { ...keys, ensure: same, destroy: () => keys.destroy(['everybody']) };
  },
});

/** A process goes on reading with keys it has seen once. */
const cached: Mutant['plant'] = () => ({
  keys: (keys) => {
    const seen = new Map<string, SubjectKey>();
    return {
      ...keys,
      byId: (id) => {
        const key = keys.byId(id) ?? seen.get(id) ?? null;
        if (key !== null) seen.set(id, key);
        return key;
      },
    };
  },
});

/** Gone for this process; the next one finds it again, and hides it again. */
const hidden: Mutant['plant'] = () => ({
  keys: (keys) => {
    const gone = new Set<string>();
    return {
      ...keys,
      byId: (id) => (gone.has(id) ? null : keys.byId(id)),
      destroy: async (subjects, ids = []) => {
        const hidden = [...[...(await keys.ensure(subjects)).values()].map(({ id }) => id), ...ids];
        for (const id of hidden) gone.add(id);
        return hidden;
      },
    };
  },
});

/** The snapshot outlives the forgetting, and so does its key. */
const remembered: Mutant['plant'] = () => ({
  keys: (keys) => ({
    ...keys,
    destroy: (subjects, ids) =>
      keys.destroy(
        subjects.filter((one) => one !== SNAPSHOTS),
        ids,
      ),
  }),
  store: (store) => ({ ...store, snapshot: { ...store.snapshot, delete: async () => {} } }),
});

/** What is in the index once is not put there again. */
const firstPut: Mutant['plant'] = () => {
  const known = new Set<number>();
  return {
    words: (index) => ({
      ...index,
      put: (records, upTo) => {
        const fresh = records.filter(({ seq }) => !known.has(seq));
        for (const { seq } of fresh) known.add(seq);
        return index.put(fresh, upTo);
      },
    }),
  };
};

export const KEY_MUTANTS: readonly Mutant[] = [
  {
    id: 'key-kept',
    what: 'the key of who is forgotten is not destroyed',
    by: ['forgotten'],
    seed: 1,
    sealed: true,
    plant: keysWith(() => ({ destroy: async () => [] })),
  },
  {
    id: 'key-hidden',
    what: 'the key is destroyed in memory and stays on the disk',
    by: ['forgotten'],
    seed: 1,
    sealed: true,
    plant: hidden,
  },
  {
    id: 'key-cached',
    what: 'a key that was destroyed is still used by the process that had read with it',
    by: ['forgotten'],
    seed: 42,
    sealed: true,
    plant: cached,
  },
  {
    id: 'key-shared',
    what: 'all customers have one key: who forgets one forgets all',
    by: ['erased'],
    seed: 18,
    sealed: true,
    plant: shared,
  },
  {
    id: 'key-younger',
    what: 'keys are destroyed by the name of their customer only, so that one he had before or after is kept',
    by: ['forgotten'],
    seed: 36,
    sealed: true,
    plant: keysWith((keys) => ({ destroy: (subjects) => keys.destroy(subjects) })),
  },
  {
    id: 'not-sealed',
    what: 'what is personal goes to the ledger in the clear',
    by: ['forgotten'],
    seed: 6,
    sealed: true,
    plant: keysWith(() => ({ ensure: async () => new Map() })),
  },
  {
    id: 'snapshot-remembers',
    what: 'the snapshot is kept with its key when a customer is forgotten',
    by: ['forgotten'],
    seed: 5,
    sealed: true,
    plant: remembered,
  },
  {
    id: 'index-remembers',
    what: 'the index of words keeps what it had of who is forgotten',
    by: ['forgotten'],
    seed: 18,
    sealed: true,
    plant: firstPut,
  },
];
