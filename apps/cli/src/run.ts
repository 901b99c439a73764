import { CommanderError } from 'commander';
import { EXIT, type Exit, Failure, failureJson, failureText, toFailure } from './failure.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';

/** Runs one command line and says how it ended. Never throws: what failed is told in three lines on standard error. */
export async function run(argv: readonly string[], io: Io): Promise<Exit> {
  let exit: Exit = EXIT.done;
  try {
    const program = createProgram(io, (code) => {
      exit = code;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && isHelp(error)) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return tell(error instanceof CommanderError ? ofUsage(error, argv) : toFailure(error), argv, io);
  }
}

const HELP = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);
const isHelp = ({ code }: CommanderError): boolean => HELP.has(code);

function ofUsage({ message, code }: CommanderError, argv: readonly string[]): Failure {
  const what = message.replace(/^error: /, '').replace(/\n/g, ' ');
  const command = argv.filter((word) => !word.startsWith('-'))[0];
  const help =
    command === undefined || code === 'commander.unknownCommand' ? 'reeve --help' : `reeve ${command} --help`;
  return new Failure(EXIT.usage, what, 'the command line cannot be understood', `see \`${help}\``);
}

/** Ends with the three lines; programs that asked for JSON get the same there. */
function tell(failure: Failure, argv: readonly string[], io: Io): Exit {
  io.err(failureText(failure));
  if (argv.includes('--json')) io.out(`${JSON.stringify(failureJson(failure))}\n`);
  if (io.env.REEVE_DEBUG === '1') io.err(`${stackOf(failure)}\n`);
  return failure.exit;
}

function stackOf(failure: Failure): string {
  const { cause } = failure;
  return cause instanceof Error ? `${failure.stack}\ncaused by ${cause.stack}` : (failure.stack ?? '');
}
