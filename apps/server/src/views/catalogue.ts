import type { Fields, State } from '@reeve/kernel';
import type { Catalogue, ResponseOf } from '@reeve/protocol';

const typesOf = (fields: Fields): Catalogue['capabilities'][number]['args'] =>
  Object.fromEntries(Object.entries(fields).map(([name, { type, optional }]) => [name, { type, optional }]));

export function catalogueOf({ organisation }: State): ResponseOf<'catalogue'> {
  const { settings, capabilities, contracts, units, seats } = organisation;
  const topics = new Set([...seats.values()].flatMap((seat) => seat.abilities.topics));
  return {
    currency: settings.currency,
    capabilities: [...capabilities.values()].map(({ id, title, tool, effect, args, returns }) => ({
      ...{ id, title, tool, effect },
      args: typesOf(args),
      returns: typesOf(returns),
    })),
    contracts: [...contracts.values()].map(({ id, capability, title, reads, verify }) => ({
      ...{ id, capability, title },
      reads: Object.fromEntries(Object.entries(reads).map(([name, read]) => [name, read.capability])),
      verify: verify?.capability ?? null,
    })),
    units: [...units.values()].map(({ id, title, kind, parent }) => ({ id, title, kind, parent: parent ?? null })),
    topics: [...topics].sort(),
  };
}
