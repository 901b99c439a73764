/**
 * The client that the official runner tries: the `mcp` tool, opened on the runner's server as a pack would open it, with each of
 * the server's tools called once. The runner adds the address: `node --import tsx tools/conformance/client.ts URL`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeServer, mcpConnector, type OpenContext } from '@reeve/connectors';
import { type CapabilityDef, capability, tool } from '@reeve/kernel';

const url = process.argv.at(-1) ?? '';
/** The current era unless the runner names the one before. */
const era = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION?.startsWith('2025') ? 'legacy' : 'auto';
const folder = mkdtempSync(join(tmpdir(), 'reeve-conformance-'));

const contextOf = (capabilities: readonly CapabilityDef[]): OpenContext => ({
  tool: tool.parse({ id: 'it', connector: 'mcp', config: { server: { url, addresses: ['127.0.0.1', '::1'] }, era } }),
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
    args: Object.fromEntries(known.map(([name, [type]]) => [name, type])),
    values: Object.fromEntries(known.map(([name, [, value]]) => [name, value])),
  };
}

async function callAll(): Promise<void> {
  const described = await describeServer(contextOf([]));
  const used = described.map(({ descriptor, pin }, index) => {
    const { args, values } = argumentsOf(descriptor.inputSchema);
    const config = { tool: descriptor.name, action: 'read', pin };
    return {
      def: capability.parse({ id: `it.t${index}`, tool: 'it', effect: 'read', settle: 'ask', args, config }),
      values,
    };
  });
  const opened = await mcpConnector.open(contextOf(used.map(({ def }) => def)));
  try {
    for (const { def, values } of used) {
      const call = { capability: def, args: values, key: def.id, operation: def.id, attempt: 1, now: 0 };
      // A tool that fails has failed; what the runner looks at is what was sent.
      await opened
        .call({ ...call, signal: AbortSignal.timeout(20_000) })
        .then(({ value }) => console.log(def.config, value))
        .catch((error: Error) => console.log(def.config, error.message));
    }
  } finally {
    await opened.close();
  }
}

await callAll().finally(() => rmSync(folder, { recursive: true, force: true }));
