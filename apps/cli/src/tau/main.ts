/** `npm run tau -- DIR …`. */
import { tau } from './command.ts';

process.exitCode = await tau(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
