/** The packs a simulation plays: the real ones, and variants of them for changes in the middle of work. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONNECTORS } from '@reeve/connectors';
import { importFile } from '@reeve/connectors/importing';
import { type Definition, EVOLVE, MICRO } from '@reeve/kernel';
import { formatProblems, loadPack } from '@reeve/packs';
import type { Script } from '@reeve/workers';
import type { Random } from './random.ts';
import { retailTicket, retailWish, supportTicket, supportWish, type Wish, type Writer } from './work/tickets.ts';
import { retailWorld } from './world/retail.ts';
import { SupportWorld } from './world/support.ts';
import type { World } from './world/system.ts';

export const PACKS = ['support', 'retail'] as const;
export type PackName = (typeof PACKS)[number];

/** Everything a simulation needs to play one pack; loaded once, used for many seeds. */
export interface Play {
  readonly pack: PackName;
  /** The first is in force at the start. */
  readonly variants: readonly Definition[];
  readonly scripts: ReadonlyMap<string, Script>;
  readonly ticket: Writer;
  readonly wish: Wish;
  readonly world: (random: Random, now: number, customers: number) => Promise<World>;
}

/** Where a pack is. */
export const folderOf = (pack: string): string => fileURLToPath(new URL(`../../../packs/${pack}`, import.meta.url));

/** Load a pack with its scripts. @throws Error listing what is wrong with it */
export async function loadPlay(pack: PackName): Promise<Play> {
  const folder = folderOf(pack);
  const loaded = await loadPack(folder, { connectors: CONNECTORS, eventKinds: EVOLVE.keys() });
  if (!loaded.ok) throw new Error(`the pack ${pack} does not load:\n${formatProblems(loaded.problems)}`);
  const { definition } = loaded.pack;
  const scripts = await scriptsOf(folder);
  if (pack === 'support')
    return {
      ...{ pack, scripts, variants: supportVariants(definition), ticket: supportTicket, wish: supportWish },
      world: async (random, now, customers) => new SupportWorld(random, now, customers),
    };
  return {
    ...{ pack, scripts, variants: [definition, renamed(definition)], ticket: retailTicket, wish: retailWish },
    world: () => retailWorld(definition, folder, RETAIL_CUSTOMERS),
  };
}

const RETAIL_CUSTOMERS = [
  { id: 'ann_smith_1', name: 'Ann Smith', orders: ['#W0000001', '#W0000002', '#W0000003'] },
  { id: 'bob_jones_2', name: 'Bob Jones', orders: ['#W0000004'] },
];

/** Scripts are imported before the simulation begins: loading a file takes real time. */
export async function scriptsOf(folder: string): Promise<Map<string, Script>> {
  const files = readdirSync(join(folder, 'scripts')).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(
    files.map((name) => importFile(join(folder, 'scripts', name)) as Promise<{ default: Script }>),
  );
  return new Map(files.map((name, i) => [`scripts/${name}`, modules[i]!.default]));
}

const renamed = (definition: Definition): Definition => ({
  ...definition,
  name: `${definition.name} (second edition)`,
});

/** Budgets and tiers that are reached within a simulation, a stricter edition, and one with two seats of the front desk. */
function supportVariants(definition: Definition): Definition[] {
  const tight = (allocation: number): Definition => ({
    ...definition,
    budgets: definition.budgets.map((budget) => ({ ...budget, allocation: allocation * MICRO })),
  });
  const strict = { ...tight(250), settings: { ...definition.settings, tiers: { flag: 5 * MICRO, ask: 20 * MICRO } } };
  const desk = definition.seats.find(({ id }) => id === 'front-desk')!;
  const second = { ...desk, id: 'front-desk-2', occupant: { ...desk.occupant!, principal: 'front-desk-2-script' } };
  return [tight(600), tight(900), strict, { ...tight(600), seats: [...definition.seats, second] }, renamed(definition)];
}
