import { StoreError } from '@reeve/ledger';
import { Unavailable } from '@reeve/runtime';
import { StartError } from '../errors.ts';

/** Opening failed because another node was faster. */
export const ownedElsewhere = (error: unknown): boolean => error instanceof StartError && error.code === 'in-use';

/**
 * [SRV73] What to answer when an organisation could not be opened: no bug of the request. Who asks may be anybody, so why is said to
 * the log alone.
 */
export function notOpened(organisation: string, { cause }: StartError): Unavailable {
  const again = cause instanceof StoreError && cause.next === 'retryable';
  const next = again
    ? 'send the same request again shortly'
    : 'see the log of the nodes: somebody has to mend it first';
  return new Unavailable('recovering', `"${organisation}" could not be opened`, next, again ? 1000 : null);
}
