/** The outside of the retail pack: the connectors' own fake of its shop, on the pack's own data. */
import { fakeConnectors, type OpenContext, type Tool } from '@reeve/connectors';
import type { Definition } from '@reeve/kernel';
import type { Customer, System, World } from './system.ts';

/** Open the shop of the definition in memory. @param folder of the pack, for its seed */
export async function retailWorld(
  definition: Definition,
  folder: string,
  customers: readonly Customer[],
): Promise<World> {
  const tool = definition.tools[0]!;
  const capabilities = definition.capabilities.filter((one) => one.tool === tool.id);
  const context: OpenContext = { tool, capabilities, directory: '', packDirectory: folder };
  const open = await fakeConnectors()[tool.connector]!.open(context);
  const reads = new Set(capabilities.filter(({ effect }) => effect === 'read').map(({ id }) => id));
  const shop = systemOf(open, reads);
  return { customers, system: (id) => (id === tool.id ? shop : undefined), paid: () => new Map(), breaches: () => [] };
}

/** A tool as a system outside: it does what it is told. */
export const systemOf = (open: Tool, reads: ReadonlySet<string>): System => ({
  writes: (capability) => !reads.has(capability),
  run: (call) => open.call(call),
  lookup: (key) => open.lookup!(key, undefined as never),
});
