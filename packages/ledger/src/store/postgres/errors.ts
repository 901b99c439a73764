import { StoreCorrupt, StoreError, StoreFull, StoreUnavailable } from '../errors.ts';

/** Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FULL = new Set(['53100']);
const CORRUPT = new Set(['XX001', 'XX002']);
/** Not allowed, or no such role or database: no waiting helps. */
const REFUSED = /^(28|3D|42501|25006)/;
/** Connection lost or refused, shutting down, out of connections or memory, deadlock, serialisation, lock or statement time-out. */
const LATER = /^(08|57|53|40|55P03)/;

/**
 * The connection broke, or no answer came, while PostgreSQL may have been at work: whether it committed is not known. The
 * head tells: read it again before deciding anything.
 */
export class OutcomeUnknown extends StoreUnavailable {
  constructor(where: string, cause: unknown) {
    const { message } = cause as Error;
    super(
      'retryable',
      `the connection to ${where} broke off (${message}) and whether the last write was committed is not known. ` +
        'Read the head again, then decide.',
      { cause },
    );
  }
}

/** The store's error for one of the driver or the server; what is neither passes. */
export function postgresError(where: string, error: unknown): unknown {
  if (error instanceof StoreError || error instanceof RangeError || error instanceof TypeError) return error;
  if (!(error instanceof Error)) return error;
  const { code, message } = error as Error & { code?: string };
  // Without an SQLSTATE it is not the server that speaks, but the connection.
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return new OutcomeUnknown(where, error);
  if (FULL.has(code)) return new StoreFull(where, error);
  if (CORRUPT.has(code)) return new StoreCorrupt(`PostgreSQL found ${where} damaged (${message})`, error);
  if (code.startsWith('57P') || code.startsWith('08')) return new OutcomeUnknown(where, error);
  const options = { cause: error };
  if (REFUSED.test(code))
    return new StoreUnavailable('terminal', `${where} refuses (${message}): check URL, user and rights.`, options);
  if (LATER.test(code))
    return new StoreUnavailable(
      'retryable',
      `${where} cannot now (${message}): nothing was written. Try again.`,
      options,
    );
  return new StoreUnavailable('terminal', `${where} failed (${message}, ${code}): this is a bug to report.`, options);
}
