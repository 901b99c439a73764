/** The thread of a replica: makes the snapshot it was asked for, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { read } from './read.ts';

const bytes = await read(workerData);
parentPort?.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
