import { type Definition, RESOURCE_KINDS, type ResourceKind } from '@reeve/kernel';
import type { Path } from './problem.ts';
import { suggestion } from './suggest.ts';

/** A part of the pack that a finding is about. `settings` and `pack` have no id; their path starts in pack.yaml. */
export interface Place {
  readonly kind: ResourceKind | 'settings' | 'pack';
  readonly id: string;
  readonly path: Path;
}

/** What a check found: data, turned into a `Problem` by the loader, which knows files and lines. */
export interface Finding {
  readonly at: Place;
  readonly rule: string;
  readonly message: string;
  readonly hint?: string;
  readonly warning?: boolean;
}

export type Findings = Generator<Finding, void>;

/**
 * What the checks see. `definition` holds the resources whose own fields are valid; `declared` also the ids of those
 * that are not, so that one mistake is reported once and not again by everything that refers to it.
 */
export interface Draft {
  readonly definition: Definition;
  readonly declared: Readonly<Record<ResourceKind, ReadonlySet<string>>>;
  /** Capabilities named by contracts that are themselves broken. */
  readonly halfContracted: ReadonlySet<string>;
  /** Names found in files that could not be read as YAML: they may be declared there. */
  readonly unread: ReadonlySet<string>;
  /** Is part of the pack unread, so that absence proves nothing? */
  readonly incomplete: boolean;
  /** Paths of the scripts in the pack. */
  readonly scripts: ReadonlySet<string>;
  /** Did somebody write this field, or is its value a default? */
  readonly written: (place: Place) => boolean;
}

/** Is there, or may there be, a resource of this kind and id? */
export function declares(draft: Draft, kind: ResourceKind, id: string): boolean {
  return draft.declared[kind].has(id) || draft.unread.has(id);
}

/** Resources by id; an id that is given twice means its first. */
export function byId<T extends { readonly id: string }>(list: readonly T[]): Map<string, T> {
  const map = new Map<string, T>();
  for (const item of list) if (!map.has(item.id)) map.set(item.id, item);
  return map;
}

export const at = (kind: Place['kind'], id: string, ...path: Path): Place => ({ kind, id, path });

/** What a kind is called in a sentence. */
export const NOUNS: Record<ResourceKind, string> = {
  units: 'unit',
  seats: 'seat',
  tools: 'tool',
  capabilities: 'capability',
  contracts: 'contract',
  policies: 'policy',
  flows: 'flow',
  budgets: 'budget',
  prices: 'price',
  outcomes: 'outcome',
  rates: 'rate',
  switches: 'switch',
  metrics: 'metric',
  targets: 'target',
  models: 'model',
  contexts: 'context contract',
  services: 'service',
};

/** A finding when `id` names nothing of this kind. `undefined` refers to nothing and is fine. */
export function* refers(
  draft: Draft,
  place: Place,
  rule: string,
  kind: ResourceKind,
  id: string | undefined,
): Findings {
  if (id === undefined || declares(draft, kind, id)) return;
  const message = `there is no ${NOUNS[kind]} "${id}" in this pack`;
  yield { at: place, rule, message, hint: suggestion(id, draft.declared[kind], kind) };
}

/** The same for a list of ids. */
export function* refersAll(
  draft: Draft,
  place: Place,
  rule: string,
  kind: ResourceKind,
  ids: readonly string[],
): Findings {
  for (const [i, id] of ids.entries()) {
    yield* refers(draft, { ...place, path: [...place.path, i] }, rule, kind, id);
  }
}

/** A record with an entry for every kind of resource. */
export function perKind<T>(make: (kind: ResourceKind) => T): Record<ResourceKind, T> {
  return Object.fromEntries(RESOURCE_KINDS.map((kind) => [kind, make(kind)])) as Record<ResourceKind, T>;
}
