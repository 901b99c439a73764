/**
 * Effects on systems that know neither our keys nor our transactions, each had at most once.
 *
 * Before anything is sent, what is about to be done is written down: under which name it can be found again. An attempt
 * that ended without a known outcome is looked for under that name, in the other system, before anything is repeated.
 *
 * Invariants:
 * - A row stands for an attempt; it is durable before `work` begins.
 * - `work` calls `mark` before the first byte that could have the effect. What failed or died before that did nothing.
 * - After `mark`, only `find` says that nothing happened; while it cannot say, the outcome stays unknown.
 */
import { type Call, type CallResult, ToolError } from '../port.ts';
import { assertWanted, refused, repeatOf, requestDigest } from './call.ts';
import { openDurable, transaction, translated } from './sqlite.ts';

const TABLE = `CREATE TABLE IF NOT EXISTS reeve_plans(
  key TEXT PRIMARY KEY, operation TEXT NOT NULL, at INTEGER NOT NULL, request TEXT NOT NULL, plan TEXT NOT NULL,
  name TEXT NOT NULL, marked INTEGER NOT NULL DEFAULT 0, "case" TEXT, result TEXT)`;
const BY_NAME = 'CREATE INDEX IF NOT EXISTS reeve_plans_name ON reeve_plans(name)';

/** Plain JSON: all that is needed to find the effect again, no content and no secrets. */
export interface Plan {
  readonly capability: string;
  readonly seat?: string | undefined;
  /** Under which the effect is known in the other system: a Message-ID, a UID, a commit. */
  readonly name: string;
}

/** How the effects of one tool are had and found. */
export interface Effector<P extends Plan> {
  /** Is the effect there? The result if so, null when it is certain that it is not. @throws when that cannot be said. */
  find(plan: P): Promise<CallResult | null>;
}

export interface Plans<P extends Plan> {
  /** Have the effect of `call` once. `prepare` makes the plan and may look at the other system, but changes nothing. */
  once(
    call: Call,
    prepare: () => Promise<P> | P,
    work: (plan: P, mark: () => void) => Promise<CallResult>,
  ): Promise<CallResult>;
  /** The result under that key: known, or found in the other system; null when nothing happened. */
  lookup(key: string): Promise<CallResult | null>;
  /** Key, case and result of what was planned under one of these names; the newest first. */
  named(names: readonly string[]): { readonly key: string; readonly case: string | null } | undefined;
  close(): void;
}

interface Row {
  readonly request: string;
  readonly plan: string;
  readonly marked: number;
  readonly result: string | null;
}

/** Open the plans in the database `file`. */
export function openPlans<P extends Plan>(file: string, { find }: Effector<P>): Plans<P> {
  const db = openDurable(file);
  db.exec(`${TABLE};${BY_NAME}`);
  const select = db.prepare('SELECT request, plan, marked, result FROM reeve_plans WHERE key = :key');
  const insert = db.prepare(
    `INSERT INTO reeve_plans(key, operation, at, request, plan, name, "case") VALUES (:key, :operation, :at, :request, :plan, :name, :case)`,
  );
  const marks = db.prepare('UPDATE reeve_plans SET marked = 1 WHERE key = :key');
  const finishes = db.prepare('UPDATE reeve_plans SET result = :result WHERE key = :key');
  const removes = db.prepare('DELETE FROM reeve_plans WHERE key = :key AND result IS NULL');
  const byName = db.prepare('SELECT key, "case" FROM reeve_plans WHERE name = :name ORDER BY at DESC LIMIT 1');
  const rowOf = (key: string): Row | undefined => translated(() => select.get({ key })) as Row | undefined;
  const finish = (key: string, result: CallResult): CallResult => {
    transaction(db, () => finishes.run({ key, result: JSON.stringify(result) }));
    return result;
  };

  /** What became of an attempt that has a row and no result. */
  const settled = async (key: string, row: Row): Promise<CallResult | null> => {
    const found = row.marked === 1 ? await find(JSON.parse(row.plan)) : null;
    return found && finish(key, found);
  };

  const attempt = async (
    call: Call,
    prepare: () => Promise<P> | P,
    work: (plan: P, mark: () => void) => Promise<CallResult>,
  ): Promise<CallResult> => {
    const { key, operation, now: at } = call;
    const row = rowOf(key);
    if (row && row.request !== requestDigest(call)) throw otherRequest(call);
    if (row?.result) return repeatOf({ request: row.request, result: JSON.parse(row.result) }, call) as CallResult;
    const before = row ? await settled(key, row) : null;
    if (before) return before;
    const plan = row ? (JSON.parse(row.plan) as P) : await prepare();
    const { name } = plan;
    const written = { key, operation, at, request: requestDigest(call), plan: JSON.stringify(plan), name };
    if (!row) transaction(db, () => insert.run({ ...written, case: call.case ?? null }));
    let marked = row?.marked === 1;
    const mark = () => {
      if (!marked) transaction(db, () => marks.run({ key }));
      marked = true;
    };
    try {
      return finish(key, await work(plan, mark));
    } catch (error) {
      if (!marked || (error instanceof ToolError && !error.uncertain && row?.marked !== 1))
        transaction(db, () => removes.run({ key }));
      throw marked ? error : harmless(error);
    }
  };

  const running = new Map<string, { readonly request: string; readonly result: Promise<CallResult> }>();
  return {
    once: async (call, prepare, work) => {
      assertWanted(call);
      const request = requestDigest(call);
      const other = running.get(call.key);
      if (other && other.request !== request) throw otherRequest(call);
      if (other) return other.result;
      const result = attempt(call, prepare, work).finally(() => running.delete(call.key));
      running.set(call.key, { request, result });
      return result;
    },
    lookup: async (key) => {
      if (running.has(key)) throw unknownOutcome(`"${key}" is still being done`);
      const row = rowOf(key);
      if (!row) return null;
      return row.result === null ? settled(key, row) : JSON.parse(row.result);
    },
    named: (names) =>
      names.map((name) => byName.get({ name })).find((one) => one !== undefined) as
        | { key: string; case: string | null }
        | undefined,
    close: () => db.close(),
  };
}

/** Nobody can say whether it happened. */
export const unknownOutcome = (why: string): ToolError =>
  new ToolError('transient', `the outcome is unknown: ${why}; look before doing it again`, { uncertain: true });

/** Before `mark` nothing can have happened, whatever failed. */
function harmless(error: unknown): ToolError {
  const { message } = error as Error;
  if (error instanceof ToolError)
    return new ToolError(error.category, message, { uncertain: false, cause: error.cause });
  return new ToolError('transient', `${message}; nothing was changed`, { cause: error });
}

const otherRequest = (call: Call): ToolError =>
  refused(`key "${call.key}" was already used with other arguments; use a new key for a new request`);
