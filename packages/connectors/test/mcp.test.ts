import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { describeServer, mcpConnector } from '../src/mcp/client.ts';
import type { OpenContext, Tool } from '../src/port.ts';
import { bookCapabilities, bookTool, of, PINS } from './mcp-subject.ts';
import { type CapabilityInput, contextOf, world } from './subjects.ts';

const after: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of after.splice(0).reverse()) await work();
});

async function opened(
  config: Record<string, unknown>,
  capabilities: readonly CapabilityInput[] = bookCapabilities,
  secret?: OpenContext['secret'],
): Promise<{ tool: Tool; context: OpenContext }> {
  const context = await world('mcp', config, capabilities);
  after.push(context.cleanup);
  const given = { ...context, ...(secret ? { secret } : {}) };
  return { tool: await open(given), context: given };
}

async function open(context: OpenContext): Promise<Tool> {
  const tool = await mcpConnector.open(context);
  after.push(() => tool.close());
  return tool;
}

const add = (tool: Tool, n: number, key = `k${n}`) => tool.call(callOf(of('book.add'), { n }, { key }));
const book = ({ directory }: OpenContext) => {
  const file = join(directory, 'files', 'book.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0;
};

describe('tools of MCP servers', () => {
  it('[CON161] [CON162] [T5] suspends a tool whose description changed, before it is used, and the others go on', async () => {
    const { tool, context } = await opened(bookTool('rug'));
    await expect(add(tool, 1)).rejects.toMatchObject({ category: 'governance', uncertain: false });
    expect(book(context)).toBe(0);
    expect((await tool.call(callOf(of('book.list'), {}))).value).toEqual({ lines: [] });
    expect(await tool.health()).toMatchObject({ ok: false, message: expect.stringContaining('"add" is suspended') });
  });

  it('[CON123] [T5] a tool that changed under way stays suspended when it is the old one again, until somebody agrees anew', async () => {
    const { tool, context } = await opened(bookTool('rug-later'));
    await add(tool, 1);
    writeFileSync(join(context.directory, 'files', 'rug'), '');
    await expect(add(tool, 2)).rejects.toMatchObject({ category: 'governance' });
    await tool.close();
    const honest = { ...context, tool: { ...context.tool, config: bookTool() } };
    const same = await open(honest);
    await expect(add(same, 2)).rejects.toMatchObject({ category: 'governance' });
    await same.close();
    const capabilities = context.capabilities.map((one) => ({ ...one, config: { ...one.config, reviewed: 2 } }));
    const again = await open({ ...honest, capabilities });
    await again.call(callOf(capabilities[0]!, { n: 2 }, { key: 'k2' }));
    expect(book(context)).toBe(2);
  });

  it('[CON162] [T6] uses no tool of which there are two', async () => {
    const { tool } = await opened(bookTool('twice'));
    await expect(add(tool, 1)).rejects.toThrow('2 tools called "add"');
  });

  it('[CON124] what died or fell silent in the middle has an unknown outcome, and is not begun again', async () => {
    for (const [fault, effects] of [
      ['die', 1],
      ['silent', 1],
      ['deaf', 0],
    ] as const) {
      const { tool, context } = await opened(bookTool(fault));
      // Its start is not what takes too long.
      await tool.call(callOf(of('book.list'), {}));
      const call = callOf(of('book.add'), { n: 1 }, { key: 'k1', signal: AbortSignal.timeout(2000) });
      await expect(tool.call(call), fault).rejects.toMatchObject({ category: 'transient', uncertain: true });
      await expect(add(tool, 1), fault).rejects.toMatchObject({ uncertain: true });
      await expect(tool.lookup?.('k1', of('book.add')), fault).rejects.toThrow('unknown outcome');
      expect(book(context), fault).toBe(effects);
      // It is started again for what comes next.
      expect((await tool.call(callOf(of('book.list'), {}))).value.lines, fault).toHaveLength(effects);
    }
  });

  it('[CON124] a tool that says that it failed may have done something, unless the pack knows better', async () => {
    const { tool } = await opened(bookTool('error'));
    await expect(add(tool, 1)).rejects.toMatchObject({ category: 'deterministic', uncertain: true });
    const sure = bookCapabilities.map((one) => ({ ...one, config: { ...(one.config as object), errors: 'certain' } }));
    const { tool: other, context } = await opened(bookTool('error'), sure);
    const failed = other.call(callOf(context.capabilities[0]!, { n: 1 }));
    await expect(failed).rejects.toMatchObject({
      category: 'deterministic',
      uncertain: false,
      message: expect.stringContaining('no ink'),
    });
  });

  it('[CON161] does not open with keys that MCP has not, and names the pins of a server', async () => {
    const keyed = bookCapabilities.map((one) => ({ ...one, settle: 'native-key' }));
    await expect(opened(bookTool(), keyed)).rejects.toThrow('names no keyArg');
    const context = await world('mcp', bookTool(), []);
    after.push(context.cleanup);
    const found = await describeServer(context);
    expect(found.map(({ descriptor, pin }) => [descriptor.name, pin])).toEqual([
      ['add', PINS.add],
      ['list', PINS.list],
    ]);
  });

  it('[CON125] [T14] a server that is a program inherits nothing and is gone when the tool is closed', async () => {
    process.env.REEVE_TEST_CANARY = 'canary-value';
    after.push(() => delete process.env.REEVE_TEST_CANARY);
    const { tool, context } = await opened(bookTool());
    await add(tool, 1);
    const mine = () => processes().filter(({ argv }) => argv.includes('mcp-server.mjs'));
    expect(mine().length).toBeGreaterThan(0);
    for (const { environ } of mine()) expect(environ).not.toContain('canary-value');
    await tool.close();
    await expect
      .poll(() => mine().filter(({ cwd }) => cwd.startsWith(context.directory)), { timeout: 5000 })
      .toEqual([]);
  });
});

/** Programs of this machine that can be looked at. */
function processes(): { argv: string; environ: string; cwd: string }[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return [];
    try {
      const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8');
      return [{ argv: read('cmdline'), environ: read('environ'), cwd: readlinkSync(`/proc/${pid}/cwd`) }];
    } catch {
      return [];
    }
  });
}

