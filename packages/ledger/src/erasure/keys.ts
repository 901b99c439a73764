import { randomBytes } from 'node:crypto';
import { type SubjectKey, wipe } from './sealing.ts';

/**
 * The keys of subjects. What is destroyed here is readable nowhere any more, so this is the only thing a backup must leave
 * out. One process uses it at a time: the owner of the organisation.
 */
export interface KeyStore {
  /** Takes notice of what former owners added and destroyed; called by each new owner before it reads the ledger. */
  refresh?(): Promise<void>;
  /** The keys of these subjects; new ones are durable when resolved, so that nothing is sealed under a key that is lost. */
  ensure(subjects: Iterable<string>): Promise<ReadonlyMap<string, SubjectKey>>;
  /** The key with this id, or null if there is none (any more). Needs no `this`: pass it to `reveal`. */
  readonly byId: (id: string) => SubjectKey | null;
  /**
   * Destroys the keys of these subjects and those with these ids, whosever they are: all or none is gone from the disk at any
   * time, and all are, from memory too, when resolved. Subjects without a key and ids of none are passed over, so that it can
   * be called again after a crash. Asked for again, a subject gets another key.
   *
   * @returns the ids of the keys that were destroyed.
   */
  destroy(subjects: readonly string[], ids?: readonly string[]): Promise<string[]>;
  /** Wipes what is in memory. Closing twice is fine. */
  close(): Promise<void>;
}

/** The subject of what concerns a customer. */
export const customerSubject = (customer: string): string => `customer:${customer}`;

/** The subject of snapshots, which hold what concerns everybody: their key goes whenever another one does. */
export const SNAPSHOTS = 'reeve:snapshots';

export function newKey(): SubjectKey {
  return { id: randomBytes(16).toString('base64url'), key: new Uint8Array(randomBytes(32)) };
}

/** Keys in memory, for simulations and tests. */
export function memoryKeys(make: () => SubjectKey = newKey): KeyStore {
  const bySubject = new Map<string, SubjectKey>();
  const byId = new Map<string, SubjectKey>();
  const add = (subject: string): SubjectKey => {
    const key = make();
    bySubject.set(subject, key);
    byId.set(key.id, key);
    return key;
  };
  return {
    ensure: async (subjects) => new Map([...subjects].map((each) => [each, bySubject.get(each) ?? add(each)])),
    byId: (id) => byId.get(id) ?? null,
    destroy: async (subjects, ids = []) => {
      const doomed = [...bySubject].filter(([subject, { id }]) => subjects.includes(subject) || ids.includes(id));
      for (const [subject, key] of doomed) {
        bySubject.delete(subject);
        byId.delete(key.id);
        wipe(key);
      }
      return doomed.map(([, { id }]) => id);
    },
    close: async () => {},
  };
}
