import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Refusal, StartError } from '../errors.ts';
import type { Log } from '../house.ts';
import { internalError, problemResponse } from '../http/problems.ts';
import { closeServer, listen, urlOf } from '../serve.ts';
import { type ClusterNode, type NodeOptions, startClusterNode } from './node.ts';

export interface NodeServerOptions extends Omit<NodeOptions, 'url'> {
  /** 0 for any free one. */
  readonly port: number;
  /** Address to bind; 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** Where the other nodes reach this one; what it listens on unless told otherwise. */
  readonly url?: string;
  /** Certificate (with what it was signed by) and key, in PEM: then https is spoken, and nothing else. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface RunningNode {
  readonly url: string;
  readonly node: ClusterNode;
  /** [SRV46] Hands everything over while requests are still answered, then stops. Closing twice is fine. */
  close(): Promise<void>;
}

/** Serves organisations together with the other nodes of the same database. @throws StartError, StoreUnavailable. */
export async function startNodeServer(options: NodeServerOptions): Promise<RunningNode> {
  const { port, host = '127.0.0.1', tls } = options;
  let node: ClusterNode | null = null;
  const log: Log = options.log ?? (() => undefined);
  const listener = getRequestListener((request, env) => answer(node, request, env as HttpBindings, log));
  const server = tls === undefined ? createServer(listener) : secured(tls, listener);
  const taken = await listen(server, port, host);
  const url = options.url ?? urlOf(host, taken).replace(/^http:/, tls ? 'https:' : 'http:');
  try {
    const started = await startClusterNode({ ...options, url });
    node = started;
    let closing: Promise<void> | null = null;
    const close = () => {
      closing ??= stop(server, started);
      return closing;
    };
    return { url, node: started, close };
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

/** @throws StartError for a certificate or key that is none, or two that do not belong together. */
function secured(tls: { cert: string; key: string }, listener: RequestListener): Server {
  try {
    return createTlsServer(tls, listener);
  } catch (error) {
    const why = `the certificate and its key cannot be used: ${(error as Error).message}`;
    throw new StartError('not-data', why, 'give both in PEM, the certificate with those that signed it', error);
  }
}

async function answer(node: ClusterNode | null, request: Request, env: HttpBindings, log: Log): Promise<Response> {
  if (node === null) return problemResponse(new Refusal('unavailable', 'the node is starting', 'try again shortly'));
  try {
    return await node.fetch(request, env);
  } catch (error) {
    const id = randomUUID();
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log('error', 'a request met a bug', { id, error: why });
    return internalError(id);
  }
}

async function stop(server: Server, node: ClusterNode): Promise<void> {
  await node.close();
  const closed = closeServer(server);
  server.closeAllConnections();
  await closed;
}