describe('MCP servers over HTTP', () => {
  /** Answers like a server of the former era, as told. */
  async function serverOf(
    answer: (method: string) => { status?: number; headers?: Record<string, string>; result?: unknown },
  ) {
    const seen: { headers: NodeJS.Dict<string | string[]>; method: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { id, method = '' } = JSON.parse(body || '{}') as { id?: number; method?: string };
        seen.push({ headers: request.headers, method });
        const base = method === 'initialize' ? INITIALIZED : method === 'tools/list' ? LISTED : {};
        const { status = 200, headers = {}, result = base } = answer(method);
        if (id === undefined) return void response.writeHead(202).end();
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    after.push(() => new Promise((resolve) => server.close(resolve)));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, seen };
  }
  const INITIALIZED = {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'x', version: '1' },
  };
  const LISTED = {
    tools: [{ name: 'list', description: 'All lines.', inputSchema: { type: 'object', properties: {}, required: [] } }],
  };
  const listing = (tool: Tool) => tool.call(callOf(of('book.list'), {}));
  const remote = (url: string, more: object = {}) => ({
    server: { url, addresses: ['127.0.0.1'], ...more },
    era: 'legacy',
  });

  it('[CON125] [T13] [T14] go to the one address that is granted, with a secret that comes back nowhere', async () => {
    const { url, seen } = await serverOf((method) =>
      method === 'tools/call' ? { result: { content: [{ type: 'text', text: 'you are key-0123456789' }] } } : {},
    );
    const headers = { authorization: { secret: 'api', prefix: 'Bearer ' } };
    const { tool } = await opened(remote(url, { headers }), bookCapabilities, async () => 'key-0123456789');
    expect((await listing(tool)).value).toEqual({ text: 'you are [secret removed]' });
    expect(seen.every(({ headers }) => headers.authorization === 'Bearer key-0123456789')).toBe(true);
    const { tool: lost } = await opened(remote(url, { headers }));
    await expect(listing(lost)).rejects.toThrow('there is no secret "api"');

    const { tool: closed } = await opened({ server: { url } });
    await expect(listing(closed)).rejects.toThrow('not public and not granted');
    const elsewhere = await serverOf(() => ({ status: 307, headers: { location: url } }));
    const { tool: sent } = await opened(remote(elsewhere.url));
    await expect(listing(sent)).rejects.toThrow('redirects');
  });

  it('[CON124] what answers nonsense, too much or nothing is a failure', async () => {
    const nonsense = await serverOf((method) => (method === 'tools/call' ? { result: { content: 'x' } } : {}));
    await expect(listing((await opened(remote(nonsense.url))).tool)).rejects.toMatchObject({ uncertain: false });
    const large = await serverOf((method) =>
      method === 'tools/call' ? { result: { content: [{ type: 'text', text: 'x'.repeat(10_000) }] } } : {},
    );
    const { tool } = await opened({ ...remote(large.url), maxResponse: 2000 });
    await expect(listing(tool)).rejects.toThrow('larger than 2000 bytes');
    const { tool: nobody } = await opened(remote('http://127.0.0.1:9/mcp'));
    await expect(listing(nobody)).rejects.toMatchObject({ category: 'transient', uncertain: false });
  });
});

