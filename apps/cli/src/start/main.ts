import { createContext } from '../context.ts';
import { EXIT, failureText, toFailure } from '../failure.ts';
import { processIo } from '../io.ts';
import { start } from './start.ts';

const io = processIo();
const code = await start(createContext(io, {})).catch((error: unknown) => {
  const failure = toFailure(error);
  io.err(failureText(failure));
  if (io.env.REEVE_DEBUG === '1') io.err(`${(error as Error).stack}\n`);
  return failure.exit ?? EXIT.failed;
});
process.stdout.write('', () => process.exit(code));
