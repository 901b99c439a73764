/**
 * `reeve mcp`: the MCP server of a running organisation for agents that only start programs. It passes messages on, one line of
 * standard input to one request and back; it knows no more of the protocol than which headers the current era wants.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { liveServer } from '../connect.ts';
import { type Context, usage } from '../context.ts';
import { EXIT, type Exit, Failure } from '../failure.ts';

export interface McpOptions {
  readonly seat: string;
  readonly url?: string;
  readonly tokenFile?: string;
}

interface Message {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

interface Door {
  readonly url: string;
  readonly token: string;
  readonly close: () => Promise<void>;
}

/** [CLI170] Until standard input ends or a signal comes. */
export async function mcp(context: Context, options: McpOptions): Promise<Exit> {
  const door = await doorOf(context, options);
  const ended = new AbortController();
  const forget = context.io.onSignal(() => ended.abort());
  const under = new Set<Promise<void>>();
  try {
    for await (const line of context.io.lines(ended.signal)) {
      if (line.trim() === '') continue;
      const passed = pass(context, door, line, ended.signal).finally(() => under.delete(passed));
      under.add(passed);
    }
    await Promise.all(under);
  } finally {
    ended.abort();
    forget();
    await door.close();
  }
  return EXIT.done;
}

/** With a token of its own, or with one that the server on this data directory makes for as long as this takes. */
async function doorOf(context: Context, { seat, url, tokenFile }: McpOptions): Promise<Door> {
  const { io } = context;
  const given = tokenFile === undefined ? io.env.REEVE_SEAT_TOKEN : await readFile(resolve(io.cwd, tokenFile), 'utf8');
  const live = await liveServer(context.data);
  const address = url ?? live?.url ?? null;
  if (address === null)
    throw new Failure(
      EXIT.unavailable,
      'no server is running',
      'agents work while it runs',
      'start it with `reeve up`',
    );
  if (given) return { url: address, token: given.trim(), close: async () => {} };
  if (live === null || url !== undefined)
    throw usage('there is no token', 'a seat of another server is worked with a token of it', 'give --token-file');
  const { client } = live;
  const { id, token } = await client.giveToken({ seat, name: 'reeve mcp', life: LIFE });
  return { url: address, token, close: async () => void (await client.revokeToken({ id }).catch(() => null)) };
}

/** A token that nobody revokes, because this was killed, ends after a day. */
const LIFE = 24 * 3_600_000;

async function pass({ io }: Context, { url, token }: Door, line: string, signal: AbortSignal): Promise<void> {
  const message = parse(line);
  try {
    const response = await fetch(`${url}/mcp`, {
      method: 'POST',
      headers: headersOf(token, message),
      body: line,
      signal,
    });
    const text = await response.text();
    const answers = answersOf(text, response.headers.get('content-type') ?? '');
    for (const answer of answers) io.out(`${addressed(answer, message)}\n`);
  } catch (error) {
    if (message.id === undefined || signal.aborted) return;
    const why = { code: -32_000, message: `the server did not answer: ${(error as Error).message}` };
    io.out(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, error: why })}\n`);
  }
}

/** What is refused before it is read has no id: whoever asked would wait for ever. */
function addressed(answer: string, { id }: Message): string {
  const given = parse(answer);
  return id !== undefined && given.id === null ? JSON.stringify({ ...given, id }) : answer;
}

function parse(line: string): Message {
  try {
    return JSON.parse(line) as Message;
  } catch {
    // The server says what is wrong with it.
    return {};
  }
}

const VERSION = 'io.modelcontextprotocol/protocolVersion';

/** The current era repeats in headers what the message says; the one before knows none of them. */
function headersOf(token: string, { method, params = {} }: Message): Record<string, string> {
  const common = {
    ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    accept: 'application/json, text/event-stream',
  };
  const version = (params._meta as Record<string, unknown> | undefined)?.[VERSION];
  if (typeof version !== 'string' || method === undefined) return common;
  const name = params.name ?? params.uri ?? params.taskId;
  return {
    ...{ ...common, 'mcp-protocol-version': version, 'mcp-method': method },
    ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
  };
}

/** One message a line, whether they came as a stream of events or as one body. */
function answersOf(text: string, type: string): string[] {
  if (!type.startsWith('text/event-stream')) return text.trim() === '' ? [] : [text.trim().replaceAll('\n', ' ')];
  return text.split(/\r?\n\r?\n/).flatMap((event) => {
    const data = event.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []));
    return data.length === 0 ? [] : [data.join(' ')];
  });
}
