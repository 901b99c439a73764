/** A peer as a process of its own, asked over the channel to it. */
import { type ChildProcess, fork } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seconds } from '../lib/measure.ts';
import { type Kind, moduleOf, nodeOf } from './kinds.ts';
import type { Calls, Place } from './lib/peer.ts';

type Message = { ready: Record<string, string> } | { reply: unknown } | { error: string };

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Hold on and close may take long; what takes longer than this beyond its own limit hangs. */
export const PATIENCE = 120;

export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #log: string;
  /** Seconds from the start of the process until it is open. */
  readonly started: number;
  readonly settings: Readonly<Record<string, string>>;

  private constructor(child: ChildProcess, log: string, started: number, settings: Record<string, string>) {
    this.#child = child;
    this.#log = log;
    this.started = started;
    this.settings = settings;
  }

  /** Throws, with the end of what the peer wrote, where it is not open within `patience` seconds. */
  static async open(kind: Kind, place: Place, patience = PATIENCE): Promise<PeerProcess> {
    const log = join(place.directory, 'peer.log');
    const out = openSync(log, 'a');
    const start = process.hrtime.bigint();
    const child = fork(moduleOf(kind), {
      ...{ cwd: ROOT, execPath: nodeOf(kind), execArgv: ['--import', './bin/typescript.js', '--expose-gc'] },
      env: { ...process.env, NODE_ENV: 'production', RESTATE_LOGGING: 'ERROR', PEER_PLACE: JSON.stringify(place) },
      stdio: ['ignore', out, out, 'ipc'],
    });
    const message = await next(child, log, patience);
    if (!('ready' in message)) throw new Error('the peer answered before it was ready');
    return new PeerProcess(child, log, seconds(start), message.ready);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async call<K extends keyof Calls>(
    call: K,
    ask: Calls[K]['ask'],
    patience: number = PATIENCE,
  ): Promise<Calls[K]['reply']> {
    this.#child.send({ call, ...ask });
    const message = await next(this.#child, this.#log, patience);
    if (!('reply' in message)) throw new Error('error' in message ? message.error : 'the peer opened twice');
    return message.reply as Calls[K]['reply'];
  }

  /** Closes it in its own way; after `PATIENCE` seconds, or where it cannot any more, ends it. */
  async close(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    await this.call('close', {}).catch(() => this.#child.kill('SIGKILL'));
    await exited;
  }
}

/** The next message of the child. Ends the child, and throws, where none comes. */
function next(child: ChildProcess, log: string, patience: number): Promise<Message> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      settle();
      child.kill('SIGKILL');
      reject(new Error(`${why}; it wrote:\n${readFileSync(log, 'utf8').split('\n').slice(-12).join('\n')}`));
    };
    const told = (message: unknown) => {
      settle();
      resolve(message as Message);
    };
    const exited = (code: number | null) => fail(`the peer ended with ${code}`);
    const timer = setTimeout(() => fail(`the peer did not answer for ${patience} s`), patience * 1000);
    const settle = () => {
      clearTimeout(timer);
      child.off('message', told);
      child.off('exit', exited);
    };
    child.on('message', told);
    child.on('exit', exited);
  });
}
