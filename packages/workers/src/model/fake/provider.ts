/**
 * A model provider on loopback that speaks the wire formats of OpenAI and Anthropic, for tests, examples and measurements.
 * What it answers is scripted; what it is asked and what it would have charged for is counted.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ANTHROPIC, type Body, type FakeReply, OPENAI, type Wire } from './wires.ts';

export type { FakeCall, FakeReply } from './wires.ts';

/** One request, as it came over the wire. */
export interface FakeRequest {
  readonly wire: 'openai' | 'anthropic';
  readonly model: string;
  /** Replies the model gave before in this conversation: 0 for the first question. */
  readonly turn: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Something goes wrong: a status, silence, or a connection cut in the middle of the answer. */
export type FakeFault =
  | { readonly status: number; readonly message?: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly silent: true }
  | { readonly cut: FakeReply }
  | { readonly raw: string };

export type FakeAnswer = FakeReply | FakeFault;

export interface FakeProvider {
  /** Base address to give as `endpoint`. */
  readonly url: string;
  /** All requests, in order. */
  readonly requests: FakeRequest[];
  /** Those that were answered in full: what a provider charges for. */
  readonly paid: FakeRequest[];
  close(): Promise<void>;
}

export interface FakeOptions {
  readonly answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;
  /** Milliseconds before an answer begins. */
  readonly latency?: number;
  readonly port?: number;
}

const WIRES: Readonly<Record<string, Wire>> = { '/v1/chat/completions': OPENAI, '/v1/messages': ANTHROPIC };

export async function fakeProvider(options: FakeOptions): Promise<FakeProvider> {
  const requests: FakeRequest[] = [];
  const paid: FakeRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing, options, requests, paid).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/v1`, requests, paid, close };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { answer, latency = 0 }: FakeOptions,
  requests: FakeRequest[],
  paid: FakeRequest[],
): Promise<void> {
  const wire = WIRES[incoming.url ?? ''];
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  if (!wire) return void outgoing.writeHead(404).end();
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body & Record<string, unknown>;
  const { headers } = incoming;
  const key = String(headers['idempotency-key'] ?? '');
  const request = { wire: wire.id, model: body.model, turn: wire.turns(body), key, headers, body };
  requests.push(request);
  const given = await answer(request);
  if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
  if (outgoing.destroyed) return;
  if (send(outgoing, wire, body, given)) paid.push(request);
}

/** True when the answer was given in full. */
function send(outgoing: ServerResponse, wire: Wire, body: Body, given: FakeAnswer): boolean {
  if ('silent' in given) return false;
  if ('status' in given) {
    outgoing.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
    outgoing.end(JSON.stringify(wire.error(given.status, given.message ?? 'the fake fails as told')));
    return false;
  }
  if ('raw' in given) {
    outgoing.writeHead(200, { 'content-type': body.stream ? 'text/event-stream' : 'application/json' });
    outgoing.end(given.raw);
    return false;
  }
  if ('cut' in given) return cut(outgoing, wire, body, given.cut);
  if (body.stream) {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
    outgoing.end(wire.events(body, given).join(''));
  } else {
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify(wire.whole(body, given)));
  }
  return true;
}

function cut(outgoing: ServerResponse, wire: Wire, body: Body, reply: FakeReply): boolean {
  const text = body.stream ? wire.events(body, reply).join('') : JSON.stringify(wire.whole(body, reply));
  outgoing.writeHead(200, { 'content-type': body.stream ? 'text/event-stream' : 'application/json' });
  outgoing.write(text.slice(0, text.length / 2), () => outgoing.destroy());
  return false;
}
