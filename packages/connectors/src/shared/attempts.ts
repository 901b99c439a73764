/**
 * At most one attempt under a key, for effects that cannot be part of a transaction here: requests and programs.
 *
 * The row is committed before the effect may begin and completed with the result after it. A row without a result is an
 * attempt whose outcome nobody knows: the process died, or the answer was lost. It is begun again only when the caller
 * says that the other side recognises repeats; otherwise a person or a check must settle it.
 */
import { type Call, type CallResult, ToolError } from '../port.ts';
import { assertWanted, refused, repeatOf, requestDigest, type StoredEffect } from './call.ts';
import { openDurable, transaction, translated } from './sqlite.ts';

const TABLE = `CREATE TABLE IF NOT EXISTS reeve_attempts(
  key TEXT PRIMARY KEY, operation TEXT NOT NULL, at INTEGER NOT NULL, request TEXT NOT NULL, result TEXT)`;

export interface Attempts {
  /**
   * Do `work` at most once for the key of `call`; a repeat gets the first result. `work` throws a certain `ToolError`
   * when nothing happened (the key is free again); everything else leaves the outcome open.
   * @throws ToolError transient and uncertain when an earlier attempt is open and not `repeatable`.
   */
  once(call: Call, repeatable: boolean, work: () => Promise<CallResult>): Promise<CallResult>;
  /** The result that landed, null when nothing was ever begun or repeating is safe. @throws ToolError when it is unknown. */
  lookup(key: string, repeatable: boolean): CallResult | null;
  close(): void;
}

interface Row extends Pick<StoredEffect, 'request'> {
  readonly result: string | null;
}

interface Running {
  readonly request: string;
  readonly result: Promise<CallResult>;
}

/** Open the record of attempts in the database `file`. */
export function openAttempts(file: string): Attempts {
  const db = openDurable(file);
  db.exec(TABLE);
  const select = db.prepare('SELECT request, result FROM reeve_attempts WHERE key = :key');
  const insert = db.prepare(
    'INSERT INTO reeve_attempts(key, operation, at, request) VALUES (:key, :operation, :now, :request)',
  );
  const finish = db.prepare('UPDATE reeve_attempts SET result = :result WHERE key = :key');
  const remove = db.prepare('DELETE FROM reeve_attempts WHERE key = :key AND result IS NULL');
  const rowOf = (key: string): Row | undefined => translated(() => select.get({ key }));

  /** The result when there is one; otherwise the row exists afterwards, and `fresh` says that it did not before. */
  const begin = (call: Call, repeatable: boolean): { known?: CallResult; fresh: boolean } =>
    transaction(db, () => {
      const row = rowOf(call.key);
      const { key, operation, now } = call;
      if (!row) insert.run({ key, operation, now, request: requestDigest(call) });
      if (!row) return { fresh: true };
      if (row.result !== null) return { known: repeatOf(storedOf(row), call) as CallResult, fresh: false };
      if (row.request !== requestDigest(call)) throw otherRequest(call);
      if (!repeatable) throw unknown(key);
      return { fresh: false };
    });

  const attempt = async (call: Call, repeatable: boolean, work: () => Promise<CallResult>): Promise<CallResult> => {
    const { known, fresh } = begin(call, repeatable);
    if (known) return known;
    try {
      const result = await work();
      transaction(db, () => finish.run({ key: call.key, result: JSON.stringify(result) }));
      return result;
    } catch (error) {
      // That this attempt did nothing says nothing about an earlier one.
      if (fresh && error instanceof ToolError && !error.uncertain) transaction(db, () => remove.run({ key: call.key }));
      throw error;
    }
  };

  const running = new Map<string, Running>();
  return {
    once: async (call, repeatable, work) => {
      assertWanted(call);
      const request = requestDigest(call);
      const other = running.get(call.key);
      if (other && other.request !== request) throw otherRequest(call);
      if (other) return other.result;
      const result = attempt(call, repeatable, work).finally(() => running.delete(call.key));
      running.set(call.key, { request, result });
      return result;
    },
    lookup: (key, repeatable) => {
      const row = rowOf(key);
      if (row && row.result !== null) return storedOf(row).result;
      if (running.has(key) || (row && !repeatable)) throw unknown(key);
      return null;
    },
    close: () => db.close(),
  };
}

const storedOf = (row: Row): StoredEffect => ({ request: row.request, result: JSON.parse(row.result ?? 'null') });

const otherRequest = (call: Call): ToolError =>
  refused(`key "${call.key}" was already used with other arguments; use a new key for a new request`);

const unknown = (key: string): ToolError =>
  new ToolError('transient', `what was begun under key "${key}" has an unknown outcome; look before doing it again`, {
    uncertain: true,
  });
