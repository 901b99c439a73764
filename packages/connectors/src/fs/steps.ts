/**
 * The steps of file effects, for the journal (shared/journal.ts).
 *
 * Each step consumes its staging file last, and can be repeated after a crash at any point before that: it recognises
 * by the inode what it has already done. Each is atomic for who looks at the workspace: a file is at its old place or
 * at its new one, with its old content or its new one.
 */
import { chmodSync, fsyncSync, linkSync, lstatSync, renameSync, rmSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { versionOf } from '../documents/wire.ts';
import { ToolError } from '../port.ts';
import type { Folder } from '../shared/folder.ts';
import type { Workspaces } from '../shared/workspace.ts';
import { at, plainStat, readIn } from './files.ts';
import { noFile, taken } from './wire.ts';

const common = { workspace: z.string(), path: z.string() };

/** An effect as the journal remembers it until it has landed. */
export const step = z.discriminatedUnion('kind', [
  /** `base`: version of the file that is replaced, null for none, absent for any. */
  z.strictObject({ kind: z.literal('put'), ...common, base: z.string().nullable().optional() }),
  z.strictObject({ kind: z.literal('move'), ...common, to: z.string(), ino: z.number() }),
  z.strictObject({ kind: z.literal('delete'), ...common, kept: z.string(), ino: z.number(), version: z.string() }),
]);
export type Step = z.output<typeof step>;
type Of<K extends Step['kind']> = Extract<Step, { kind: K }>;

/** The file is no longer what the effect was decided on: nothing was changed. */
export class Changed extends ToolError {
  constructor(path: string) {
    super('deterministic', `"${path}" was changed by somebody else meanwhile; read it again and decide anew`);
  }
}

export interface Place {
  readonly workspaces: Workspaces;
  /** Folder of kept files. */
  readonly kept: string;
  /** Largest file, in bytes. */
  readonly maxFile: number;
}

/** Carry out a step whose content is the file `staged`. Throws a deterministic `ToolError` when it never can be. */
export function perform(place: Place, staged: string, todo: Step): void {
  place.workspaces.within(todo.workspace, (root) => {
    if (todo.kind === 'put') return put(place, root, staged, todo);
    if (todo.kind === 'move') move(root, todo);
    else remove(place, root, todo);
    unlinkSync(staged);
  });
}

function put({ maxFile }: Place, root: Folder, staged: string, { path, base }: Of<'put'>): void {
  at(root, path, true, (folder, name) => {
    const before = plainStat(folder, name);
    if (base !== undefined) {
      const found = readIn(folder, name, maxFile);
      if ((found ? versionOf(found.content) : null) !== base) throw new Changed(path);
    }
    if (before) chmodSync(staged, before.mode & 0o777);
    renameSync(staged, join(folder.path, name));
    fsyncSync(folder.fd);
  });
}

/** A link under the new name, which fails when it is taken, and then the old name goes. */
function move(root: Folder, { path, to, ino }: Of<'move'>): void {
  at(root, to, true, (target, targetName) => {
    const onto = join(target.path, targetName);
    const found = at(root, path, false, (source, name) => {
      const from = join(source.path, name);
      if (inodeOf(onto) === undefined) linkPlain(source, name, onto, path, ino);
      if (inodeOf(onto) !== ino) throw taken(to);
      if (inodeOf(from) === ino) unlinkSync(from);
      fsyncSync(target.fd);
      fsyncSync(source.fd);
      return true;
    });
    if (!found && inodeOf(onto) !== ino) throw noFile(path);
  });
}

function linkPlain(source: Folder, name: string, onto: string, path: string, ino: number): void {
  const before = plainStat(source, name);
  if (!before) throw noFile(path);
  if (before.ino !== ino) throw new Changed(path);
  linkSync(join(source.path, name), onto);
  // What was linked is what was at that name at that moment.
  if (inodeOf(onto) === ino) return;
  unlinkSync(onto);
  throw new Changed(path);
}

/** The file itself moves to the kept ones: nothing written to it until then is lost. */
function remove({ kept, maxFile }: Place, root: Folder, todo: Of<'delete'>): void {
  const keeping = join(kept, todo.kept);
  if (inodeOf(keeping) !== undefined) return;
  const found = at(root, todo.path, false, (folder, name) => {
    const before = plainStat(folder, name);
    if (!before) throw noFile(todo.path);
    const now = readIn(folder, name, maxFile);
    if (now?.ino !== todo.ino || versionOf(now.content) !== todo.version) throw new Changed(todo.path);
    renameSync(join(folder.path, name), keeping);
    if (inodeOf(keeping) !== todo.ino) putBack(keeping, join(folder.path, name), todo.path);
    // From now on it is kept for a time.
    utimesSync(keeping, new Date(), new Date());
    fsyncSync(folder.fd);
    return true;
  });
  if (!found) throw noFile(todo.path);
}

/** Something else was swapped in between check and rename. */
function putBack(keeping: string, original: string, path: string): never {
  if (inodeOf(original) === undefined) renameSync(keeping, original);
  else rmSync(keeping, { force: true });
  throw new Changed(path);
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}
