// Runs one of Reeve's TypeScript files in a thread or a process of its own: `node bin/run.js FILE …`.
import { dirname, join, relative } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from './launch.js';

// The file finds its arguments where it would find them had it been started itself.
argv.splice(1, 1);
await run(relative(join(dirname(fileURLToPath(import.meta.url)), '..'), argv[1]));
