import { StoreCorrupt, StoreError, StoreFull, StoreUnavailable } from '../errors.ts';

// Primary result codes, https://sqlite.org/rescode.html
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;
/** The shared-memory index beside the database could not be grown, which happens when the disk is full. */
const IOERR_SHMSIZE = 4874;

/** The store's error for one of SQLite; what is no error of SQLite passes. */
export function sqliteError(path: string, error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const { errcode, message } = error as Error & { errcode?: number };
  if (errcode === undefined) return error;
  switch (errcode === IOERR_SHMSIZE ? FULL : errcode & 0xff) {
    case FULL:
      return new StoreFull(path, error);
    case CORRUPT:
    case NOTADB:
      return new StoreCorrupt(`SQLite found ${path} damaged (${message})`, error);
    case BUSY:
    case LOCKED:
      return new StoreUnavailable(
        'retryable',
        `another process keeps ${path} locked: nothing was written. Try again.`,
        {
          cause: error,
        },
      );
    case READONLY:
    case CANTOPEN:
      return new StoreUnavailable(
        'terminal',
        `${path} cannot be opened for writing (${message}): check its permissions.`,
        {
          cause: error,
        },
      );
    default:
      // After a failed write or fsync nobody knows what reached the disk; only reading it again tells.
      return new StoreUnavailable(
        'terminal',
        `SQLite failed on ${path} (${message}): close, open again, compare the head.`,
        {
          cause: error,
        },
      );
  }
}
