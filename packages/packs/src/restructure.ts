/** Restructurings and the files of a pack: steps out of a YAML file, and what was done back into the pack. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonical, type Definition, type SeatDef } from '@reeve/kernel';
import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';

/**
 * The steps of a restructuring: a YAML (or JSON) list, or a mapping with a list `steps`.
 * @throws Error saying what is wrong, with line and column where YAML says it
 */
export function readSteps(text: string): unknown[] {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new Error(error.message);
  const value = document.toJS() as unknown;
  const steps = Array.isArray(value) ? value : (value as { steps?: unknown } | null)?.steps;
  if (!Array.isArray(steps)) throw new Error('expected a list of steps, or a mapping with a list "steps"');
  return steps;
}

interface Opened {
  readonly path: string;
  readonly document: Document;
  changed: boolean;
}

const SKIPPED = new Set(['tickets', 'knowledge', 'policy-tests', 'node_modules', 'test', 'golden']);

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.') && !SKIPPED.has(name))
      .map((entry) => {
        const path = join(directory, entry.name);
        if (entry.isDirectory()) return filesOf(path);
        return /\.ya?ml$/.test(entry.name) ? [path] : [];
      }),
  );
  return found.flat().sort();
}

const listIn = (file: Opened, kind: string): YAMLSeq | null => {
  const list = file.document.get(kind);
  return isSeq(list) ? list : null;
};

/** Write one kind as it is in force: what is gone is taken out, what differs is set field by field, what is new is added. */
function writeKind(
  files: readonly Opened[],
  kind: string,
  before: readonly object[],
  after: readonly object[],
): string[] {
  const old = new Map(before.map((one) => [(one as SeatDef).id, one as Record<string, unknown>]));
  const now = new Map(after.map((one) => [(one as SeatDef).id, one as Record<string, unknown>]));
  const said: string[] = [];
  let last: { file: Opened; list: YAMLSeq } | null = null;
  for (const file of files) {
    const list = listIn(file, kind);
    if (!list) continue;
    last = { file, list };
    list.items = list.items.filter((item) => {
      const id = isMap(item) ? String(item.get('id')) : '';
      if (!isMap(item) || !old.has(id)) return true;
      const next = now.get(id);
      if (next === undefined) {
        said.push(`- ${kind} ${id}`);
        file.changed = true;
        return false;
      }
      for (const field of fieldsThatDiffer(old.get(id)!, next)) {
        said.push(`~ ${kind} ${id}: ${field}`);
        setField(item, file.document, field, next[field]);
        file.changed = true;
      }
      return true;
    });
  }
  for (const [id, one] of now) {
    if (old.has(id) || last === null) continue;
    said.push(`+ ${kind} ${id}`);
    last.list.add(last.file.document.createNode(one));
    last.file.changed = true;
  }
  return said;
}

const fieldsThatDiffer = (before: Record<string, unknown>, after: Record<string, unknown>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => canonical(before[field] ?? null) !== canonical(after[field] ?? null),
  );

function setField(item: YAMLMap, document: Document, field: string, value: unknown): void {
  if (value === undefined) item.delete(field);
  else item.set(field, document.createNode(value));
}

const KINDS = ['units', 'seats', 'contracts', 'budgets', 'rates', 'switches', 'targets', 'services'] as const;

/**
 * Change the files of a pack to what is in force, where a restructuring can have changed it; comments and what else is in the
 * files stay. Amounts and spans of changed fields are written as whole numbers.
 * @returns a line for each change; empty when the files say the same already
 */
export async function writePlaces(directory: string, pack: Definition, inForce: Definition): Promise<string[]> {
  const files = await Promise.all(
    (await filesOf(directory)).map(async (path): Promise<Opened> => {
      return { path, document: parseDocument(await readFile(path, 'utf8')), changed: false };
    }),
  );
  const said = KINDS.flatMap((kind) => writeKind(files, kind, pack[kind], inForce[kind] ?? []));
  const head = files.find(({ path }) => path === join(directory, 'pack.yaml'));
  for (const field of ['intake', 'verifier'] as const) {
    if (!head || pack.settings[field] === inForce.settings[field]) continue;
    head.document.setIn(['settings', field], inForce.settings[field]);
    head.changed = true;
    said.push(`~ settings: ${field}`);
  }
  for (const { path, document, changed } of files)
    if (changed) await writeFile(path, document.toString({ lineWidth: 0 }));
  return said;
}
