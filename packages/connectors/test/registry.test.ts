import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capability, tool } from '@reeve/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { CONNECTORS, type Connector, fakeConnectors, openTools, type Tool, toolIssues } from '../src/index.ts';

const SEND = capability.parse({ id: 'mail.send', tool: 'mail', effect: 'irreversible', config: { action: 'send' } });
const SENT = capability.parse({ id: 'mail.sent', tool: 'mail', effect: 'read', config: { action: 'list' } });
const MAIL = tool.parse({ id: 'mail', connector: 'mailbox', config: { from: 'a@b.example' } });
const FILES = tool.parse({ id: 'files', connector: 'documents' });
const MESSAGE = { to: 'ann@home.example', subject: 's', body: 'b' };

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'reeve-registry-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const directories = () => ({ data: join(base, 'tools'), pack: base });

it('registers every connector under its own id [CON12]', () => {
  expect(Object.keys(CONNECTORS).sort()).toEqual([
    ...[
      'calendar',
      'contacts',
      'device',
      'documents',
      'fs',
      'git',
      'http',
      'json-store',
      'mail',
      'mailbox',
      'mcp',
      'postgres',
    ],
    ...['shell', 'sql', 'webdav', 'webhook'],
  ]);
  expect(Object.keys(fakeConnectors()).sort()).toEqual(Object.keys(CONNECTORS).sort());
  for (const [id, connector] of Object.entries(CONNECTORS)) expect(connector.id).toBe(id);
});

describe('what is wrong with a definition', () => {
  it('is nothing when it is right [CON12]', () => {
    expect(toolIssues({ tools: [MAIL, FILES], capabilities: [SEND, SENT] })).toEqual([]);
  });

  it('is found before anything is opened, and says where [CON12]', () => {
    const shop = tool.parse({ id: 'shop', connector: 'sql', config: { database: '../shop.db' } });
    const wipe = capability.parse({
      id: 'shop.wipe',
      tool: 'shop',
      effect: 'irreversible',
      config: { statements: ['DELETE FROM orders'] },
    });
    const both = capability.parse({ id: 'shop.both', tool: 'shop', effect: 'read', config: { query: 5 } });
    const ghost = tool.parse({ id: 'ghost', connector: 'constructor' });
    const issues = toolIssues({ tools: [shop, ghost], capabilities: [wipe, both] });
    expect(issues).toEqual([
      { path: 'tools.shop.config.database', message: expect.stringContaining('dot') },
      {
        path: 'tools.ghost.connector',
        message: expect.stringContaining('no connector "constructor"; known are calendar, contacts, device, documents'),
      },
      {
        path: 'capabilities.shop.wipe.config.statements.0',
        message: expect.stringContaining('would change every row'),
      },
      { path: 'capabilities.shop.both.config', message: expect.stringContaining('expected string') },
    ]);
  });
});

describe('opening all tools', () => {
  it('gives each its own directory and its own capabilities [CON13]', async () => {
    const tools = await openTools({ tools: [MAIL, FILES], capabilities: [SEND, SENT] }, directories());
    await tools.get('mail')!.call(callOf(SEND, MESSAGE));
    expect([...tools.keys()]).toEqual(['mail', 'files']);
    expect(existsSync(join(base, 'tools', 'mail', 'outbox', 'new'))).toBe(true);
    expect(existsSync(join(base, 'tools', 'files', 'documents'))).toBe(true);
    await expect(tools.get('files')!.call(callOf(SEND, MESSAGE))).rejects.toMatchObject({ category: 'deterministic' });
    for (const one of tools.values()) await one.close();
  });

  it('closes those already open when one cannot be opened [CON13]', async () => {
    const closed: string[] = [];
    const watched = Object.fromEntries(
      Object.entries(CONNECTORS).map(([id, connector]) => [id, watching(connector, closed)]),
    );
    const broken = tool.parse({ id: 'broken', connector: 'sql', config: { database: 'a.db', seed: 'missing.sql' } });
    const parts = { tools: [MAIL, FILES, broken], capabilities: [SEND] };
    await expect(openTools(parts, directories(), watched)).rejects.toThrow(
      /^tool broken could not be opened: .*missing\.sql/,
    );
    expect(closed.sort()).toEqual(['files', 'mail']);
  });

  it('does not know a connector that nobody registered [CON13]', async () => {
    const ghost = tool.parse({ id: 'ghost', connector: 'ghost' });
    await expect(openTools({ tools: [ghost], capabilities: [] }, directories())).rejects.toThrow(
      'no connector "ghost"',
    );
  });
});

/** The same connector, telling which of its tools were closed. */
function watching(connector: Connector, closed: string[]): Connector {
  return {
    ...connector,
    open: async (context) => {
      const opened: Tool = await connector.open(context);
      return { ...opened, close: () => opened.close().then(() => void closed.push(context.tool.id)) };
    },
  };
}

it('keeps the world of a fake as long as its set, apart from other sets [CON14] [T-simulation]', async () => {
  const parts = { tools: [MAIL], capabilities: [SEND, SENT] };
  const [mine, others] = [fakeConnectors(), fakeConnectors()];
  const sent = async (connectors: ReturnType<typeof fakeConnectors>) => {
    const tools = await openTools(parts, directories(), connectors);
    const { value } = await tools.get('mail')!.call(callOf(SENT, {}));
    await tools.get('mail')!.close();
    return value.count;
  };
  const tools = await openTools(parts, directories(), mine);
  await tools.get('mail')!.call(callOf(SEND, MESSAGE));
  expect(await sent(mine)).toBe(1);
  expect(await sent(others)).toBe(0);
  expect(existsSync(join(base, 'tools', 'mail', 'outbox'))).toBe(false);
});
