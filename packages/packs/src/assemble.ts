import { type Definition, id, RESOURCE_KINDS, RESOURCES, type ResourceKind, settings } from '@reeve/kernel';
import { z } from 'zod';
import { type Draft, NOUNS, type Place, perKind } from './draft.ts';
import { compareText, type Path, type Problem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { positionOf, type SourceFile } from './source.ts';
import { nearest, suggestion } from './suggest.ts';

/** The file that says what the pack is. */
const HEADER_FILE = 'pack.yaml';

export const header = z.strictObject({
  pack: id,
  version: z.number().int().positive(),
  name: z.string().min(1).max(200),
  settings: settings.prefault({}),
});

/** Where a resource is written: the value at `base` of a file. */
export interface Sited {
  readonly source: SourceFile;
  readonly base: Path;
}

/** A pack put together from its files, before the checks that look at it as a whole. */
export interface Assembled {
  readonly draft: Draft;
  readonly sites: Readonly<Record<ResourceKind, ReadonlyMap<string, Sited>>>;
  readonly head: SourceFile | undefined;
  /** Undefined when pack.yaml is missing or wrong. */
  readonly header: { readonly id: string; readonly version: number } | undefined;
  readonly problems: Problem[];
}

interface Files {
  readonly sources: readonly SourceFile[];
  readonly unread: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

interface Building {
  readonly lists: Record<ResourceKind, { id: string; value: unknown }[]>;
  readonly sites: Record<ResourceKind, Map<string, Sited>>;
  readonly declared: Record<ResourceKind, Set<string>>;
  readonly halfContracted: Set<string>;
  readonly problems: Problem[];
  /** Was something left out that could not even be named? */
  nameless: boolean;
}

/** Merge all files into one definition, with every mistake in their form. */
export function assemble(files: Files): Assembled {
  const building: Building = {
    lists: perKind(() => []),
    sites: perKind(() => new Map()),
    declared: perKind(() => new Set()),
    halfContracted: new Set(),
    problems: [...files.problems],
    nameless: false,
  };
  const head = files.sources.find((source) => source.file === HEADER_FILE);
  const read = readHeader(head, building, files);
  for (const source of files.sources) if (source !== head) addFile(building, source);
  return {
    draft: {
      definition: definitionOf(building, read),
      declared: building.declared,
      halfContracted: building.halfContracted,
      unread: new Set(files.unread.flatMap((text) => text.match(/[a-z0-9][a-z0-9._-]*/g) ?? [])),
      incomplete: files.problems.length > 0 || building.nameless,
      scripts: new Set(Object.keys(files.scripts)),
      written: (place) => isWritten(building, head, place),
    },
    sites: building.sites,
    head,
    header: read && { id: read.pack, version: read.version },
    problems: building.problems,
  };
}

function isWritten({ sites }: Building, head: SourceFile | undefined, { kind, id, path }: Place): boolean {
  const sited =
    kind === 'settings' || kind === 'pack' ? head && { source: head, base: ['settings'] } : sites[kind].get(id);
  let value: unknown = sited?.source.value;
  for (const part of [...(sited?.base ?? []), ...path]) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return false;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value !== undefined;
}

type Header = z.infer<typeof header>;

function readHeader(source: SourceFile | undefined, building: Building, files: Files): Header | undefined {
  if (!source) {
    // A pack.yaml that could not be read has been reported as such.
    if (files.problems.some((problem) => problem.file === HEADER_FILE)) return undefined;
    const message = `the folder has no ${HEADER_FILE}, so it is not a pack`;
    const hint = `create ${HEADER_FILE} with "pack: <id>", "version: 1" and "name: <name>"`;
    building.problems.push({ file: HEADER_FILE, rule: 'PCK1', message, hint });
    return undefined;
  }
  const value = source.value ?? {};
  const parsed = header.safeParse(value);
  if (parsed.success) return parsed.data;
  const found = schemaProblems({ source, base: [], schema: header, value, field: '' }, parsed.error.issues);
  building.problems.push(...found.map(explainMisplaced));
  return undefined;
}

function explainMisplaced(problem: Problem): Problem {
  const kind = RESOURCE_KINDS.find((each) => each === problem.field);
  return kind ? { ...problem, hint: `write "${kind}:" in a file of its own, e.g. ${kind}.yaml` } : problem;
}

function addFile(building: Building, source: SourceFile): void {
  const { value } = source;
  if (value === null) return;
  if (typeof value !== 'object' || Array.isArray(value)) {
    const message = 'the file is not a mapping from kinds of resources to lists';
    const hint = 'start it with a kind, e.g. "seats:", and list the resources below it';
    building.problems.push({ ...positionOf(source, []), rule: 'PCK6', message, hint });
    building.nameless = true;
    return;
  }
  for (const [key, list] of Object.entries(value)) addList(building, source, key, list);
}

function addList(building: Building, source: SourceFile, key: string, list: unknown): void {
  const kind = RESOURCE_KINDS.find((each) => each === key);
  const place = { ...positionOf(source, [key], true), field: key, rule: 'PCK6' };
  if (!kind) {
    const message = `"${key}" is not a kind of resource`;
    const hint = headerKey(key) ?? suggestion(key, RESOURCE_KINDS, 'kinds');
    building.problems.push({ ...place, message, hint });
    // What is listed under a misspelt kind is still declared, so that references to it are not reported as well.
    const meant = nearest(key, RESOURCE_KINDS) as ResourceKind | undefined;
    if (meant && Array.isArray(list)) for (const item of list) declare(building, meant, item);
    building.nameless = true;
  } else if (Array.isArray(list)) {
    for (const [i, item] of list.entries()) addResource(building, source, kind, i, item);
  } else if (list !== null) {
    const message = `"${key}" must be a list of ${key}, not ${typeof list === 'object' ? 'a mapping' : 'a single value'}`;
    building.problems.push({ ...place, message, hint: `start each ${NOUNS[kind]} with "- id: …"` });
    building.nameless = true;
  }
}

function headerKey(key: string): string | undefined {
  return Object.hasOwn(header.shape, key) ? `"${key}" belongs in ${HEADER_FILE} at the top of the pack` : undefined;
}

function addResource(building: Building, source: SourceFile, kind: ResourceKind, i: number, raw: unknown): void {
  const base = [kind, i];
  const schema: z.ZodType = RESOURCES[kind];
  const parsed = schema.safeParse(raw);
  const name = declare(building, kind, raw);
  if (!parsed.success) {
    const field = `${kind}[${name ?? i}]`;
    const checked = { source, base, schema, value: raw, field };
    building.problems.push(...schemaProblems(checked, parsed.error.issues));
  }
  if (name === undefined) return;
  const other = building.sites[kind].get(name);
  if (other) building.problems.push(duplicate(kind, name, { source, base }, other));
  else {
    building.sites[kind].set(name, { source, base });
    if (parsed.success) building.lists[kind].push({ id: name, value: parsed.data });
  }
}

/** Note the id of a resource, valid or not. */
function declare(building: Building, kind: ResourceKind, raw: unknown): string | undefined {
  const { id: name, capability } = (raw ?? {}) as { id?: unknown; capability?: unknown };
  if (kind === 'contracts' && typeof capability === 'string') building.halfContracted.add(capability);
  if (typeof name !== 'string' || !id.safeParse(name).success) {
    building.nameless = true;
    return undefined;
  }
  building.declared[kind].add(name);
  return name;
}

function duplicate(kind: ResourceKind, name: string, here: Sited, there: Sited): Problem {
  const first = positionOf(there.source, [...there.base, 'id']);
  return {
    ...positionOf(here.source, [...here.base, 'id']),
    field: `${kind}[${name}].id`,
    rule: 'PCK10',
    message: `the ${NOUNS[kind]} "${name}" is already defined at ${first.file}:${first.line}:${first.column}`,
    hint: 'give one of the two another id, or remove one',
  };
}

/** Lists are sorted by id: moving a resource to another file is no change. */
function definitionOf(building: Building, head: Header | undefined): Definition {
  const lists = perKind((kind) =>
    building.lists[kind].sort((a, b) => compareText(a.id, b.id)).map((resource) => resource.value),
  );
  const { name, settings: set } = head ?? { name: 'unknown', settings: settings.parse({}) };
  // Each value was parsed by the schema of its kind just above.
  return { name, settings: set, ...lists } as Definition;
}
