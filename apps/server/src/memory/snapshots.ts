/** Snapshots of desks: their content is stored first, then the ledger says so. */
import type { Desk, State } from '@reeve/kernel';
import { changedPaths, DeskTrees, hasErased, type SavedDesk } from '@reeve/ledger';
import type { ParsedOf, ResponseOf } from '@reeve/protocol';
import { archiveOf } from '../archive.ts';
import { Refusal } from '../errors.ts';
import type { Answer, Call, Services } from '../http/handler.ts';
import { write } from '../http/write.ts';
import { lookAt } from '../recalled.ts';
import { absolute, caseOf, emptyFolder, filesIn, pathsIn, writeIn } from './files.ts';

type Taken = Answer<ResponseOf<'takeSnapshot'>>;
/** Names of changed files kept on the ledger. */
const NAMED = 200;
const clip = (paths: readonly string[]): string[] => paths.slice(0, NAMED).map((path) => path.slice(0, 500));

const deskOf = (state: State, seat: string): Desk | undefined => state.memory.desks.get(seat);

/** The root of a snapshot of this desk. @throws Refusal when it has none of that id. */
const rootOf = (services: Services, seat: string, id: string): Promise<string> =>
  services.runtime.read((state) => {
    const found = deskOf(state, seat)?.snapshots.get(id);
    if (!found)
      throw new Refusal('not-found', `the desk of "${seat}" has no snapshot ${id}`, 'list them with GET /v1/desks/:id');
    return found.root;
  });

const headOf = (services: Services, seat: string, branch: string): Promise<string | null> =>
  services.runtime.read((state) => deskOf(state, seat)?.branches.get(branch)?.head ?? null);

/** Whom the files under `cases/` are about. A case that nobody knows has no business there. */
async function customers({ runtime, store }: Services, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const id of new Set(paths.flatMap((path) => caseOf(path) ?? []))) {
    const customer = await lookAt(
      runtime,
      archiveOf(runtime, store),
      id,
      (state) => state.cases.cases.get(id)?.customer,
    );
    if (customer === undefined || hasErased(customer))
      throw new Refusal(
        'invalid',
        `cases/${id}: there is no such case, or its customer was forgotten`,
        'remove the folder',
      );
    found.set(id, customer);
  }
  return found;
}

interface How {
  readonly seat: string;
  readonly branch: string;
  readonly purpose: string;
  readonly merged?: string;
  readonly conflicts?: readonly string[];
}

async function recorded(services: Services, call: Call, saved: SavedDesk, how: How): Promise<Taken> {
  const { root, files, bytes, added, changed } = saved;
  const conflicts = clip(how.conflicts ?? []);
  const body = { ...how, root, files, bytes, added, changed: clip(changed), conflicts };
  const { seq, repeated } = await write(services, call, 'desk.snapshot', body);
  const snapshot = (await headOf(services, how.seat, how.branch)) as string;
  return { body: { snapshot, root, files, bytes, added, changed: changed.length, conflicts, seq }, repeated };
}

export async function takeSnapshot(services: Services, input: ParsedOf<'takeSnapshot'>, call: Call): Promise<Taken> {
  const { directory, branch, purpose } = input.body;
  const seat = input.params.id;
  const from = absolute(directory);
  const paths = await pathsIn(from);
  const about = await customers(services, paths);
  const head = await headOf(services, seat, branch);
  const parent = head === null ? null : await rootOf(services, seat, head);
  const files = filesIn(from, paths, (path) => about.get(caseOf(path) ?? '') ?? null);
  const saved = await new DeskTrees(services.blobs).save(files, parent);
  return recorded(services, call, saved, { seat, branch, purpose });
}

/** The nearest snapshot both come from, by the way of parents and merges; null when there is none. */
function commonAncestor(desk: Desk, a: string, b: string): string | null {
  const above = (from: string): string[] => {
    const seen = new Set([from]);
    // A set is walked in the order of adding, also what is added on the way: the nearest come first.
    for (const id of seen) {
      const found = desk.snapshots.get(id);
      for (const up of [found?.parent, found?.merged]) if (up) seen.add(up);
    }
    return [...seen];
  };
  const others = new Set(above(b));
  return above(a).find((id) => others.has(id)) ?? null;
}

export async function mergeDesk(services: Services, input: ParsedOf<'mergeDesk'>, call: Call): Promise<Taken> {
  const seat = input.params.id;
  const { from, into, purpose } = input.body;
  const [theirs, ours] = [await headOf(services, seat, from), await headOf(services, seat, into)];
  if (theirs === null || ours === null)
    throw new Refusal('conflict', `"${from}" or "${into}" has no snapshot`, 'take one of each first');
  const base = await services.runtime.read((state) => commonAncestor(deskOf(state, seat)!, ours, theirs));
  const roots = [base, ours, theirs].map((id) => (id === null ? null : rootOf(services, seat, id)));
  const [below, own, other] = await Promise.all(roots);
  const { conflicts, ...saved } = await new DeskTrees(services.blobs).merge(below ?? null, own!, other!);
  return recorded(services, call, saved, { seat, branch: into, purpose, merged: theirs, conflicts });
}

/** Writes a snapshot out. What was about somebody forgotten is named, not written. */
export async function restoreDesk(
  services: Services,
  input: ParsedOf<'restoreDesk'>,
): Promise<Answer<ResponseOf<'restoreDesk'>>> {
  const { snapshot, directory } = input.body;
  const root = await rootOf(services, input.params.id, snapshot);
  const to = absolute(directory);
  await emptyFolder(to);
  const trees = new DeskTrees(services.blobs);
  const erased: string[] = [];
  let files = 0;
  for (const [path, entry] of await trees.list(root)) {
    const bytes = await trees.read(entry);
    if (bytes === 'erased') erased.push(path);
    else await writeIn(to, path, bytes);
    if (bytes !== 'erased') files += 1;
  }
  return { body: { snapshot, root, files, erased } };
}

export async function compareDesk(
  services: Services,
  input: ParsedOf<'compareDesk'>,
): Promise<Answer<ResponseOf<'compareDesk'>>> {
  const { from, to } = input.query;
  const trees = new DeskTrees(services.blobs);
  const [before, now] = await Promise.all(
    [from, to].map(async (id) => trees.list(await rootOf(services, input.params.id, id))),
  );
  const paths = changedPaths(before!, now!);
  const what = (path: string) => (!before!.has(path) ? 'added' : now!.has(path) ? 'changed' : 'removed');
  return { body: { changes: paths.map((path) => ({ path, what: what(path) })) } };
}
