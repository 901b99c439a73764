import { ensureConsole } from './ensure.ts';

process.stdout.write((await ensureConsole()) ? 'the console was built\n' : 'the console is up to date\n');
