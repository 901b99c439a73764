// Plain JavaScript, typed in appending.d.ts: a thread runs it too, and starts in a tenth of the time, with a third of the
// memory, when it needs no TypeScript loader.

const GENESIS = '0'.repeat(64);
const ROWS_AT_ONCE = 16;
const COLUMNS = 9;

/** `unhex` lets hashes travel between threads as the text they are everywhere else. */
function insertSql(count) {
  const row = `(${'?,'.repeat(COLUMNS - 1)}unhex(?))`;
  return `INSERT INTO records (seq, at, kind, stream, correlation, seat, header, body, hash) VALUES ${Array(count).fill(row).join(',')}`;
}

export function valuesOf(lines) {
  const values = [];
  const parts = lines === '' ? [] : lines.split('\n');
  for (let i = 0; i < parts.length; i += 3) {
    const [header, body, hash] = [parts[i], parts[i + 1], parts[i + 2]];
    const { seq, at, kind, stream, correlation, actor } = JSON.parse(header);
    values.push(seq, at, kind, stream, correlation, actor.seat ?? null, header, body, hash);
  }
  return values;
}

/** Sets what makes a commit durable on this connection, and says which setting did not take, or null. */
export function makeDurable(db) {
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON',
  );
  db.exec('PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF');
  const { journal_mode: mode } = db.prepare('PRAGMA journal_mode').get();
  if (mode !== 'wal') return { name: 'journal_mode', got: mode, wanted: 'wal' };
  const { synchronous } = db.prepare('PRAGMA synchronous').get();
  return synchronous === 2 ? null : { name: 'synchronous', got: synchronous, wanted: 2 };
}

/** One transaction per call: all rows are durable, or none are there. */
export function appender(db) {
  const statements = new Map();
  const statement = (sql) => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };

  const refusal = ({ epoch, expected }) => {
    const lease = statement('SELECT epoch, holder FROM lease').get();
    if (lease.holder === null || lease.epoch !== epoch) return { deposedBy: lease.epoch };
    const last = statement('SELECT seq, lower(hex(hash)) AS hash FROM records ORDER BY seq DESC LIMIT 1').get();
    const { seq, hash } = last ?? { seq: 0, hash: GENESIS };
    return seq === expected.seq && hash === expected.hash ? null : { head: { seq, hash } };
  };

  const insert = (values) => {
    const many = ROWS_AT_ONCE * COLUMNS;
    let done = 0;
    for (; values.length - done >= many; done += many) {
      statement(insertSql(ROWS_AT_ONCE)).run(...values.slice(done, done + many));
    }
    for (; done < values.length; done += COLUMNS) statement(insertSql(1)).run(...values.slice(done, done + COLUMNS));
  };

  return (batch) => {
    // Holds the write lock from the start, so that nothing changes between looking and writing.
    db.exec('BEGIN IMMEDIATE');
    try {
      const refused = refusal(batch);
      if (refused !== null) return refused;
      insert(batch.values);
      db.exec('COMMIT');
      return { done: true };
    } finally {
      // SQLite itself rolls back on some errors (a full disk) and not on others.
      if (db.isTransaction) db.exec('ROLLBACK');
    }
  };
}
