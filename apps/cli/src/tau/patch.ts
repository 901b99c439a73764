import { type Change, type Database, DataError } from './data.ts';

/**
 * A copy of the database with the changes made, in order. `new` is set whatever was there; `op: remove` takes away.
 * Documents that are not changed are shared with the original.
 * @throws DataError when there is nothing that could hold a change; `what` says whose changes they are.
 */
export function patched(database: Database, changes: readonly Change[], what: string): Database {
  const copy: Database = { ...database };
  for (const [i, change] of changes.entries()) {
    const [collection, id] = change.path;
    isolate(copy, String(collection), id);
    if (!apply(copy, change)) {
      throw new DataError(`${what}[${i}].path: there is nothing that could hold ${change.path.join('/')}`);
    }
  }
  return copy;
}

/** The documents `changes` are about, as changes that replace each as a whole. */
export function documentsOf(database: Database, changes: readonly Change[]): Change[] {
  const touched = new Map(
    changes.map(({ path: [collection, id] }) => [`${collection}/${id}`, [collection, id]] as const),
  );
  return [...touched.values()].map(([collection, id]): Change => {
    const path = [String(collection), String(id)];
    const document = database[String(collection)]?.[String(id)];
    return document === undefined ? { path, op: 'remove' } : { path, new: document };
  });
}

/** Copy the collection and the document a change is about, so that others keep theirs. */
function isolate(copy: Database, collection: string, id: string | number | undefined): void {
  const documents = copy[collection];
  if (documents === undefined) return;
  const own = { ...documents };
  const document = id === undefined ? undefined : own[id];
  if (id !== undefined && document !== undefined) own[id] = structuredClone(document);
  copy[collection] = own;
}

function apply(root: object, { path, op, new: value }: Change): boolean {
  const key = path.at(-1) as string | number;
  const parent = path.slice(0, -1).reduce<unknown>((at, step) => child(at, step), root);
  if (typeof parent !== 'object' || parent === null) return false;
  if (op !== 'remove') {
    const own = { value: structuredClone(value), writable: true, enumerable: true, configurable: true };
    return Reflect.defineProperty(parent, key, own);
  }
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
  return true;
}

const child = (parent: unknown, key: string | number): unknown =>
  typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key) ? Reflect.get(parent, key) : undefined;
