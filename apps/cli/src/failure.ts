import type { ApiProblem, Unreachable } from '@reeve/protocol';

/** What the process says with its exit code. */
export const EXIT = {
  done: 0,
  /** A defect of this program, or something nobody foresaw. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** A pack, tickets or a value was read and is not right. */
  invalid: 3,
  /** The organisation's rules say no, or there is no such thing. */
  refused: 4,
  /** No organisation, no server, locked, port in use, disk full, no permission. */
  unavailable: 5,
  /** The ledger is not what it claims to be, or a pack's rules do not decide what its tests say. */
  unverified: 6,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** Every exit code with what it means, for `--help`. */
export const EXIT_MEANINGS: readonly (readonly [Exit, string])[] = [
  [EXIT.done, 'done'],
  [EXIT.failed, 'unexpected failure'],
  [EXIT.usage, 'wrong usage'],
  [EXIT.invalid, 'invalid input (pack, tickets, a value)'],
  [EXIT.refused, 'refused by the rules (conflict, forbidden, not found)'],
  [EXIT.unavailable, 'not available (no organisation, locked, port in use, disk full, permission)'],
  [EXIT.unverified, 'verification failed (ledger, policy tests)'],
];

/** Ends a command: what happened, why, and what to do next, one sentence each. */
export class Failure extends Error {
  readonly exit: Exit;
  readonly why: string;
  readonly next: string;
  constructor(exit: Exit, what: string, why: string, next: string, cause?: unknown) {
    super(what, { cause });
    this.name = 'Failure';
    this.exit = exit;
    this.why = why;
    this.next = next;
  }
}

/** The three lines of a failure, each on one line whatever the texts hold. */
export function failureText(failure: Failure): string {
  const line = (text: string) => text.replace(/\s*\n\s*/g, '; ').trim();
  return `error: ${line(failure.message)}\n  why: ${line(failure.why)}\n  next: ${line(failure.next)}\n`;
}

/** The same for programs. */
export const failureJson = ({ exit, message, why, next }: Failure) => ({ error: { exit, what: message, why, next } });

/** Any error as a failure: refusals by their code, trouble of the system by its name, all else as a defect. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isProblem(error)) return ofProblem(error);
  if (isUnreachable(error))
    return new Failure(EXIT.unavailable, 'the organisation does not answer', error.message, error.hint, error);
  return ofNamed(error) ?? ofSystem(error) ?? unexpected(error);
}

// By name, so that `reeve --version` does not load the client.
const isProblem = (error: unknown): error is ApiProblem => error instanceof Error && error.name === 'ApiProblem';
const isUnreachable = (error: unknown): error is Unreachable => error instanceof Error && error.name === 'Unreachable';

const INVALID = new Set(['invalid', 'malformed', 'too-large', 'wrong-type']);
const UNAVAILABLE = new Set(['unavailable', 'overloaded']);

function ofProblem(error: ApiProblem): Failure {
  const exit = INVALID.has(error.code)
    ? EXIT.invalid
    : UNAVAILABLE.has(error.code)
      ? EXIT.unavailable
      : error.code === 'internal'
        ? EXIT.failed
        : EXIT.refused;
  const mistakes = error.problems.map(({ field, message }) => (field ? `${field}: ${message}` : message));
  const told = mistakes.filter((mistake) => mistake !== error.detail);
  const rule = error.rule ? ` (${error.code}, rule ${error.rule})` : ` (${error.code})`;
  const why = (told.length > 0 ? told.join('; ') : (MEANINGS[error.code] ?? 'refused')) + rule;
  return new Failure(exit, error.detail, why, nextOf(error.hint), error);
}

/** Hints that name a route are for programs; people have a command for it. */
const COMMANDS: readonly (readonly [string, string])[] = [
  ['/v1/approvals', 'see what waits with `reeve inbox`'],
  ['/v1/cases', 'find it with `reeve cases`'],
  ['/v1/operations', '`reeve case show C-…` lists the operations of a case'],
  ['/v1/seats', 'see the seats with `reeve status`'],
  ['/v1/budgets', 'see them with `reeve money`'],
  ['/v1/proposals', 'see them with `reeve proposals`'],
  ['/v1/units', 'see them with `reeve purpose`'],
  ['/v1/incidents', 'find it with `reeve incidents --all`'],
  ['/v1/lanes', 'see them with `reeve lanes`'],
  ['/v1/switches', 'see what is switched off with `reeve status`'],
];

function nextOf(hint: string): string {
  if (hint === '') return 'see `reeve --help`';
  if (hint.includes('under the same id')) return 'run the command again shortly; nothing is done twice';
  if (!hint.includes('/v1/')) return hint;
  return (
    COMMANDS.find(([route]) => hint.includes(route))?.[1] ??
    'correct it; `reeve --help` shows every command with an example'
  );
}

/** Why an answer came with its code, where the detail does not say it. */
const MEANINGS: Readonly<Record<string, string>> = {
  invalid: 'what was asked is not possible as it was written',
  malformed: 'what was asked is not possible as it was written',
  'not-found': 'there is no such thing in this organisation',
  forbidden: 'your seat may not do this',
  conflict: 'it does not fit what is already there',
  'duplicate-key': 'another request was made under the same key',
  exhausted: 'a limit or budget is used up',
  unauthorised: 'the token in the data directory is not that of the server',
  unavailable: 'the organisation is not running just now',
  overloaded: 'the organisation has too much to do just now',
};

const SYSTEM: Readonly<Record<string, readonly [string, string]>> = {
  EADDRINUSE: ['another program listens on the port', 'stop it, or choose another port with --port'],
  EADDRNOTAVAIL: ['the host is no address of this machine', 'leave out --host, or name an address of this machine'],
  EACCES: ['permission was denied', 'change the permissions, or use another directory with --data'],
  EPERM: ['permission was denied', 'change the permissions, or use another directory with --data'],
  EROFS: ['the file system is read-only', 'use another directory with --data'],
  ENOSPC: ['the disk is full', 'free some space and run the command again; nothing was half done'],
  EDQUOT: ['the disk quota is used up', 'free some space and run the command again; nothing was half done'],
  EMFILE: ['too many files are open', 'raise the limit with `ulimit -n 4096`'],
  ENOTDIR: ['a part of the path is a file', 'check the path'],
  ENOENT: ['there is no such file or directory', 'check the path'],
  EISDIR: ['it is a directory', 'name a file'],
};

/** Errors of the operating system, also where they are the cause of another error. */
function ofSystem(error: unknown): Failure | null {
  for (let one = error; one instanceof Error; one = one.cause) {
    const code = 'code' in one ? String(one.code) : '';
    const known = Object.hasOwn(SYSTEM, code) ? SYSTEM[code] : undefined;
    if (known) return new Failure(EXIT.unavailable, (error as Error).message, `${known[0]} (${code})`, known[1], error);
  }
  return null;
}

const NAMED: Readonly<Record<string, readonly [Exit, string, string]>> = {
  StartError: [EXIT.unavailable, 'the organisation could not be opened', 'run `reeve doctor` to see what is wrong'],
  StoreFull: [EXIT.unavailable, 'the disk is full', 'free some space and run the command again; nothing was half done'],
  StoreUnavailable: [EXIT.unavailable, 'the ledger cannot be used just now', 'run `reeve doctor` to see what is wrong'],
  StoreCorrupt: [EXIT.unverified, 'the ledger is damaged', 'run `reeve ledger verify` to find the place'],
  NoteError: [EXIT.invalid, 'a key, a checkpoint or a witness file is not what it should be', 'copy it again, whole'],
  Deposed: [EXIT.unavailable, 'another process took over the ledger', 'use that one, or stop it'],
  Unavailable: [
    EXIT.unavailable,
    'another process may own the organisation',
    'run `reeve doctor` to see what is wrong',
  ],
};

/** Why an organisation could not be started, by the code of the error. */
const START: Readonly<Record<string, string>> = {
  'port-in-use': 'another program listens on the port',
  'port-refused': 'the system does not let this user listen there',
  'not-writable': 'permission was denied, or the disk refused',
  'no-space': 'the disk is full',
  'in-use': 'only one process at a time may own an organisation',
  'newer-data': 'the data was written by a newer Reeve',
  'not-data': 'it holds something else',
  'wrong-organisation': 'one directory holds one organisation',
  corrupt: 'the data is damaged',
  tools: 'a tool of the pack could not be opened',
};

/** What is known of an error by its name, or else by that of the nearest class it descends from. */
function named(error: Error): (typeof NAMED)[string] | undefined {
  if (Object.hasOwn(NAMED, error.name)) return NAMED[error.name];
  let kind: unknown = error.constructor;
  for (; typeof kind === 'function'; kind = Object.getPrototypeOf(kind))
    if (Object.hasOwn(NAMED, kind.name)) return NAMED[kind.name];
  return undefined;
}

/** What a store says of `next`: whether trying again may help, which is no advice for a person. */
const FOR_MACHINES: ReadonlySet<unknown> = new Set(['retryable', 'terminal']);

/** Errors of the store and the runtime, by the name of their class. They say themselves what to do when they know. */
function ofNamed(error: unknown): Failure | null {
  for (let one = error; one instanceof Error; one = one.cause) {
    const known = named(one);
    if (!known) continue;
    const next = 'next' in one && typeof one.next === 'string' && !FOR_MACHINES.has(one.next) ? one.next : known[2];
    const code = 'code' in one ? String(one.code) : '';
    const exit = code === 'corrupt' ? EXIT.unverified : known[0];
    const why = START[code] ?? known[1];
    return new Failure(exit, (error as Error).message, why, next, error);
  }
  return null;
}

function unexpected(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(
    EXIT.failed,
    message || 'something failed without saying what',
    'this is a defect of Reeve, or something it does not know about',
    'run the command again with REEVE_DEBUG=1 and report what it prints',
    error,
  );
}
