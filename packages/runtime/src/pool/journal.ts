/**
 * Where the answers that runs get from outside are kept: blobs, named on the ledger by their digest. What is about a
 * customer is sealed under his key, so that he can be forgotten.
 */
import { canonicalText, type KeyStore, personalBlobs, type Store } from '@reeve/ledger';
import { WorkFailure } from '@reeve/workers/port';

export interface Journal {
  /** Durable when resolved. `customer` is whom the run is about, or null. */
  keep(value: unknown, customer: string | null): Promise<{ readonly answer: string; readonly bytes: number }>;
  /** @throws WorkFailure when it is gone: what was paid for and acted upon cannot be asked for again. */
  read(answer: string, step: string): Promise<unknown>;
}

export function openJournal(inner: Store['blob'], keys: KeyStore | undefined): Journal {
  const blobs = keys === undefined ? null : personalBlobs(inner, keys);
  return {
    keep: async (value, customer) => {
      const bytes = Buffer.from(canonicalText(value));
      return { answer: await (blobs ? blobs.put(bytes, customer) : inner.put(bytes)), bytes: bytes.length };
    },
    read: async (answer, step) => {
      const found = await (blobs ?? inner).get(answer);
      if (found instanceof Uint8Array) return JSON.parse(Buffer.from(found).toString('utf8')) as unknown;
      const why = found === 'erased' ? 'its customer was forgotten' : 'its blob is missing';
      throw new WorkFailure('deterministic', `the answer of step ${step} cannot be read: ${why}`);
    },
  };
}
