/** The tools of the content pack as they are, over a database and a mailbox in memory. */
import { fakeConnectors, type Tool } from '@reeve/connectors';
import type { Definition } from '@reeve/kernel';
import { systemOf } from '../world/retail.ts';
import type { Customer, World } from '../world/system.ts';

const CUSTOMERS: readonly Customer[] = Array.from({ length: 40 }, (_, i) => ({
  ...{ id: `client${i}@press.example`, name: `Client ${i}`, orders: [] },
}));

/** @param folder of the pack, for its seed */
export async function contentWorld(definition: Definition, folder: string): Promise<World> {
  const connectors = fakeConnectors();
  const systems = new Map(
    await Promise.all(
      definition.tools.map(async (tool) => {
        const capabilities = definition.capabilities.filter((one) => one.tool === tool.id);
        const open: Tool = await connectors[tool.connector]!.open({
          ...{ tool, capabilities, directory: '', packDirectory: folder },
        });
        const reads = new Set(capabilities.filter(({ effect }) => effect === 'read').map(({ id }) => id));
        return [tool.id, systemOf(open, reads)] as const;
      }),
    ),
  );
  return { customers: CUSTOMERS, system: (id) => systems.get(id), paid: () => new Map(), breaches: () => [] };
}
