import {
  canonical,
  type Definition,
  duration,
  formatMoney,
  money,
  RESOURCE_KINDS,
  RESOURCES,
  type ResourceKind,
  settings,
} from '@reeve/kernel';
import type { z } from 'zod';
import { NOUNS } from './draft.ts';
import { formatDuration } from './durations.ts';
import { compareText } from './problem.ts';
import { schemasAt } from './schema-walk.ts';

/** One field that differs; `path` reads e.g. `charter.rights[orders.refund].limit`. Absent values are undefined. */
export interface FieldChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One resource (or the name, or the settings) that differs. `fields` is given when it exists on both sides. */
export interface Change {
  readonly action: 'add' | 'change' | 'remove';
  readonly kind: ResourceKind | 'name' | 'settings' | 'scripts';
  readonly id: string;
  readonly fields?: readonly FieldChange[];
  /** A budget in tokens, runs or calls: its amounts are plain numbers. */
  readonly counts?: true;
}

/**
 * What applying `after` over `before` changes; against null everything is new. Order: name, settings, then kinds as in
 * RESOURCES and ids by code unit. Empty exactly when both say the same, whatever the order of their resources.
 */
export function diffDefinitions(before: Definition | null, after: Definition): Change[] {
  const general = (['name', 'settings'] as const).flatMap((kind): Change[] => {
    if (!before) return [{ action: 'add', kind, id: kind }];
    return changed(kind, kind, compare(kind === 'name' ? 'name' : '', before[kind], after[kind]));
  });
  const scripts = diffKind('scripts', scriptsOf(before), scriptsOf(after));
  return [
    ...general,
    ...RESOURCE_KINDS.flatMap((kind) => diffKind(kind, before?.[kind] ?? [], after[kind])),
    ...scripts,
  ];
}

type Resource = { readonly id: string };

const scriptsOf = (definition: Definition | null): { id: string; digest: string }[] =>
  Object.entries(definition?.scripts ?? {}).map(([id, digest]) => ({ id, digest }));

function diffKind(kind: ResourceKind | 'scripts', before: readonly Resource[], after: readonly Resource[]): Change[] {
  const old = new Map(before.map((each) => [each.id, each]));
  const now = new Map(after.map((each) => [each.id, each]));
  const ids = [...new Set([...old.keys(), ...now.keys()])].sort(compareText);
  return ids.flatMap((id): Change[] => {
    if (!old.has(id)) return [{ action: 'add', kind, id }];
    if (!now.has(id)) return [{ action: 'remove', kind, id }];
    return changed(kind, id, compare('', old.get(id), now.get(id))).map((change) => withUnits(change, now.get(id)));
  });
}

function withUnits(change: Change, resource: object | undefined): Change {
  const currency = change.kind === 'budgets' && resource && 'currency' in resource ? resource.currency : 'money';
  return currency === 'money' ? change : { ...change, counts: true };
}

function changed(kind: Change['kind'], id: string, fields: FieldChange[]): Change[] {
  return fields.length > 0 ? [{ action: 'change', kind, id, fields }] : [];
}

function compare(path: string, before: unknown, after: unknown): FieldChange[] {
  if (isMapping(before) && isMapping(after)) return compareMappings(path, before, after);
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(path, before, after);
  return before === after ? [] : [{ path, before, after }];
}

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function compareMappings(path: string, before: Mapping, after: Mapping): FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareText);
  return keys.flatMap((key) => compare(path === '' ? key : `${path}.${key}`, before[key], after[key]));
}

/** Lists of mappings that name themselves are compared by that name; other lists are one value. */
function compareLists(path: string, before: readonly unknown[], after: readonly unknown[]): FieldChange[] {
  if (canonical(before) === canonical(after)) return [];
  const old = named(before);
  const now = named(after);
  if (!old || !now) return [{ path, before, after }];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  const inside = names.flatMap((name) => compare(`${path}[${name}]`, old.get(name), now.get(name)));
  const stayed = (list: ReadonlyMap<string, unknown>) =>
    [...list.keys()].filter((name) => old.has(name) && now.has(name));
  const [was, is] = [stayed(old), stayed(now)];
  return was.join() === is.join() ? inside : [...inside, { path: `${path} (order)`, before: was, after: is }];
}

/** Elements by the name they carry (`rule`, `capability` or `id`); undefined when one has none or two share it. */
function named(list: readonly unknown[]): Map<string, unknown> | undefined {
  const byName = new Map<string, unknown>();
  for (const item of list) {
    const name = isMapping(item) ? (item.rule ?? item.capability ?? item.id) : undefined;
    if (typeof name !== 'string' || byName.has(name)) return undefined;
    byName.set(name, item);
  }
  return byName;
}

const SIGNS = { add: '+', change: '~', remove: '-' } as const;

/** Changes as text: `+` added, `~` changed with each field, `-` removed; money and durations as people write them. */
export function formatDiff(changes: readonly Change[]): string {
  if (changes.length === 0) return 'no changes';
  const lines = changes.flatMap((change) => [
    `${SIGNS[change.action]} ${heading(change)}`,
    ...(change.fields ?? []).map((field) => `    ${formatField(change, field)}`),
  ]);
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length;
  return [...lines, '', `${count('add')} to add, ${count('change')} to change, ${count('remove')} to remove`].join(
    '\n',
  );
}

function heading({ kind, id }: Change): string {
  if (kind === 'scripts') return `script ${id}`;
  return kind === 'name' || kind === 'settings' ? kind : `${NOUNS[kind]} ${id}`;
}

function formatField(change: Change, { path, before, after }: FieldChange): string {
  const schemas = fieldSchemas(change, path);
  if (before === undefined) return `+ ${path}: ${render(schemas, after)}`;
  if (after === undefined) return `- ${path}: ${render(schemas, before)}`;
  return `~ ${path}: ${render(schemas, before)} → ${render(schemas, after)}`;
}

const isQuantity = (schema: z.ZodType): boolean => schema === money || schema === duration;

/** The schemas of a field say whether a number is money, a span of time, or just a number. */
function fieldSchemas({ kind, counts }: Change, path: string): z.ZodType[] {
  if (kind === 'name' || kind === 'scripts' || counts) return [];
  const parts = path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
  return schemasAt(kind === 'settings' ? settings : RESOURCES[kind], parts, isQuantity);
}

function render(schemas: readonly z.ZodType[], value: unknown): string {
  const inside = (key: string) => schemas.flatMap((each) => schemasAt(each, [key], isQuantity));
  if (typeof value === 'number') return renderNumber(schemas, value);
  if (Array.isArray(value)) return `[${value.map((item) => render(inside('0'), item)).join(', ')}]`;
  if (!isMapping(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${render(inside(key), item)}`);
  return `{ ${entries.join(', ')} }`;
}

function renderNumber(schemas: readonly z.ZodType[], value: number): string {
  if (schemas.includes(money)) return formatMoney(value);
  return schemas.includes(duration) ? formatDuration(value) : String(value);
}
