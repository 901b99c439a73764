import { createServer, type Server } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { Health } from '@reeve/protocol';
import { removeServerFile, writeServerFile } from './data/server-file.ts';
import { Refusal, StartError } from './errors.ts';
import { type House, type HouseOptions, openHouse } from './house.ts';
import { consoleAnswer } from './http/console.ts';
import { problemResponse } from './http/problems.ts';
import { sayPage } from './people/page.ts';
import { Telemetry, type TelemetryOptions } from './telemetry/telemetry.ts';
import { VERSION } from './version.ts';

export interface ServerOptions extends Omit<HouseOptions, 'work' | 'hosts' | 'telemetry'> {
  /** 0 for any free one. */
  readonly port: number;
  /** Address to bind; 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** Play scripts and carry out operations; true unless told otherwise. */
  readonly work?: boolean;
  /** Where spans go; nowhere unless told. */
  readonly otlp?: TelemetryOptions['otlp'];
}

export interface RunningServer {
  readonly url: string;
  readonly house: House;
  /** Stop answering, finish what is in the works, give the data directory back. Closing twice is fine. */
  close(): Promise<void>;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** What answers requests; while the ledger is read, only that it is. Node's own objects go along: reading and writing them directly is cheaper. */
type Answering = (request: Request, env: HttpBindings) => Response | Promise<Response>;

/**
 * Serves an organisation. The port is taken first, so that a taken one is found before anything works.
 * @throws StartError with what to do next.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { port, host = '127.0.0.1', work = true } = options;
  let answer: Answering = (request) => starting(request, options.console);
  const server = createServer(getRequestListener((request, env) => answer(request, env as HttpBindings)));
  const taken = await listen(server, port, host);
  const url = urlOf(host, taken);
  try {
    const telemetry = new Telemetry({ ...(options.log ? { log: options.log } : {}), otlp: options.otlp ?? null });
    const hosts = LOOPBACK.has(host) ? 'loopback' : 'any';
    const house = await openHouse({ url, ...options, work, hosts, telemetry });
    answer = (request, env) => house.app.fetch(request, env);
    await writeServerFile(house.data, { pid: process.pid, port: taken, url, started: new Date().toISOString() });
    return { url, house, close: once(() => stop(server, house).finally(() => telemetry.close())) };
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work();
    return done;
  };
}

async function stop(server: Server, house: House): Promise<void> {
  const closed = closeServer(server);
  // Before the lock is given back: the next server writes its own.
  await removeServerFile(house.data).catch(() => undefined);
  await house.close();
  server.closeAllConnections();
  await closed;
}

export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });

async function starting(request: Request, console: string | undefined): Promise<Response> {
  const reason = 'the ledger is being read';
  const link = new URL(request.url).pathname.startsWith('/answer/');
  if (link) return sayPage(503, 'Not yet', reason, 'try again in a moment', { 'retry-after': '1' });
  const page = console === undefined ? null : await consoleAnswer(console, request);
  if (page) return page;
  if (new URL(request.url).pathname !== '/v1/health')
    return problemResponse(new Refusal('unavailable', `not started yet: ${reason}`, 'try again shortly'), {
      'retry-after': '1',
    });
  const uptime = Math.round(process.uptime() * 1000);
  const none = { organisation: '', name: '', seq: 0, tools: null };
  const health: Health = { ...none, status: 'starting', version: VERSION, reason, uptime };
  return Response.json(health, { status: 503 });
}

export const urlOf = (host: string, port: number): string => {
  // What listens everywhere is reached here under the loopback address.
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
};

/** @returns the port that was taken. @throws StartError saying who has it. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => resolve());
    });
  } catch (error) {
    throw await listenError(error as NodeJS.ErrnoException, port, host);
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function listenError(error: NodeJS.ErrnoException, port: number, host: string): Promise<StartError> {
  if (error.code === 'EADDRINUSE') {
    const who = await whoAnswers(urlOf(host, port));
    const next = `choose another one with --port (0 for any free one)${who.ours ? ', or stop that one' : ''}`;
    return new StartError('port-in-use', `port ${port} is taken by ${who.name}`, next, error);
  }
  const why = error.code === 'EACCES' ? 'this user may not use it' : error.message;
  return new StartError(
    'port-refused',
    `${host}:${port} cannot be used: ${why}`,
    'choose another port or address',
    error,
  );
}

/** Asks what is on a taken port for its name. */
async function whoAnswers(url: string): Promise<{ name: string; ours: boolean }> {
  try {
    const response = await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(1000) });
    const { organisation, version } = (await response.json()) as Partial<Health>;
    if (typeof organisation === 'string' && typeof version === 'string')
      return { name: `another Reeve (organisation "${organisation}")`, ours: true };
  } catch {
    // It is something else, or does not answer.
  }
  return { name: 'another program', ours: false };
}
