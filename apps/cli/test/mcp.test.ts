import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it } from 'vitest';
import { reeve, serving, temporary } from './support/cli.ts';

const ROOT = join(import.meta.dirname, '../../..');

async function desk(): Promise<string> {
  const cwd = temporary();
  const pack = join(cwd, 'pack');
  await cp(join(ROOT, 'examples/agent-desk/pack'), pack, { recursive: true });
  const data = join(cwd, 'data');
  expect(await reeve({ data }, 'apply', pack, '--yes', '--reason', 'test')).toMatchObject({ code: 0 });
  return data;
}

/** A client of `reeve mcp` as a program of its own. */
async function bridged(data: string, era: 'auto' | 'legacy', env: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: era } });
  const args = [join(ROOT, 'bin/reeve.js'), 'mcp', '--seat', 'refunds'];
  const all = { ...(process.env as Record<string, string>), REEVE_DATA: data, ...env };
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env: all, stderr: 'pipe' }));
  return client;
}

describe('agents and the command line', () => {
  it.each(['auto', 'legacy'] as const)(
    '[CLI170] passes MCP on between standard input and a server, era %s',
    async (era) => {
      const data = await desk();
      await serving(data, async ({ house }) => {
        const client = await bridged(data, era);
        expect((await client.listTools()).tools.map(({ name }) => name)).toContain('orders_refund');
        const { content } = await client.callTool({ name: 'work_list', arguments: {} });
        expect(content).toMatchObject([{ type: 'text', text: expect.stringContaining('"open":0') }]);
        expect(house.seatTokens.list()).toMatchObject([{ seat: 'refunds', name: 'reeve mcp' }]);
        await client.close();
        // The token it made for itself is gone with it.
        await expect.poll(() => house.seatTokens.list()).toEqual([]);
      });
    },
  );

  it('[CLI170] says what is missing when no server runs, or a token is of no use', async () => {
    const data = await desk();
    expect(await reeve({ data }, 'mcp', '--seat', 'refunds')).toMatchObject({
      code: 5,
      err: expect.stringContaining('reeve up'),
    });
    await serving(data, async ({ url }) => {
      const elsewhere = await reeve({ data }, 'mcp', '--seat', 'refunds', '--url', url);
      expect(elsewhere).toMatchObject({ code: 2, err: expect.stringContaining('--token-file') });
      await expect(bridged(data, 'legacy', { REEVE_SEAT_TOKEN: 'seat_wrong' })).rejects.toThrow();
    });
  });

  it('[CLI230] [CLI171] [SRV190] makes, lists and revokes tokens of seats, and tells each once', async () => {
    const data = await desk();
    const made = await reeve({ data }, '--json', 'token', 'give', 'refunds', '--name', 'night shift', '--life', '30d');
    const { id, token } = JSON.parse(made.out) as { id: string; token: string };
    const listed = await reeve({ data }, 'token');
    expect(listed.out).toMatch(new RegExp(`${id} +seat +refunds +night shift`));
    expect(listed.out).not.toContain(token);
    expect((await reeve({ data }, 'token', 'revoke', id)).out).toContain('counts for nothing');
    expect((await reeve({ data }, 'token', 'revoke', id)).code).toBe(4);
    const peer = JSON.parse((await reeve({ data }, '--json', 'peer', 'admit', 'acme', '--life', '30d')).out);
    expect(peer).toMatchObject({ peer: 'acme', services: null, token: expect.stringMatching(/^peer_/) });
    expect((await reeve({ data }, 'peer')).out).toContain('all that are offered');
    expect((await reeve({ data }, 'peer', 'revoke', peer.id)).out).toContain('counts for nothing');
    expect(await reeve({ data }, 'token', 'give', 'owner')).toMatchObject({
      code: 4,
      err: expect.stringContaining('human'),
    });
  });

  it('[CLI172] prints what an MCP server says of its tools, with pins', async () => {
    const cwd = temporary();
    const pack = join(cwd, 'pack');
    await cp(join(ROOT, 'examples/agent-desk/pack'), pack, { recursive: true });
    const script = join(ROOT, 'packages/connectors/test/mcp-server.mjs');
    const config = { server: { program: process.execPath, args: [script], isolation: 'preferred' } };
    await writeFile(join(pack, 'book.yaml'), JSON.stringify({ tools: [{ id: 'book', connector: 'mcp', config }] }));
    const shown = await reeve({ data: join(cwd, 'data'), cwd }, 'mcp-tools', 'pack', 'book');
    expect(shown.out).toMatch(/add\n {2}pin: [0-9a-f]{64}\n {2}Add a line\./);
    expect(await reeve({ data: join(cwd, 'data'), cwd }, 'mcp-tools', 'pack', 'orders')).toMatchObject({ code: 4 });
  });
});
