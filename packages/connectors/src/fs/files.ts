/** Plain files in open folders: reached without links, on the workspace's volume, under one name only. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { placeOf } from '../documents/wire.ts';
import { refused } from '../shared/call.ts';
import { assertNoVariant, errorCode, type Folder, inFolder, isLinkError, openFolder } from '../shared/folder.ts';
import { assertSameMount, sameMount } from '../shared/workspace.ts';
import { noFile } from './wire.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** Folders below a workspace that are looked into. */
const MAX_DEPTH = 64;

export interface Found {
  readonly content: Buffer;
  readonly ino: number;
}

/** Run `use` with the folder and name of `path`; undefined when the folder does not exist. */
export function at<T>(
  root: Folder,
  path: string,
  create: boolean,
  use: (folder: Folder, name: string) => T,
): T | undefined {
  const { folders, name } = placeOf(path);
  return inFolder(root, folders, create, (folder) => {
    assertSameMount(root, folder);
    assertNoVariant(folder, name);
    return use(folder, name);
  });
}

/** What is at `name`: undefined when there is nothing. Throws a deterministic `ToolError` unless it is a plain file. */
export function plainStat(folder: Folder, name: string): Stats | undefined {
  const stats = lstatSync(join(folder.path, name), { throwIfNoEntry: false });
  if (stats) assertPlain(stats, name);
  return stats;
}

/** A second name could lie outside the workspace: what is read or kept here would be somebody else's file [T11]. */
function assertPlain(stats: Stats, name: string): void {
  if (!stats.isFile()) throw refused(`"${name}" is not a plain file; links, folders and devices are not touched`);
  if (stats.nlink > 1) throw refused(`"${name}" has another name as well (a hard link); copy it to a file of its own`);
}

/** The file at `path`, or undefined. At most `max` bytes. */
export function readPlain(root: Folder, path: string, max: number): Found | undefined {
  return at(root, path, false, (folder, name) => readIn(folder, name, max));
}

/** The file `name` in an open folder, or undefined. */
export function readIn(folder: Folder, name: string, max: number): Found | undefined {
  const fd = openFile(join(folder.path, name), name);
  if (fd === undefined) return undefined;
  try {
    const stats = fstatSync(fd);
    assertPlain(stats, name);
    if (stats.size > max) throw refused(`"${name}" has ${stats.size} bytes; at most ${max} are handled`);
    return { content: readFileSync(fd), ino: stats.ino };
  } finally {
    closeSync(fd);
  }
}

/** O_NONBLOCK: opening a pipe or a device must not wait. */
function openFile(path: string, name: string): number | undefined {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    // ENXIO: a socket.
    if (!isLinkError(errorCode(error)) && errorCode(error) !== 'ENXIO') throw error;
    throw refused(`"${name}" is not a plain file; links, folders and devices are not touched`, error);
  }
}

/** The file at `path`; throws a deterministic `ToolError` when there is none. */
export function existing(root: Folder, path: string, max: number): Found {
  const found = readPlain(root, path, max);
  if (found) return found;
  throw noFile(path);
}

export interface Entry {
  readonly path: string;
  readonly size: number;
  readonly plain: boolean;
}

/**
 * Everything below `folder` that is not a folder, without following links; `prefix` is put before the paths. `hidden`
 * includes names that begin with a dot. What is mounted from elsewhere is left out.
 */
export function* walk(folder: Folder, prefix: string, hidden: boolean, depth = 0): Generator<Entry> {
  if (depth > MAX_DEPTH) throw refused(`"${prefix}" is deeper than ${MAX_DEPTH} folders; remove what is too deep`);
  for (const entry of readdirSync(folder.path, { withFileTypes: true })) {
    if (!hidden && entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) yield* walkInto(folder, entry.name, `${prefix}${entry.name}/`, hidden, depth);
    else {
      const stats = lstatSync(join(folder.path, entry.name), { throwIfNoEntry: false });
      if (stats) yield { path: prefix + entry.name, size: stats.size, plain: stats.isFile() && stats.nlink === 1 };
    }
  }
}

function* walkInto(parent: Folder, name: string, prefix: string, hidden: boolean, depth: number): Generator<Entry> {
  const folder = openedOrGone(join(parent.path, name));
  if (!folder) return;
  try {
    if (sameMount(parent, folder)) yield* walk(folder, prefix, hidden, depth + 1);
  } finally {
    closeSync(folder.fd);
  }
}

/** Undefined when a folder just seen is gone or has become something else. */
function openedOrGone(path: string): Folder | undefined {
  try {
    return openFolder(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || isLinkError(errorCode(error))) return undefined;
    throw error;
  }
}
