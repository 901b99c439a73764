/** A connection to an MCP server: opened when it is needed, and again after it broke. */
import { Client, StreamableHTTPClientTransport, type Tool, type Transport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { checkedAddresses, hop, type Resolve } from '../http/request.ts';
import { type OpenContext, ToolError } from '../port.ts';
import { refused } from '../shared/call.ts';
import { type Redactor, redactorOf, secretOf } from '../shared/secrets.ts';
import { stdioTransport } from './stdio.ts';
import { endOf, type Limits, TASKS, tellTasks } from './tasks.ts';
import type { Descriptor, McpConfig, Remote } from './wire.ts';

export interface Session {
  readonly client: Client;
  readonly redactor: Redactor;
  close(): Promise<void>;
}

const listed = z.looseObject({
  tools: z.array(z.looseObject({ name: z.string() })),
  nextCursor: z.string().optional(),
});
/** Pages of tools looked through; a server that never ends its list has none. */
const PAGES = 100;

/** @throws ToolError certain: nothing was asked yet. */
export async function openSession(
  context: OpenContext,
  config: McpConfig,
  resolve: Resolve,
  seat: string | undefined,
  signal: AbortSignal,
): Promise<Session> {
  const { values, redactor } = await secretsOf(context, config, seat);
  const options = { versionNegotiation: { mode: config.era }, capabilities: { extensions: { [TASKS]: {} } } };
  const client = new Client({ name: 'reeve', version: '1' }, options);
  try {
    const transport = await transportOf(context, config, resolve, values);
    await client.connect(transport, { signal, timeout: config.time });
    tellTasks(transport);
  } catch (error) {
    await client.close().catch(() => undefined);
    if (error instanceof ToolError) throw error;
    const message = redactor.clean(error instanceof Error ? error.message : String(error));
    throw new ToolError('transient', `the MCP server cannot be reached: ${message}; nothing was asked`);
  }
  return { client, redactor, close: () => client.close().catch(() => undefined) };
}

/** What the server says of its tools now, whatever it said before. */
export async function descriptorsOf({ client }: Session, signal: AbortSignal, timeout: number): Promise<Descriptor[]> {
  const all: Descriptor[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const found = listed.parse(await client.request({ method: 'tools/list', params }, { signal, timeout }));
    all.push(...found.tools);
    cursor = found.nextCursor;
    if (cursor === undefined) return all;
  }
  throw refused('the MCP server lists tools without end; nothing was asked of them');
}

/** What is asked of one tool. */
export interface Asked {
  /** As the server describes it now. */
  readonly descriptor: Descriptor;
  readonly args: Readonly<Record<string, unknown>>;
  readonly limits: Limits;
  /** May something have been done when the tool says that it failed? */
  readonly uncertain: boolean;
}

/** One call to its end [CON126]. @throws ToolError; whatever the client throws */
export async function callTool({ client }: Session, { descriptor, args, limits, uncertain }: Asked): Promise<unknown> {
  const { name, inputSchema = {} } = descriptor;
  if (JSON.stringify(inputSchema).includes(`"${MIRRORED}"`)) await assertMirrored(client, name, limits);
  // Without its output schema: what does not fit one was done all the same, and is read by `valueIn`.
  const toolDefinition = { name, inputSchema } as Tool;
  const options = { ...limits, toolDefinition, allowInputRequired: true };
  return endOf(client, await client.callTool({ name, arguments: { ...args } }, options), limits, uncertain);
}

/** Marks arguments that are sent as headers, too, for what stands between client and server. */
const MIRRORED = 'x-mcp-header';

/** [CON128] The client's own list leaves out what marks arguments in a way that is not allowed. */
async function assertMirrored(client: Client, name: string, limits: Limits): Promise<void> {
  const { tools } = await client.listTools(undefined, { ...limits, cacheMode: 'refresh' });
  if (tools.some((one) => one.name === name)) return;
  throw refused(
    `the MCP server marks arguments of "${name}" as headers in a way that is not allowed; nothing was asked of it`,
  );
}

async function secretsOf({ secret }: OpenContext, { server }: McpConfig, seat: string | undefined) {
  const fields = 'url' in server ? server.headers : server.env;
  const lookup = secret && ((name: string) => secret(name, seat));
  const values: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') values[name] = value;
    else {
      const text = await secretOf(lookup, value.secret).catch((error: Error) => {
        throw new ToolError('transient', `${error.message}; nothing was sent`);
      });
      secrets.push(text);
      values[name] = `${value.prefix}${text}`;
    }
  }
  return { values, redactor: redactorOf(secrets) };
}

function transportOf(
  { directory, hidden = [] }: OpenContext,
  { server, maxResponse, time }: McpConfig,
  resolve: Resolve,
  values: Readonly<Record<string, string>>,
): Promise<Transport> {
  if (!('url' in server)) return stdioTransport({ server, env: values, directory, hidden, maxMessage: maxResponse });
  const made = new StreamableHTTPClientTransport(new URL(server.url), {
    fetch: guardedFetch(server, { resolve, headers: values, maxResponse, time }),
  });
  return Promise.resolve(made);
}

interface Guard {
  readonly resolve: Resolve;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxResponse: number;
  readonly time: number;
}

/** [CON92] [T13] Requests go to the server's own address and to nothing else, at addresses that were checked; none is followed. */
function guardedFetch(server: Remote, { resolve, headers, maxResponse, time }: Guard) {
  const own = new URL(server.url);
  return async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    // The stream a server of the former era may push into is not needed: answers come with their requests.
    if (request.method === 'GET') return new Response(null, { status: 405 });
    if (url.href !== own.href) throw refused(`the MCP server sends elsewhere, to ${url.origin}; nothing was sent`);
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(time)]);
    const addresses = await checkedAddresses(
      url,
      { origin: own.origin, paths: ['/'], ...server, headers: {} },
      resolve,
    );
    const body = Buffer.from(await request.arrayBuffer());
    const method = request.method === 'DELETE' ? 'DELETE' : 'POST';
    const given = Object.fromEntries(request.headers);
    const answer = await hop(
      { method, url, headers: {}, body },
      { addresses, headers: { ...given, ...headers }, maxResponse, signal },
    );
    if (answer.status >= 300 && answer.status < 400) throw refused('the MCP server redirects; name its own address');
    const empty = answer.status === 202 || answer.status === 204;
    return new Response(empty ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: plain(answer.headers),
    });
  };
}

const plain = (headers: NodeJS.Dict<string | string[]>): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name === 'content-length' || name === 'transfer-encoding' || name === 'connection'
      ? []
      : [[name, Array.isArray(value) ? value.join(', ') : value] as [string, string]],
  );
