/** Ways in which a server comes to its end, or nearly: each returns what should not have happened. */
import type { ChildProcess } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { GENESIS, readSeen, type Store, StoreCorrupt, verify } from '@reeve/ledger';
import { sqliteStore } from '@reeve/ledger/sqlite';
import type { Client } from '@reeve/protocol';
import type { Finding } from './audit.ts';

export const MODES = ['kill', 'term', 'wal', 'enospc', 'fsync'] as const;
export type Mode = (typeof MODES)[number];

export interface Server {
  readonly process: ChildProcess;
  readonly client: Client;
  /** Its exit code, null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

export interface Struck {
  readonly server: Server;
  readonly data: string;
  /** 0 to 1; what happens follows from the seed. */
  readonly next: () => number;
  /** Milliseconds, so that work goes on meanwhile. */
  readonly pause: (ms: number) => Promise<void>;
  /** Told what came of it, in a few words. */
  readonly note: (text: string) => void;
}

/** Where checkpoints are copied to: beside the data directory, as on another disk. */
export const witnessOf = (data: string): string => join(dirname(data), 'witness.jsonl');

export const STRIKES: Readonly<Record<Mode, (struck: Struck) => Promise<Finding[]>>> = {
  kill,
  term,
  wal,
  enospc,
  fsync,
};

async function kill({ server }: Struck): Promise<Finding[]> {
  server.process.kill('SIGKILL');
  await server.exited;
  return [];
}

/** Milliseconds a server under load may take to finish what it has. */
const PATIENCE = 30_000;

async function term({ server, note }: Struck): Promise<Finding[]> {
  const began = performance.now();
  server.process.kill('SIGTERM');
  const code = await server.exited;
  const took = performance.now() - began;
  note(`stopped in ${Math.round(took)} ms`);
  const wrong = code !== 0 ? `ended with ${code}` : took > PATIENCE ? `took ${Math.round(took)} ms` : null;
  return wrong === null ? [] : [{ rule: 'stop', detail: `SIGTERM: the server ${wrong}` }];
}

/** The disk is filled under load, and emptied again: the server has to come back by itself. */
async function enospc(struck: Struck): Promise<Finding[]> {
  const filler = join(dirname(struck.data), 'filler');
  fill(filler);
  await struck.pause(200 + struck.next() * 800);
  rmSync(filler);
  return comesBack(struck, 'there was space again');
}

/** The disk does not keep what it was asked to keep, each time or now and then, and is well again. */
async function fsync(struck: Struck): Promise<Finding[]> {
  const fails = failsFile(struck.data);
  const every = 1 + Math.floor(struck.next() * 4);
  writeFileSync(fails, String(every));
  await struck.pause(200 + struck.next() * 800);
  rmSync(fails);
  struck.note(`one fsync of ${every} failed`);
  return comesBack(struck, 'fsync worked again');
}

/** While this file is there, the disk of `faulty-disk.c` fails. */
const failsFile = (data: string): string => join(dirname(data), 'disk-fails');

/**
 * The library that makes a disk fail, built into a folder, as the environment a server is to be started with.
 * @throws Error when this machine has no C compiler
 */
export function faultyDisk(folder: string): Readonly<Record<string, string>> {
  const library = join(folder, 'faulty-disk.so');
  const source = join(import.meta.dirname, 'faulty-disk.c');
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`faulty-disk.c cannot be built: ${built.stderr ?? built.error?.message}`);
  return { LD_PRELOAD: library, REEVE_DISK_FAILS: failsFile(join(folder, 'data')) };
}

/** Under load and without help, within PATIENCE; then it is killed. */
async function comesBack({ server, pause, note }: Struck, when: string): Promise<Finding[]> {
  const began = performance.now();
  while (!(await works(server.client)) && performance.now() - began < PATIENCE) await pause(100);
  const back = await works(server.client);
  note(`back after ${Math.round(performance.now() - began)} ms`);
  await pause(200);
  await kill({ server } as Struck);
  return back ? [] : [{ rule: 'back', detail: `the server did not come back when ${when}` }];
}

