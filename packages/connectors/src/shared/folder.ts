/**
 * Reaching files below a root without ever following a link.
 *
 * A path is walked one folder at a time; each folder is opened without following links and held open, and the next step
 * is taken from the open folder, not from its name (`/proc/self/fd/N` on Linux is the `openat` that Node lacks). A
 * folder swapped for a link between check and use is therefore never entered. Without /proc the name is used instead
 * and a small window remains (SPEC, gaps).
 */
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { refused } from './call.ts';
import { foldName } from './paths.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
const BY_DESCRIPTOR = existsSync('/proc/self/fd');

/** An open folder. `path` may be used for its entries as long as it is open. */
export interface Folder {
  readonly fd: number;
  readonly path: string;
}

/** Open a folder that must not itself be a link. */
export function openFolder(path: string): Folder {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  return { fd, path: BY_DESCRIPTOR ? `/proc/self/fd/${fd}` : path };
}

/**
 * Run `use` in the folder `segments` below `root`, holding it open meanwhile. With `create`, missing folders are made.
 * Returns undefined when the folder does not exist; throws a deterministic `ToolError` on a link or a case variant.
 */
export function inFolder<T>(
  root: Folder,
  segments: readonly string[],
  create: boolean,
  use: (folder: Folder) => T,
): T | undefined {
  const [first, ...rest] = segments;
  if (first === undefined) return use(root);
  const next = enter(root, first, create);
  if (!next) return undefined;
  try {
    return inFolder(next, rest, create, use);
  } finally {
    closeSync(next.fd);
  }
}

function enter(parent: Folder, name: string, create: boolean): Folder | undefined {
  assertNoVariant(parent, name);
  const path = join(parent.path, name);
  try {
    if (create && makeFolder(path)) fsyncSync(parent.fd);
    return openFolder(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' && !create) return undefined;
    if (isLinkError(code)) throw refused(`"${name}" is not a folder, or is a link; links are not followed`, error);
    throw error;
  }
}

function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Refuse a name that differs from an existing one only in case or Unicode form: some file systems confuse them [T11]. */
export function assertNoVariant(folder: Folder, name: string): void {
  const fold = foldName(name);
  const variant = readdirSync(folder.path).find((entry) => entry !== name && foldName(entry) === fold);
  if (variant !== undefined)
    throw refused(`"${name}" differs only in case or form from the existing "${variant}"; use that name`);
}

/** ELOOP and ENOTDIR are what O_NOFOLLOW and O_DIRECTORY answer to links, by system. */
export function isLinkError(code: string | undefined): boolean {
  return code === 'ELOOP' || code === 'ENOTDIR' || code === 'EMLINK' || code === 'EISDIR';
}

export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Make the entries of a folder durable. */
export function syncFolder(path: string): void {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Both folders must lie on one volume: a rename between them is the atomic step [T10]. */
export function assertSameVolume(a: string, b: string): void {
  if (statSync(a).dev === statSync(b).dev) return;
  throw new Error(`${a} and ${b} lie on different volumes; keep a tool's directory on one volume`);
}

/** The real path of `relative` below `base`; throws when a link leads out of `base`. */
export function realPathInside(base: string, relative: string): string {
  const real = realpathSync(join(base, relative));
  if (real.startsWith(realpathSync(base) + sep)) return real;
  throw new Error(`"${relative}" leads outside ${base}; ship the file inside the pack`);
}
