/** A node as a process of its own, with a network to the database that can be broken. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type TrialProxy, trialProxy } from '@reeve/ledger/trial';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface NodePlace {
  readonly name: string;
  /** `postgres://…` of the database, around the proxy. */
  readonly store: string;
  readonly home: string;
  readonly secretFile: string;
  readonly tools: string;
}

export class NodeProcess {
  readonly name: string;
  readonly proxy: TrialProxy;
  readonly url: string;
  readonly #place: NodePlace;
  readonly #port: number;
  #child: ChildProcess | null = null;
  #log = '';

  private constructor(place: NodePlace, proxy: TrialProxy, port: number) {
    this.#place = place;
    this.name = place.name;
    this.proxy = proxy;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async make(place: NodePlace): Promise<NodeProcess> {
    const proxy = await trialProxy({ port: Number(new URL(place.store).port) });
    return new NodeProcess(place, proxy, await freePort());
  }

  get alive(): boolean {
    return this.#child !== null;
  }

  /** Resolves when it answers. @throws Error with the end of its log when it ends instead. */
  async start(): Promise<void> {
    const { store, home, secretFile, tools } = this.#place;
    const through = new URL(store);
    through.port = String(this.proxy.port);
    const args = ['node', '--store', through.href, '--data', join(home, this.name), '--port', String(this.#port)];
    const more = ['--name', this.name, '--secret-file', secretFile, '--tools', tools];
    const child = spawn(process.execPath, [join(ROOT, 'bin/reeve.js'), ...args, ...more], {
      // A session of its own: the scheduler shares the processor between sessions, as if each were a machine.
      ...{ stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    });
    this.#child = child;
    // In a session of its own it would outlive a test that failed.
    const orphaned = () => child.kill('SIGKILL');
    process.once('exit', orphaned);
    child.once('exit', () => process.off('exit', orphaned));
    child.stderr.on('data', (chunk) => {
      this.#log = (this.#log + String(chunk)).slice(-8000);
      appendFileSync(join(home, `${this.name}.log`), chunk);
    });
    child.on('exit', () => {
      if (this.#child === child) this.#child = null;
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => String(chunk).includes('ready http') && resolve());
      child.on('exit', () => reject(new Error(`${this.name} ended:\n${this.#log}`)));
    });
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    this.#child = null;
    await exited;
  }

  get log(): string {
    return this.#log;
  }
}
