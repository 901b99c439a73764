import { createInterface as createLines } from 'node:readline';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** What a command may touch of the process it runs in, so that tests can hold it in their hands. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Are standard output, standard error and standard input a terminal? */
  readonly outTty: boolean;
  readonly errTty: boolean;
  readonly inTty: boolean;
  /** Width of the terminal in characters; output that is no terminal is not cut. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** One line from the person; empty at the end of the input. */
  readonly ask: (question: string) => Promise<string>;
  /** What is not to be seen: typed without being shown, or all of standard input when that is no terminal. */
  readonly secret: (question: string) => Promise<string>;
  /** Lines of standard input, until it ends or the signal is aborted. */
  readonly lines: (signal: AbortSignal) => AsyncIterable<string>;
  /** Calls back for every SIGINT and SIGTERM until the result is called. */
  readonly onSignal: (handler: (name: string) => void) => () => void;
  /** Ends the process at once, without cleaning up. */
  readonly exit: (code: number) => void;
}

/** Wide enough for any table when nothing says how wide the reader's window is. */
const UNLIMITED = 10_000;

/** The process itself. A reader that goes away early (`reeve cases | head`) ends it quietly. */
export function processIo(): Io {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const out = process.stdout.isTTY === true;
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    outTty: out,
    errTty: process.stderr.isTTY === true,
    inTty: process.stdin.isTTY === true,
    columns: out ? (process.stdout.columns ?? 80) : UNLIMITED,
    env: process.env,
    cwd: process.cwd(),
    ask,
    secret,
    lines: (signal) => createLines({ input: process.stdin, crlfDelay: Infinity, signal }),
    onSignal,
    exit: (code) => process.exit(code),
  };
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // The end of the input and ctrl-C are an answer too.
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    return await Promise.race([lines.question(question), closed]);
  } finally {
    lines.close();
  }
}

/** One line that is not shown, or the whole of the input when it is no terminal, without its last line break. */
async function secret(question: string): Promise<string> {
  if (process.stdin.isTTY !== true) {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  }
  process.stderr.write(question);
  // What the terminal would show goes nowhere.
  const nowhere = new Writable({ write: (_, __, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    return await Promise.race([lines.question(''), closed]);
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function onSignal(handler: (name: string) => void): () => void {
  for (const name of SIGNALS) process.on(name, handler);
  return () => {
    for (const name of SIGNALS) process.off(name, handler);
  };
}
