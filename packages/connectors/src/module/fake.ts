import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, landed, refused, repeatOf, requestDigest, type StoredEffect } from '../shared/call.ts';
import { closable } from '../shared/closing.ts';
import { argsOf, type Loaded, loadFor, moduleConnector, promised } from './client.ts';

interface World {
  readonly effects: Map<string, StoredEffect>;
  readonly kept: unknown[];
}

/** Users' tools in memory: what the file's `fake` functions say; nothing outside is asked. */
export function fakeModule(): Connector {
  const worlds = new Map<string, World>();
  return {
    ...moduleConnector,
    open: async (context) => {
      const world = worlds.get(context.tool.id) ?? { effects: new Map(), kept: [] };
      worlds.set(context.tool.id, world);
      return openFake(world, context, await loadFor(context));
    },
  };
}

function openFake(world: World, context: OpenContext, loaded: Loaded): Tool {
  return closable({
    call: async (call) => answer(world, context, loaded, call),
    lookup: async (key) => world.effects.get(key)?.result ?? null,
    health: async () => ({ ok: true, message: `${context.tool.id} is a fake in memory` }),
    close: async () => undefined,
  });
}

function answer({ effects, kept }: World, context: OpenContext, loaded: Loaded, call: Call): CallResult {
  const one = loaded.capabilityOf(call);
  assertWanted(call);
  const args = argsOf(one, call);
  if (!one.fake) throw refused(`${call.capability.id} has no "fake", so it does nothing in a simulated world; add one`);
  const known = one.effect === 'read' ? undefined : repeatOf(effects.get(call.key), call);
  if (known) return known;
  const value = promised(one, call.capability.id, one.fake({ args, kept: structuredClone(kept) }));
  if (one.effect === 'read') return { value };
  const result = landed(`module:${context.tool.id}`, call, value);
  kept.push(args);
  effects.set(call.key, { request: requestDigest(call), result });
  return result;
}
