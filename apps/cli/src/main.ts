import { processIo } from './io.ts';
import { run } from './run.ts';

const exit = await run(process.argv.slice(2), processIo());
// What is still open (kept connections, timers of libraries) must not hold the answer back.
process.stdout.write('', () => process.exit(exit));
