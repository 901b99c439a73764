/** What the tests of http share: servers, and a tool that may reach them. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import type { Resolve } from '../src/http/request.ts';
import { type Call, httpConnector, httpConnectorWith, type OpenContext, type Tool } from '../src/index.ts';
import { type CapabilityInput, capabilityOf, listening, world } from './subjects.ts';

/** Runs after the test, the latest first. */
export const later = (cleanup: () => Promise<unknown>): void => onTestFinished(async () => void (await cleanup()));

export const REFUSED = { category: 'deterministic', uncertain: false };
const LOCAL = ['127.0.0.0/8', '::1'];

export async function serve(listener: RequestListener): Promise<string> {
  const { origin, close } = await listening(createServer(listener));
  later(close);
  return origin;
}

/** A server that answers every request with what it saw, and keeps it. */
export async function echo() {
  const seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const origin = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    response.setHeader('etag', '"v1"').end(JSON.stringify({ headers: request.headers, body }));
  });
  return { origin, seen };
}

type Origins = { origin: string; paths?: string[]; addresses?: string[]; headers?: Record<string, unknown> }[];

export const READ: CapabilityInput = {
  ...{ id: 'web.get', effect: 'read', args: { url: 'string' } },
  config: { method: 'GET', url: { from: 'url' }, response: 'text' },
};
export const POST: CapabilityInput = {
  ...{ id: 'web.post', effect: 'irreversible', settle: 'ask', args: { url: 'string', body: 'any' } },
  config: { method: 'POST', url: { from: 'url' }, body: { json: 'body' } },
};

export async function opened(
  origins: Origins,
  {
    capabilities = [READ, POST],
    config = {},
    resolve,
    secrets = {},
  }: {
    capabilities?: readonly CapabilityInput[];
    config?: Record<string, unknown>;
    resolve?: Resolve;
    secrets?: Record<string, string>;
  } = {},
) {
  const all = origins.map((one) => ({ paths: ['/'], addresses: LOCAL, ...one }));
  const context = await world('http', { origins: all, ...config }, capabilities);
  later(context.cleanup);
  const tool = await (resolve ? httpConnectorWith(resolve) : httpConnector).open({
    ...context,
    secret: async (name) => secrets[name],
  });
  later(() => tool.close());
  return { context, tool };
}

export type Opened = { context: OpenContext; tool: Tool };
export const ask = ({ context, tool }: Opened, id: string, args: Record<string, unknown>, more: Partial<Call> = {}) =>
  tool.call(callOf(capabilityOf(context, `web.${id}`), args, more));
