/** Starting programs under the supervisor, and ending them. All process handling is here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, ToolError } from '../port.ts';
import { ISOLATED, PLAIN, SUPERVISOR } from './script.ts';
import type { Ended, Kept, ShellConfig } from './wire.ts';

/** After the lifeline is let go, the supervisor ends everything within 300 ms; then its group is killed from here. */
const BACKSTOP = 600;
/** Output still on its way after the supervisor has ended. */
const DRAIN = 200;

export interface Order {
  /** Absolute path of the program, and its arguments. */
  readonly argv: readonly string[];
  /** Absolute path of the workspace. */
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: ShellConfig['limits'];
  /** Milliseconds. */
  readonly time: number;
  readonly isolation: Isolation | undefined;
  readonly signal: AbortSignal;
  readonly onOutput?: Call['onOutput'];
}

interface Isolation {
  readonly network: boolean;
  readonly writable: boolean;
  /** Folders that are empty inside. */
  readonly hidden: readonly string[];
}

/** Why a program was ended from outside. */
type Cut = 'time' | 'cancelled' | 'output';

/**
 * Run a program to its end; nothing it started is left when this resolves or rejects.
 * @throws ToolError certain when the program was not begun; uncertain when it was ended from outside.
 */
export async function run(order: Order): Promise<Ended> {
  const child = start(order);
  const [lifeline, report] = [child.stdio[3], child.stdio[4]] as [{ destroy(): void }, Readable];
  const told = textOf(report);
  let cut: Cut | undefined;
  let backstop: NodeJS.Timeout | undefined;
  const end = (why: Cut) => {
    if (cut !== undefined) return;
    cut = why;
    lifeline.destroy();
    backstop = setTimeout(() => killGroup(child), BACKSTOP);
  };
  const { keep, output } = order.limits;
  let total = 0;
  const count = (bytes: number) => {
    total += bytes;
    if (total > output) end('output');
  };
  const stdout = keepEnd(child.stdout as Readable, keep, count, (text) => order.onOutput?.('stdout', text));
  const stderr = keepEnd(child.stderr as Readable, keep, count, (text) => order.onOutput?.('stderr', text));
  const cancel = () => end('cancelled');
  order.signal.addEventListener('abort', cancel, { once: true });
  const timer = setTimeout(() => end('time'), order.time);
  try {
    await ended(child);
    killGroup(child);
    await drained(child);
  } finally {
    clearTimeout(timer);
    clearTimeout(backstop);
    order.signal.removeEventListener('abort', cancel);
    lifeline.destroy();
  }
  return judge(order, told(), cut, { stdout: stdout(), stderr: stderr() });
}

/** Begin a program under the supervisor. Letting go of its fourth stream ends it with everything it started. */
export function start(
  { argv, workspace, env, limits, isolation }: Pick<Order, 'argv' | 'workspace' | 'env' | 'limits' | 'isolation'>,
  input: 'ignore' | 'pipe' = 'ignore',
): ChildProcess {
  const nonce = randomBytes(12).toString('hex');
  const kib = (bytes: number) => String(Math.ceil(bytes / 1024));
  const blocks = String(Math.ceil(limits.file / 512));
  const numbers = [kib(limits.memory), String(limits.cpu), blocks, String(limits.openFiles)];
  const program = [
    'env',
    '-i',
    ...Object.entries({ ...env, REEVE_CALL: nonce }).map((pair) => pair.join('=')),
    ...argv,
  ];
  const command = [...enclosure(workspace, isolation, limits.processes), ...program];
  return spawn('/bin/sh', ['-c', SUPERVISOR, 'reeve-supervisor', nonce, ...numbers, ...command], {
    cwd: workspace,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    detached: true,
    stdio: [input, 'pipe', 'pipe', 'pipe', 'pipe'],
  });
}

