/**
 * The client that the official runner tries: the `mcp` tool, opened on the runner's server as a pack would open it, with each of
 * the server's tools called once. The runner adds the address: `node bin/run.js tools/conformance/client.ts URL`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeServer, mcpConnector, type OpenContext } from '@reeve/connectors';
import { type CapabilityDef, capability, tool } from '@reeve/kernel';

const url = process.argv.at(-1) ?? '';
/** Calls the scenario wants; where it names none, each tool is called once. */
const wanted = (JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as { toolCalls?: Wanted[] }).toolCalls;
interface Wanted {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}
const folder = mkdtempSync(join(tmpdir(), 'reeve-conformance-'));

const contextOf = (capabilities: readonly CapabilityDef[]): OpenContext => ({
  tool: tool.parse({ id: 'it', connector: 'mcp', config: { server: { url, addresses: ['127.0.0.1', '::1'] } } }),
  capabilities: [...capabilities],
  directory: folder,
  packDirectory: folder,
});

const SAMPLES: Readonly<Record<string, readonly [type: string, value: unknown]>> = {
  integer: ['integer', 3],
  number: ['number', 5],
  boolean: ['boolean', true],
  string: ['string', 'x'],
};

type Properties = Readonly<Record<string, { readonly type?: string }>>;

/** What a pack's author would write of a tool's arguments, and values for them; others than plain ones are left out. */
function argumentsOf(schema: unknown): { args: Record<string, unknown>; values: Record<string, unknown> } {
  const { properties = {} } = (schema ?? {}) as { properties?: Properties };
  const known = Object.entries(properties).flatMap(([name, { type = '' }]) => {
    const sample = SAMPLES[type];
    return sample ? [[name, sample] as const] : [];
  });
  return {
    args: Object.fromEntries(known.map(([name, [type]]) => [name, { type, optional: true }])),
    values: Object.fromEntries(known.map(([name, [, value]]) => [name, value])),
  };
}

/** Every tool of the server as a capability of its own, and what it is called with. */
async function described() {
  const found = await describeServer(contextOf([]));
  return found.map(({ descriptor, pin }, index) => {
    const { args, values } = argumentsOf(descriptor.inputSchema);
    const config = { tool: descriptor.name, action: 'read', pin };
    const def = capability.parse({ id: `it.t${index}`, tool: 'it', effect: 'read', settle: 'ask', args, config });
    return { name: descriptor.name, def, values };
  });
}

async function callAll(): Promise<void> {
  const tools = await described();
  const opened = await mcpConnector.open(contextOf(tools.map(({ def }) => def)));
  const calls = wanted ?? tools.map(({ name, values }) => ({ name, arguments: values }));
  try {
    for (const { name, arguments: args } of calls) {
      const def = tools.find((one) => one.name === name)!.def;
      const call = { capability: def, args, key: def.id, operation: def.id, attempt: 1, now: 0 };
      // A tool that fails has failed; what the runner looks at is what was sent.
      await opened
        .call({ ...call, signal: AbortSignal.timeout(20_000) })
        .then(({ value }) => console.log(name, value))
        .catch((error: Error) => console.log(name, error.message));
    }
  } finally {
    await opened.close();
  }
}

await callAll().finally(() => rmSync(folder, { recursive: true, force: true }));
