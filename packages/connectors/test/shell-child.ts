/** Started by shell.test.ts and killed by it: runs one program as it is told. */
import { type Order, run } from '../src/shell/process.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
await run({ ...order, signal: new AbortController().signal });