function enclosure(workspace: string, isolation: Isolation | undefined, processes: number): string[] {
  if (!isolation) return ['/bin/sh', '-c', PLAIN, 'reeve-plain'];
  const { network, writable, hidden } = isolation;
  const spaces = ['--user', '--map-root-user', '--mount', '--pid', '--ipc', ...(network ? [] : ['--net'])];
  const inside = [workspace, writable ? 'rw' : 'ro', String(processes), String(hidden.length), ...hidden];
  return [
    ...['unshare', ...spaces, '--fork', '--kill-child=KILL', '--mount-proc'],
    ...['/bin/sh', '-c', ISOLATED, 'reeve-isolated', ...inside],
  ];
}

/** End a group that is still there. Its number cannot have been given away while a member lives. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => resolve());
    child.once('error', (cause) =>
      reject(
        new ToolError('transient', `no program could be started: ${cause.message}; nothing was changed`, { cause }),
      ),
    );
  });
}

/** What was written before the end is read; who still holds a stream open is not waited for. */
async function drained(child: ChildProcess): Promise<void> {
  const { stdout, stderr, stdio } = child;
  const streams = [stdout, stderr, stdio[4]] as Readable[];
  const done = Promise.all(
    streams.map((stream) => stream.closed || new Promise((resolve) => stream.once('close', resolve))),
  );
  const stop = new AbortController();
  await Promise.race([done, sleep(DRAIN, undefined, { signal: stop.signal }).catch(() => undefined)]);
  stop.abort();
  for (const stream of streams) stream.destroy();
}

function textOf(stream: Readable): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    if (text.length < 100) text += chunk;
  });
  stream.on('error', () => undefined);
  return () => text;
}

/** Follow a stream: its digest, its length, and its last `keep` bytes. */
function keepEnd(
  stream: Readable,
  keep: number,
  count: (bytes: number) => void,
  show: (text: string) => void,
): () => Kept {
  const hash = createHash('sha256');
  const decoder = new TextDecoder();
  let tail: Buffer = Buffer.alloc(0);
  let bytes = 0;
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
    tail = Buffer.concat([tail, chunk]).subarray(-keep);
    count(chunk.length);
    try {
      show(decoder.decode(chunk, { stream: true }));
    } catch {
      // Whoever watches must not change what happens.
    }
  });
  return () => ({ text: fromWholeCharacter(tail, bytes), bytes, digest: hash.digest('hex') });
}

/** The text of the tail, without the rest of a character cut at its beginning. */
function fromWholeCharacter(tail: Buffer, bytes: number): string {
  let from = 0;
  if (bytes > tail.length) while (from < 3 && ((tail[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return new TextDecoder().decode(tail.subarray(from));
}

type Output = Pick<Ended, 'stdout' | 'stderr'>;

function judge(order: Order, told: string, cut: Cut | undefined, output: Output): Ended {
  const begun = told.includes('begun');
  if (cut !== undefined) throw cutOff(order, cut, begun);
  const [, exit] = /exit (\d+)/.exec(told) ?? [];
  const last = output.stderr.text.trim().slice(-500);
  if (!begun)
    throw new ToolError(
      'transient',
      `the program was not started: ${last || 'its supervisor ended'}; nothing was changed`,
    );
  if (exit !== undefined) return { exit: Number(exit), ...output };
  throw new ToolError('transient', 'the program and its supervisor were killed; look at what it did', {
    uncertain: true,
  });
}

function cutOff({ time, limits }: Order, cut: Cut, begun: boolean): ToolError {
  const why = {
    time: `took longer than ${time} ms`,
    cancelled: 'was cancelled',
    output: `wrote more than ${limits.output} bytes`,
  }[cut];
  const next = begun ? 'it was ended, with everything it started; look at what it did' : 'nothing was changed';
  const category = cut === 'output' ? 'deterministic' : 'transient';
  return new ToolError(category, `the program ${why}; ${next}`, { uncertain: begun });
}
