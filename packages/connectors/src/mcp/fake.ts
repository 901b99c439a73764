import type { Connector } from '../port.ts';
import { landed } from '../shared/call.ts';
import { fakeConnector } from '../shared/fake.ts';
import { mcpConnector } from './client.ts';
import { argumentsOf, mcpCapability, writes } from './wire.ts';

/** A server in memory: it keeps what its writing tools were given, and its reading tools say what that was. */
export function fakeMcp(): Connector {
  return fakeConnector(mcpConnector, mcpCapability, ({ tool }) => {
    const kept: { tool: string; args: Record<string, unknown> }[] = [];
    return {
      writes,
      run: (call, config) => {
        const args = argumentsOf(call, config);
        if (!writes(config)) return { value: { kept: structuredClone(kept) } };
        kept.push({ tool: config.tool, args });
        return landed(`mcp:${tool.id}/${config.tool}`, call, { kept: kept.length });
      },
    };
  });
}
