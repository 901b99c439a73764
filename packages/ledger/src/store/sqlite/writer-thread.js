// The thread that writes: a connection of its own, one transaction per message. See writer.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { DatabaseSync } from '@photostructure/sqlite';
import { appender, makeDurable, valuesOf } from './appending.js';

const { path, timeout, maxPages } = workerData;
const db = new DatabaseSync(path, { timeout });
const weak = makeDurable(db);
if (weak !== null) throw new Error(`${path} runs with ${weak.name} = ${weak.got} instead of ${weak.wanted}`);
if (maxPages !== null) db.exec(`PRAGMA max_page_count = ${maxPages}`);
const append = appender(db);

function answer(batch) {
  try {
    return append({ ...batch, values: valuesOf(batch.lines) });
  } catch (error) {
    return { error: { message: error.message, errcode: error.errcode } };
  }
}

parentPort.on('message', (batch) => {
  if (batch !== null) return parentPort.postMessage(answer(batch));
  db.close();
  parentPort.close();
});
parentPort.postMessage('ready');
