/**
 * Exactly-once effects that are a file appearing under its name.
 *
 * A rename and a database row cannot be one transaction, so the row is a redo log:
 *   1. the content is written to a staging file and synced;
 *   2. the row {key, result, staged, target} is committed: from here on the effect *will* land;
 *   3. the staging file is renamed to its target and the folder synced;
 *   4. `staged` is cleared.
 * A crash before 2 leaves only an orphan. A crash after 2 is finished by `settle`, which runs on opening and before
 * every use. The rename consumes the staging file: its absence proves that step 3 happened, so nothing lands twice.
 * Steps 2 to 4 hold the database's write lock, also against other processes.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Call, type CallResult, ToolError } from '../port.ts';
import { assertWanted, refused, repeatOf, type StoredEffect } from './call.ts';
import { createEffects, type Effects, effectRow, effectsOf } from './effects.ts';
import { syncFolder } from './folder.ts';
import { type Database, openDurable, transaction } from './sqlite.ts';

/** Maildir's rule: what lies in tmp for 36 hours was abandoned. */
const ABANDONED = 36 * 3_600_000;

export interface JournalOptions {
  /** File of the database. */
  readonly database: string;
  /** Folder of staging files, on the volume of the targets. */
  readonly staging: string;
  /** Refuse a target that cannot be published, before anything is recorded. */
  check(target: string): void;
  /** Rename the file `staged` to `target` and make it durable. A deterministic `ToolError` abandons the effect. */
  publish(staged: string, target: string): void;
}

export interface Journal {
  /** The effect of `key`, if it landed. */
  find(key: string): StoredEffect | undefined;
  /** Publish `content` under `target` exactly once for the key of `call`. */
  publish(call: Call, target: string, content: Uint8Array, result: CallResult): Promise<CallResult>;
  /** Results of all effects, oldest first, at most `limit`. */
  recent(limit: number): CallResult[];
  close(): void;
}

/** The database with its effects, and how files are published. */
interface Book {
  readonly db: Database;
  readonly effects: Effects;
  readonly options: JournalOptions;
}

/** An intent: which staging file becomes which target. */
interface Intent {
  readonly target: string;
  readonly staged: string;
}

/** Open a journal and finish what an earlier process left half done. */
export function openJournal(options: JournalOptions): Journal {
  mkdirSync(options.staging, { recursive: true });
  const db = openDurable(options.database);
  try {
    createEffects(db);
    const book = { db, effects: effectsOf(db), options };
    settle(book);
    sweep(book);
    return journalOf(book);
  } catch (error) {
    db.close();
    throw error;
  }
}

function journalOf(book: Book): Journal {
  const recent = book.db.prepare(
    'SELECT result FROM reeve_effects WHERE staged IS NULL ORDER BY at DESC, rowid DESC LIMIT :limit',
  );
  const find = (key: string) => {
    settle(book);
    return book.effects.find(key);
  };
  return {
    find,
    recent: (limit) =>
      recent
        .all({ limit })
        .map((row): CallResult => JSON.parse(row.result))
        .reverse(),
    close: () => book.db.close(),
    publish: async (call, target, content, result) => {
      assertWanted(call);
      const known = repeatOf(find(call.key), call);
      if (known) return known;
      book.options.check(target);
      const staged = await stage(book.options.staging, content);
      return land(book, call, { target, staged }, result);
    },
  };
}

function land(book: Book, call: Call, intent: Intent, result: CallResult): CallResult {
  let earlier: CallResult | undefined;
  try {
    assertWanted(call);
    earlier = transaction(book.db, () => record(book, call, intent, result));
  } catch (error) {
    // With an unknown outcome the intent may be recorded: it still needs its file.
    if (error instanceof ToolError && !error.uncertain) discard(book, intent.staged);
    throw error;
  }
  if (earlier) {
    discard(book, intent.staged);
    return earlier;
  }
  const failure = settle(book).get(call.key);
  if (failure) throw failure;
  if (book.effects.find(call.key)) return result;
  throw refused(`"${intent.target}" could not be written any more when another process tried; nothing was changed`);
}

/** The result of an attempt that was faster; otherwise the intent is recorded and undefined returned. */
function record(book: Book, call: Call, { staged, target }: Intent, result: CallResult): CallResult | undefined {
  settleAll(book);
  const known = repeatOf(book.effects.find(call.key), call);
  if (known) return known;
  const insert = book.db.prepare(`INSERT INTO reeve_effects(key, operation, at, request, result, staged, target)
    VALUES (:key, :operation, :at, :request, :result, :staged, :target)`);
  insert.run({ ...effectRow(call, result), staged, target });
  return undefined;
}

function settle(book: Book): ReadonlyMap<string, ToolError> {
  const pending = book.db.prepare('SELECT 1 FROM reeve_effects WHERE staged IS NOT NULL LIMIT 1').get();
  return pending ? transaction(book.db, () => settleAll(book)) : new Map();
}

/** Finish every recorded intent, in order. Returns those that turned out impossible, which are forgotten. */
function settleAll(book: Book): Map<string, ToolError> {
  const { db } = book;
  const failures = new Map<string, ToolError>();
  const rows = db
    .prepare('SELECT key, staged, target FROM reeve_effects WHERE staged IS NOT NULL ORDER BY rowid')
    .all();
  for (const { key, ...intent } of rows as (Intent & { key: string })[]) {
    const failure = attempt(book, intent);
    if (failure) {
      failures.set(key, failure);
      db.prepare('DELETE FROM reeve_effects WHERE key = :key').run({ key });
      discard(book, intent.staged);
    } else {
      db.prepare('UPDATE reeve_effects SET staged = NULL WHERE key = :key').run({ key });
    }
  }
  return failures;
}

/** Undefined when the file is published, now or before a crash; the reason when it never can be. */
function attempt({ options }: Book, { staged, target }: Intent): ToolError | undefined {
  const file = join(options.staging, staged);
  if (!existsSync(file)) return undefined;
  try {
    options.publish(file, target);
    return undefined;
  } catch (error) {
    if (error instanceof ToolError && error.category === 'deterministic') return error;
    throw error;
  }
}

async function stage(folder: string, content: Uint8Array): Promise<string> {
  const name = randomUUID();
  try {
    const file = await open(join(folder, name), 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    syncFolder(folder);
    return name;
  } catch (cause) {
    rmSync(join(folder, name), { force: true });
    throw new ToolError(
      'transient',
      `the content could not be stored: ${(cause as Error).message}; nothing was changed`,
      { cause },
    );
  }
}

function discard({ options }: Book, staged: string): void {
  rmSync(join(options.staging, staged), { force: true });
}

/** Remove staging files whose process died before it recorded its intent. */
function sweep(book: Book): void {
  const { staging } = book.options;
  const rows = book.db.prepare('SELECT staged FROM reeve_effects WHERE staged IS NOT NULL').all();
  const wanted = new Set(rows.map((row) => row.staged));
  const oldest = Date.now() - ABANDONED;
  for (const name of readdirSync(staging)) {
    if (!wanted.has(name) && statSync(join(staging, name)).mtimeMs < oldest) discard(book, name);
  }
}
