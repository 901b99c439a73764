/** An organisation with a seat for agents from outside, over HTTP, and MCP clients for it. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client as McpClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type Client, createClient } from '@reeve/protocol';
import { expect } from 'vitest';
import { type RunningServer, startServer } from '../src/index.ts';
import { folder, later } from './support.ts';

const PACK = join(import.meta.dirname, '../../../examples/agent-desk/pack');
export const TICKET = { subject: 'Kettle', text: 'Order K-100 leaks.', customer: 'sam@example.com' };

/** The pack of the example, with the occupant of its desk as told. */
export async function agentPack(occupant?: string): Promise<string> {
  const path = join(await folder(), 'pack');
  await cp(PACK, path, { recursive: true });
  if (occupant === undefined) return path;
  const file = join(path, 'organisation.yaml');
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace(/occupant: \{ principal: refund-agent.*\}/, `occupant: ${occupant}`),
  );
  return path;
}

export interface Served {
  readonly server: RunningServer;
  readonly client: Client;
  readonly url: string;
  readonly data: string;
  token(seat?: string): Promise<string>;
  open(text?: string): Promise<string>;
}

export async function serve(options: { data?: string; pack?: string; port?: number } = {}): Promise<Served> {
  const { data = await folder(), port = 0 } = options;
  const server = await startServer({ data, port });
  later(() => server.close());
  if (options.pack !== undefined) await server.house.applyPack(options.pack, { base: '', reason: 'test' });
  const client = createClient({ url: server.url, token: server.house.token });
  return {
    ...{ server, client, url: server.url, data },
    token: async (seat = 'refunds') => (await client.giveToken({ seat })).token,
    open: async (text = TICKET.text) => (await client.openCase({ ...TICKET, text })).case,
  };
}

type Era = 'auto' | 'legacy';

/** A connected MCP client. */
export async function mcp(url: string, token: string, era: Era = 'auto'): Promise<McpClient> {
  const client = new McpClient({ name: 'test', version: '1' }, { versionNegotiation: { mode: era } });
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
  later(() => client.close());
  return client;
}

export interface Told {
  readonly failed: boolean;
  readonly value: Record<string, unknown>;
}

/** What a tool answered, as data. */
export async function use(client: McpClient, name: string, args: Record<string, unknown> = {}): Promise<Told> {
  const result = await client.callTool({ name, arguments: args });
  const [content] = result.content as { type: string; text: string }[];
  return { failed: result.isError === true, value: JSON.parse(content!.text) as Record<string, unknown> };
}

/** Takes work, which there is to be; gives its handle. */
export async function take(client: McpClient, wait = 5): Promise<string> {
  const { value } = await use(client, 'work_take', { wait });
  expect(value).toMatchObject({ status: 'taken' });
  return value.work as string;
}

export async function until<T>(look: () => Promise<T | undefined | null | false>): Promise<T> {
  for (const end = Date.now() + 20_000; ; ) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error('nothing came of it within 20 seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A request of the current era as it stands on the wire, from a client that knows tasks: the SDK's client does not. */
export async function wire(
  url: string,
  token: string,
  method: string,
  params: Record<string, unknown>,
  extensions: Record<string, unknown> = { 'io.modelcontextprotocol/tasks': {} },
): Promise<{ status: number; result?: Record<string, unknown>; error?: { code: number; message: string } }> {
  const version = '2026-07-28';
  const name = params.name ?? params.taskId;
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json', 'mcp-method': method },
      ...{ accept: 'application/json, text/event-stream', 'mcp-protocol-version': version },
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    },
    body: JSON.stringify({
      ...{ jsonrpc: '2.0', id: 1, method },
      params: {
        ...params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': version,
          'io.modelcontextprotocol/clientInfo': { name: 'wire', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': { extensions },
        },
      },
    }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}
