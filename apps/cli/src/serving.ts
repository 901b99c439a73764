/** A server in the foreground: ready, until a signal or its own end. */
import { FORMATS, LEVELS, type Log, type RunningServer, stderrLog } from '@reeve/server';
import { usage } from './context.ts';
import { EXIT, type Exit, Failure } from './failure.ts';
import type { Io } from './io.ts';

/** How often the organisation is asked whether it still runs, in milliseconds. */
const LOOK = 500;
/** What a process ended by SIGINT says. */
const INTERRUPTED = 130;

/** Of commands that stay. */
export interface LogOptions {
  readonly logLevel: string;
  readonly logFormat: string;
}

/** The log on standard error. @throws Failure for a level or format that is none. */
export function logOf({ logLevel, logFormat }: LogOptions): Log {
  return stderrLog(oneOf(LEVELS, logLevel, '--log-level'), oneOf(FORMATS, logFormat, '--log-format'));
}

function oneOf<T extends string>(all: readonly T[], given: string, option: string): T {
  const found = all.find((each) => each === given);
  if (found !== undefined) return found;
  throw usage(`${option}: "${given}" is none`, `known are ${all.join(', ')}`, `give one of them`);
}

/** Signals from the first moment on: the first asks to stop, the second ends the process at once. */
export interface Stopping {
  readonly signal: AbortSignal;
  /** Stop listening. */
  forget(): void;
}

export function stopOnSignal(io: Io): Stopping {
  const asked = new AbortController();
  const forget = io.onSignal(() => {
    if (asked.signal.aborted) return io.exit(INTERRUPTED);
    io.err('\nstopping; what is in the works is finished first (once more to stop at once)\n');
    asked.abort();
  });
  return { signal: asked.signal, forget };
}

/** Resolves when asked to stop. @throws Failure when the organisation stops by itself. */
function untilStopped({ house }: RunningServer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearInterval(timer);
      signal.removeEventListener('abort', stop);
      settle();
    };
    const stop = () => end(resolve);
    const timer = setInterval(() => {
      const { status, reason } = house.runtime.health();
      if (status === 'stopped' || status === 'deposed') end(() => reject(ended(reason)));
    }, LOOK);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
}

const ended = (reason: string | null): Failure =>
  new Failure(
    EXIT.unavailable,
    'the organisation stopped by itself',
    reason ?? 'it did not say why',
    'run `reeve doctor`; start it again when the cause is gone: nothing that was acknowledged is lost',
  );

/** Serves until the end, and closes cleanly whatever it was. */
export async function serve(io: Io, server: RunningServer, stopping: Stopping): Promise<Exit> {
  try {
    await untilStopped(server, stopping.signal);
    return EXIT.done;
  } finally {
    await server.close();
    stopping.forget();
    io.err('stopped; everything is on the ledger\n');
  }
}
