/** The server of the example: `reeve up` as a process of its own, so that it can be killed like one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Client, createClient } from '@reeve/protocol';
import { openHouse, Secrets } from '@reeve/server';
import { KEY, type Say } from '../parts.ts';

const REEVE = join(import.meta.dirname, '../../bin/reeve.js');

interface Spawned {
  readonly child: ChildProcess;
  /** What it said on standard error so far. */
  readonly errors: () => string;
}

function spawned(data: string, port: number, argv: readonly string[]): Spawned {
  const child = spawn(process.execPath, [REEVE, ...argv], {
    env: { ...process.env, REEVE_DATA: data, REEVE_PORT: String(port), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return { child, errors: () => said.trim() };
}

/** Makes a data directory with the pack in force and the model's key in its store. @returns the owner's token */
export async function prepare(data: string, pack: string): Promise<string> {
  const house = await openHouse({ data, work: false });
  try {
    await house.applyPack(pack, { base: '', reason: 'the example' });
    await new Secrets(data, undefined).set('provider', KEY, { tools: [], models: ['clerk'], seats: [] }, Date.now());
    return house.token;
  } finally {
    await house.close();
  }
}

export class Server {
  readonly #data: string;
  readonly #token: string;
  #process: ChildProcess | null = null;
  #port = 0;
  /** Signs in once. */
  link = '';

  /** @param port 0 for any free one */
  constructor(data: string, token: string, port: number) {
    this.#data = data;
    this.#token = token;
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get client(): Client {
    return createClient({ url: this.url, token: this.#token });
  }

  /** Resolves when it answers. Started again it has the port it had. @throws Error when it ends instead */
  async start(): Promise<void> {
    const { child, errors } = spawned(this.#data, this.#port, ['--json', 'up']);
    this.#process = child;
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`reeve up ended: ${errors()}`)));
    const said = once(createInterface(child.stdout!), 'line') as Promise<[string]>;
    const [line] = await Promise.race([said, ended]);
    ended.catch(() => undefined);
    const { ready, console } = JSON.parse(line) as { ready: string; console: string };
    this.#port = Number(new URL(ready).port);
    this.link = console;
  }

  /** @param signal SIGKILL is what a power cut is to a process */
  async stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (!running || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  }

  /** One command of the command line; what it prints goes on line by line. @throws Error when it fails */
  async command(say: Say, ...argv: readonly string[]): Promise<void> {
    const { child, errors } = spawned(this.#data, this.#port, argv);
    const ended = once(child, 'exit') as Promise<[number | null]>;
    for await (const line of createInterface(child.stdout!)) say(line);
    const [code] = await ended;
    if (code !== 0) throw new Error(`reeve ${argv.join(' ')} failed: ${errors()}`);
  }
}
