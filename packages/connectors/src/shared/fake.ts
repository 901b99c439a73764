import type { z } from 'zod';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, refused, repeatOf, requestDigest, type StoredEffect } from './call.ts';
import { configured } from './capabilities.ts';
import { closable } from './closing.ts';

/** A tool of a fake connector: a state, and what calls do to it. */
export interface FakeTool<C> {
  writes(config: C): boolean;
  /** Carry out one call; must throw before it changes anything. */
  run(call: Call, config: C): CallResult;
}

interface World<T> {
  readonly tool: T;
  readonly effects: Map<string, StoredEffect>;
}

/**
 * A connector with the schemas of `real` whose tools live in memory and do no I/O of their own. State and effects
 * outlive the opened tool, as an outside system outlives a crash of Reeve; they are gone with the connector.
 */
export function fakeConnector<S extends z.ZodType, T extends FakeTool<z.output<S>>>(
  real: Connector,
  schema: S,
  create: (context: OpenContext) => T,
): Connector {
  const worlds = new Map<string, World<T>>();
  return {
    ...real,
    open: async (context) => {
      const world = worlds.get(context.tool.id) ?? { tool: create(context), effects: new Map<string, StoredEffect>() };
      const tool = openFake(world, context, schema);
      worlds.set(context.tool.id, world);
      return tool;
    },
  };
}

function openFake<S extends z.ZodType, T extends FakeTool<z.output<S>>>(
  world: World<T>,
  context: OpenContext,
  schema: S,
): Tool & T {
  const { tool, effects } = world;
  const capabilities = configured(context, schema, (config) => tool.writes(config));
  const answer = (call: Call): CallResult => {
    const config = capabilities.get(call.capability.id)?.config;
    if (config === undefined)
      throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
    assertWanted(call);
    if (!tool.writes(config)) return tool.run(call, config);
    const known = repeatOf(effects.get(call.key), call);
    if (known) return known;
    const result = tool.run(call, config);
    effects.set(call.key, { request: requestDigest(call), result });
    return result;
  };
  return closable({
    ...tool,
    call: async (call) => answer(call),
    lookup: async (key) => effects.get(key)?.result ?? null,
    health: async () => ({ ok: true, message: `${context.tool.id} is a fake in memory` }),
    close: async () => undefined,
  });
}
