/** A TCP proxy that can be slow, deaf in one direction or both, or cut: a network with faults, for tests. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** `pass`; `cut`: connections break and none is made; `deaf-up`, `deaf-down`, `deaf`: bytes to, from, or both ways vanish. */
export type ProxyMode = 'pass' | 'cut' | 'deaf-up' | 'deaf-down' | 'deaf';

export interface TrialProxy {
  readonly port: number;
  set(mode: ProxyMode, delayMs?: number): void;
  close(): Promise<void>;
}

export async function trialProxy(target: { readonly host?: string; readonly port: number }): Promise<TrialProxy> {
  const proxy = new FaultyProxy(target);
  await proxy.listen();
  return proxy;
}

class FaultyProxy implements TrialProxy {
  readonly #target: { readonly host?: string; readonly port: number };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #mode: ProxyMode = 'pass';
  #delay = 0;
  port = 0;

  constructor(target: { readonly host?: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        this.port = (this.#server.address() as { port: number }).port;
        resolve();
      });
    });
  }

  set(mode: ProxyMode, delayMs = 0): void {
    this.#mode = mode;
    this.#delay = delayMs;
    if (mode === 'cut') for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.#mode === 'cut') {
      client.destroy();
      return;
    }
    const server = connect(this.#target.port, this.#target.host ?? '127.0.0.1');
    this.#pipe(client, server, 'deaf-up');
    this.#pipe(server, client, 'deaf-down');
  }

  #pipe(from: Socket, to: Socket, deaf: ProxyMode): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => {
      if (this.#mode === deaf || this.#mode === 'deaf') return;
      if (this.#delay === 0) to.write(chunk);
      else setTimeout(() => to.writable && to.write(chunk), this.#delay);
    });
    const over = () => {
      this.#sockets.delete(from);
      to.destroy();
    };
    from.on('close', over);
    from.on('error', over);
  }
}
