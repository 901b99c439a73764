/** The MCP connector over a real server, as a subject of the contract, and parts of it for other tests. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CapabilityDef, capability } from '@reeve/kernel';
import { type ContractSubject, callOf } from '../src/contract-suite.ts';
import { pinOf } from '../src/mcp/wire.ts';
import type { Connector } from '../src/port.ts';
import { type CapabilityInput, world } from './subjects.ts';

const SERVER = join(import.meta.dirname, 'mcp-server.mjs');
const object = (properties: Record<string, unknown>) => ({
  ...{ type: 'object', properties, required: Object.keys(properties) },
});
/** The descriptors of the server as somebody agreed to them. */
export const PINS = {
  add: pinOf({
    ...{ name: 'add', description: 'Add a line.', annotations: { readOnlyHint: true } },
    inputSchema: object({ n: { type: 'integer' } }),
  }),
  list: pinOf({ name: 'list', description: 'All lines.', inputSchema: object({}) }),
};

export const bookTool = (...faults: string[]) => ({
  server: { program: process.execPath, args: [SERVER, ...faults], isolation: 'preferred' },
});

export const bookCapabilities: readonly CapabilityInput[] = [
  {
    ...{ id: 'book.add', effect: 'reversible', args: { n: 'integer' }, settle: 'ask' },
    config: { tool: 'add', action: 'write', pin: PINS.add },
  },
  { id: 'book.list', effect: 'read', args: {}, config: { tool: 'list', action: 'read', pin: PINS.list } },
];

export const of = (id: string): CapabilityDef =>
  capability.parse({ tool: 'it', ...bookCapabilities.find((one) => one.id === id) });

export async function mcpSubject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const context = await world('mcp', bookTool(), bookCapabilities);
  const [add, list] = [context.capabilities[0]!, context.capabilities[1]!];
  const book = join(context.directory, 'files', 'book.jsonl');
  return {
    ...{ connector, context },
    write: { capability: add, args: (n) => ({ n }) },
    read: { capability: list, args: {} },
    bad: [
      { why: 'missing', args: {} },
      { why: 'unknown', args: { n: 1, m: 2 } },
    ],
    world: async (tool) => {
      if (real) return existsSync(book) ? readFileSync(book, 'utf8').trim().split('\n') : [];
      return (await tool.call(callOf(list, {}, { key: 'world' }))).value.kept;
    },
    count: (all) => (all as unknown[]).length,
    cleanup: context.cleanup,
  };
}