describe('the reference servers', () => {
  const server = (name: string, args: string[] = [], env = {}) => ({
    server: {
      ...{ program: process.execPath, isolation: 'preferred', env },
      args: [
        join(import.meta.dirname, `../../../node_modules/@modelcontextprotocol/server-${name}/dist/index.js`),
        ...args,
      ],
    },
  });

  /** Opened with the pins that their own descriptors have today. */
  async function pinned(
    configOf: (files: string) => Record<string, unknown>,
    wanted: Record<string, Record<string, unknown>>,
  ) {
    const bare = await world('mcp', configOf('/'), []);
    after.push(bare.cleanup);
    const config = configOf(join(bare.directory, 'files'));
    const own = contextOf(bare.directory, bare.packDirectory, 'mcp', config, []);
    const pins = new Map((await describeServer(own)).map(({ descriptor, pin }) => [descriptor.name, pin]));
    const capabilities = Object.entries(wanted).map(([name, { action = 'read', ...more }]) => ({
      ...{ id: `it.${name}`, effect: action === 'read' ? 'read' : 'reversible', settle: 'ask', ...more },
      config: { tool: name, action, pin: pins.get(name) },
    }));
    const context = contextOf(bare.directory, bare.packDirectory, 'mcp', config, capabilities);
    const tool = await open(context);
    return (name: string, args: Record<string, unknown>, key = name) =>
      tool.call(callOf(context.capabilities.find(({ id }) => id === `it.${name}`)!, args, { key }));
  }

  it('[CON160] everything', async () => {
    const call = await pinned(() => server('everything', ['stdio']), {
      echo: { args: { message: 'string' } },
      'get-sum': { args: { a: 'number', b: 'number' } },
    });
    expect(String((await call('echo', { message: 'hello' })).value.text)).toContain('hello');
    expect(String((await call('get-sum', { a: 2, b: 40 })).value.text)).toContain('42');
  });

  it('[CON160] filesystem', async () => {
    const call = await pinned(() => server('filesystem', ['.']), {
      write_file: { action: 'write', args: { path: 'string', content: 'string' } },
      read_text_file: { args: { path: 'string' } },
    });
    const { evidence } = await call('write_file', { path: 'a.txt', content: 'ink' });
    expect(evidence?.[0]?.ref).toBe('mcp:it/write_file#write_file');
    expect(JSON.stringify((await call('read_text_file', { path: 'a.txt' })).value)).toContain('ink');
    await expect(call('read_text_file', { path: '/etc/passwd' })).rejects.toMatchObject({ category: 'deterministic' });
  });

  it('[CON160] memory', async () => {
    const entities = [{ name: 'kettle', entityType: 'thing', observations: ['leaks'] }];
    const call = await pinned((files) => server('memory', [], { MEMORY_FILE_PATH: join(files, 'm.jsonl') }), {
      create_entities: { action: 'write', args: { entities: 'list' } },
      read_graph: {},
    });
    await call('create_entities', { entities });
    expect((await call('read_graph', {})).value).toMatchObject({ entities, relations: [] });
  });
});
