/** The thread of a replica: makes the snapshot it was asked for, unless it is told to stop, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { LOADING, STOPPED, type Task, WORKING } from './index.ts';
import { read } from './read.ts';

const { stage, ...task } = workerData as Task;

async function goOn(): Promise<void> {
  if (Atomics.load(stage, 0) === STOPPED) throw new Error('the organisation ends');
}

if (Atomics.compareExchange(stage, 0, LOADING, WORKING) === LOADING) {
  const bytes = await read(task, goOn);
  parentPort?.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
}
