/** What the machine can do without us: fdatasync and SQLite, so that our numbers can be read beside them. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { type Row, rate, repeated } from './lib/measure.ts';
import { temporary } from './lib/world.ts';

const PAYLOAD = Buffer.alloc(500, 'x');

export function fsyncs(directory: string, count: number): void {
  const file = openSync(join(directory, 'raw'), 'w');
  for (let i = 0; i < count; i++) {
    writeSync(file, PAYLOAD);
    fdatasyncSync(file);
  }
  closeSync(file);
}

export function inserts(directory: string, count: number, group: number): void {
  const db = new DatabaseSync(join(directory, `raw-${group}.db`));
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, b BLOB)',
  );
  const insert = db.prepare('INSERT INTO t (b) VALUES (?)');
  for (let i = 0; i < count; i += group) {
    db.exec('BEGIN IMMEDIATE');
    for (let j = 0; j < group; j++) insert.run(PAYLOAD);
    db.exec('COMMIT');
  }
  db.close();
}

export async function machine(runs: number): Promise<Row[]> {
  return temporary(async (directory) => {
    const sync = await repeated(runs, () => rate(1000, () => fsyncs(directory, 1000)));
    const one = await repeated(runs, () => rate(1000, () => inserts(directory, 1000, 1)));
    const many = await repeated(runs, () => rate(51_200, () => inserts(directory, 51_200, 256)));
    return [
      { what: 'raw: write + fdatasync, 500 bytes', value: sync, unit: '/s' },
      { what: 'raw: SQLite FULL, one row per commit', value: one, unit: '/s' },
      { what: 'raw: SQLite FULL, 256 rows per commit', value: many, unit: 'rows/s' },
    ];
  });
}
