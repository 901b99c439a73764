import type { Call, CallResult } from '../port.ts';
import { assertWanted, repeatOf, requestDigest, type StoredEffect } from './call.ts';
import { type Database, transaction, translated } from './sqlite.ts';

/**
 * One row per effect. It is written in the transaction that has the effect, so the row exists exactly when the effect
 * does. `staged` and `target` are used by journals of file effects (journal.ts): a row with `staged` has not landed yet.
 */
const TABLE = `CREATE TABLE IF NOT EXISTS reeve_effects(
  key TEXT PRIMARY KEY, operation TEXT NOT NULL, at INTEGER NOT NULL, request TEXT NOT NULL, result TEXT NOT NULL,
  staged TEXT, target TEXT)`;

/** The effects a tool has had, by key. */
export interface Effects {
  /** The effect of `key`, if it landed. */
  find(key: string): StoredEffect | undefined;
  /** Have the effect of `call` exactly once: `work` and the row of the effect are one transaction. */
  once(call: Call, work: () => CallResult): CallResult;
}

/** Create the table of effects; call inside a transaction or on its own. */
export function createEffects(db: Database): void {
  db.exec(TABLE);
}

/** The effects recorded in `db`, which must have had `createEffects`. */
export function effectsOf(db: Database): Effects {
  const select = db.prepare('SELECT request, result FROM reeve_effects WHERE key = :key AND staged IS NULL');
  const insert = db.prepare(
    'INSERT INTO reeve_effects(key, operation, at, request, result) VALUES (:key, :operation, :at, :request, :result)',
  );
  const find = (key: string): StoredEffect | undefined => {
    const row = translated(() => select.get({ key }));
    return row && { request: row.request, result: JSON.parse(row.result) };
  };
  return {
    find,
    once: (call, work) => {
      assertWanted(call);
      return transaction(db, () => {
        const known = repeatOf(find(call.key), call);
        if (known) return known;
        const result = work();
        insert.run(effectRow(call, result));
        return result;
      });
    },
  };
}

/** The columns every effect has. */
export function effectRow(call: Call, result: CallResult): Record<string, string | number> {
  const { key, operation, now: at } = call;
  return { key, operation, at, request: requestDigest(call), result: JSON.stringify(result) };
}
