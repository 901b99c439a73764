/** Started, and killed, by crash.ts: replays every task that is not done yet on SQLite, and notes each result when it is. */
import { existsSync, mkdirSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { READY, resultFile, taskFolder } from './crash.ts';
import { readBenchmark } from './data.ts';
import { retailDefinition } from './organisation.ts';
import { replayIn } from './run.ts';

const [data = '', base = ''] = process.argv.slice(2);
const { tasks, database } = readBenchmark(data);
const definition = await retailDefinition();
writeSync(1, `${READY}\n`);
for (const [i, task] of tasks.entries()) {
  const folder = taskFolder(base, i);
  if (existsSync(resultFile(folder))) continue;
  mkdirSync(folder, { recursive: true });
  const store = await sqliteStore({ directory: join(folder, 'ledger') });
  const result = await replayIn(folder, store, definition, database, task);
  // Renamed into place: a kill leaves a whole result or none.
  writeFileSync(`${resultFile(folder)}.part`, JSON.stringify(result));
  renameSync(`${resultFile(folder)}.part`, resultFile(folder));
}
