// The thread of a replica. Plain JavaScript, because the loader of TypeScript has to be registered in each thread. See index.ts.
import { parentPort, workerData } from 'node:worker_threads';
import '../../../../../bin/typescript.js';

const { read } = await import('./read.ts');
const bytes = await read(workerData);
parentPort.postMessage(bytes, [bytes.buffer]);