const works = (client: Client): Promise<boolean> =>
  client.health().then(
    ({ status }) => status === 'running',
    () => false,
  );

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const size of [1 << 16, 1 << 12]) {
      const block = Buffer.alloc(size);
      try {
        for (;;) writeSync(file, block);
      } catch {
        // Full, to a block of this size.
      }
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Killed, and the write-ahead log of a copy torn at a random place. What is left must be a sound beginning of what was there, and
 * whether anything is missing must show in a witness, as far as that saw it. Where SQLite had begun to copy the log into its file,
 * damage before that place mixes old pages with new ones, which nothing can mend: then `reeve ledger verify` must say so.
 */
async function wal(struck: Struck): Promise<Finding[]> {
  const { data, note } = struck;
  await nextSeen(witnessOf(data), struck.pause);
  await kill(struck);
  const torn = `${data}-torn`;
  rmSync(torn, { recursive: true, force: true });
  cpSync(data, torn, { recursive: true });
  note(tear(join(torn, 'ledger/ledger.db-wal'), struck.next));
  const whole = await sqliteStore({ directory: join(data, 'ledger') });
  try {
    return await compare(torn, whole, data, note);
  } finally {
    await whole.close();
    rmSync(torn, { recursive: true, force: true });
  }
}

/** Waits until the witness sees another checkpoint: one that saw only what is old has nothing to say about the end. */
async function nextSeen(witness: string, pause: Struck['pause']): Promise<void> {
  const seen = async () => (existsSync(witness) ? (await readSeen(witness)).length : 0);
  const before = await seen();
  const until = performance.now() + 5000;
  while ((await seen()) === before && performance.now() < until) await pause(20);
}

/** Half of the times its end is cut off, else one byte is another. Its index is of the machine's memory: gone after a crash of it. */
function tear(path: string, next: () => number): string {
  rmSync(path.replace(/-wal$/, '-shm'), { force: true });
  const size = existsSync(path) ? statSync(path).size : 0;
  if (size === 0) return 'no log to tear';
  const at = Math.floor(next() * size);
  if (next() < 0.5) {
    truncateSync(path, at);
    return `log of ${size} bytes cut at ${at}`;
  }
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.from([readFileSync(path)[at]! ^ 0x5a]), 0, 1, at);
  closeSync(file);
  return `byte ${at} of ${size} changed`;
}

async function compare(torn: string, whole: Store, data: string, note: (text: string) => void): Promise<Finding[]> {
  const left = await sqliteStore({ directory: join(torn, 'ledger') }).catch((error: unknown) => error as Error);
  if (left instanceof StoreCorrupt) return [];
  if (left instanceof Error) return [{ rule: 'torn', detail: `not opened, and not as damaged: ${left.message}` }];
  try {
    const { ok, firstBad } = await verify(left.load(0));
    if (!ok) return shown(torn, `${firstBad?.what} of record ${firstBad?.seq}`, note);
    const [head, full] = [await left.head(), await whole.head()];
    note(`${full.seq - head.seq} of ${full.seq} records lost with it`);
    const beginning = (await hashAt(whole, head.seq)) === head.hash;
    return [
      ...(beginning ? [] : [{ rule: 'prefix', detail: `record ${head.seq} is another one` }]),
      ...(await witnessed(torn, witnessOf(data), head.seq, note)),
    ];
  } finally {
    await left.close();
  }
}

async function hashAt(store: Store, seq: number): Promise<string> {
  if (seq === 0) return GENESIS.hash;
  for await (const record of store.load(seq - 1, 1)) return record.hash;
  return (await store.head()).hash;
}

const ROOT = join(import.meta.dirname, '../..');
const UNSOUND = 6;

/** Has `reeve ledger verify` look at a directory; true: it found something. */
function verifies(torn: string, ...more: string[]): { found: boolean; said: string } {
  const args = [join(ROOT, 'bin/reeve.js'), 'ledger', 'verify', '--data', torn, ...more, '--json'];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { found: status === UNSOUND, said: `verify ended with ${status}: ${stdout.slice(0, 300)}` };
}

function shown(torn: string, what: string, note: (text: string) => void): Finding[] {
  const { found, said } = verifies(torn);
  note(found ? `verify shows it: ${what}` : `${what} is wrong`);
  return found ? [] : [{ rule: 'chain', detail: `${what} is wrong, and ${said}` }];
}

/** A witness that saw more than is left has to be believed by `reeve ledger verify`. */
async function witnessed(torn: string, witness: string, seq: number, note: (text: string) => void): Promise<Finding[]> {
  if (!existsSync(witness)) return [];
  const saw = Math.max(0, ...(await readSeen(witness)).map(({ size }) => size));
  const { found, said } = verifies(torn, '--witness', witness);
  note(found ? `the witness of ${saw} shows it` : `the witness saw ${saw}`);
  if (found === saw > seq) return [];
  return [{ rule: 'witness', detail: `saw ${saw}, ${seq} are left, and ${said}` }];
}
