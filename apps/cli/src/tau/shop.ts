/** The shop a replay works on: the benchmark's database in the pack's own tool, in a folder of its own. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonStoreTool, jsonStoreConnector, openTools, type Tool } from '@reeve/connectors';
import { capability, type Definition, digest } from '@reeve/kernel';
import type { ToolHost } from '@reeve/runtime';
import type { Action, Change, Database } from './data.ts';

/** What a request changes in the shop. */
export interface Effect {
  readonly capability: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly changes: readonly Change[];
}

/** The tool of the pack that holds the shop. */
const SHOP = 'shop';

/** Where one organisation keeps its things, below one folder. */
export interface Places {
  /** Files the tool takes from its pack: the seed and the effects. */
  readonly pack: string;
  /** Parent of the tools' own folders. */
  readonly tools: string;
  readonly ledger: string;
}

export const placesIn = (folder: string): Places => ({
  pack: join(folder, 'pack'),
  tools: join(folder, 'tools'),
  ledger: join(folder, 'ledger'),
});

/**
 * [TAU3] What the benchmark's own tools did, by request. A request that is made twice in a task is one request for
 * Reeve, so its first effect counts.
 */
export function effectsOf(actions: readonly Action[]): Effect[] {
  const effects = new Map<string, Effect>();
  for (const { name, type, error, arguments: args, patch } of actions) {
    const request = digest([name, args]);
    if (type === 'WRITE' && error === null && !effects.has(request))
      effects.set(request, { capability: name, args, changes: patch });
  }
  return [...effects.values()];
}

/** Put the seed and the effects where the tool looks for them. Doing it again with the same contents is harmless. */
export function layOut({ pack }: Places, definition: Definition, database: Database, effects: readonly Effect[]): void {
  const { seed, effects: file } = shopOf(definition).config as { seed: string; effects: string };
  for (const [name, content] of [
    [seed, database],
    [file, effects],
  ] as const) {
    mkdirSync(join(pack, name, '..'), { recursive: true });
    writeFileSync(join(pack, name), JSON.stringify(content));
  }
}

function shopOf(definition: Definition): Definition['tools'][number] {
  const shop = definition.tools.find(({ id }) => id === SHOP);
  if (shop) return shop;
  throw new Error(`the pack has no tool "${SHOP}"; it is not the retail pack`);
}

export interface ShopHost extends ToolHost {
  /** The shop; only after a definition is in force. */
  shop(): JsonStoreTool;
}

/** [TAU2] Opens the definition's tools on the places; once, because a replay never changes its definition. */
export function shopHost(places: Places): ShopHost {
  let open: Map<string, Tool> = new Map();
  return {
    get: (tool) => open.get(tool),
    use: async (definition) => {
      if (open.size === 0) open = await openTools(definition, { data: places.tools, pack: places.pack });
    },
    close: async () => {
      await Promise.all([...open.values()].map((tool) => tool.close()));
    },
    shop: () => open.get(SHOP) as JsonStoreTool,
  };
}

/** A database that is loaded once and copied for every request: loading takes longer than a decision. */
export interface Template {
  /** Make the shop of `places` a copy of the template with `changes` made. */
  copyTo(places: Places, changes: readonly Change[]): Promise<void>;
}

const SETUP = capability.parse({
  id: 'setup',
  tool: SHOP,
  effect: 'compensable',
  args: { changes: 'list' },
  config: { action: 'patch', from: 'changes' },
});

/** Load `database` into a template below `folder`; `effects` are what requests change in each of its copies. */
export async function templateOf(
  folder: string,
  definition: Definition,
  database: Database,
  effects: readonly Effect[],
): Promise<Template> {
  const places = placesIn(folder);
  const tool = shopOf(definition);
  layOut(places, definition, database, effects);
  const host = shopHost(places);
  await host.use({ ...definition, tools: [tool], capabilities: [] });
  await host.close();
  return {
    copyTo: async (to, changes) => {
      // With the write-ahead log, which may still hold everything; the shared-memory file belongs to this process.
      const filter = (source: string) => !source.endsWith('-shm');
      cpSync(join(places.tools, SHOP), join(to.tools, SHOP), { recursive: true, filter });
      layOut(to, definition, {}, []);
      if (changes.length > 0) await setUp(to, tool, changes);
    },
  };
}

async function setUp(places: Places, tool: Definition['tools'][number], changes: readonly Change[]): Promise<void> {
  const directory = join(places.tools, SHOP);
  const open = await jsonStoreConnector.open({ tool, capabilities: [SETUP], directory, packDirectory: places.pack });
  const signal = new AbortController().signal;
  try {
    await open.call({
      ...{ capability: SETUP, args: { changes }, key: 'setup', operation: 'setup', attempt: 1, now: 0, signal },
    });
  } finally {
    await open.close();
  }
}
