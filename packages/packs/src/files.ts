import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { compareText, type Problem } from './problem.ts';

/** Largest file read, in bytes. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;
/** Most YAML and script files in one pack. */
const MAX_FILES = 2000;
/** Most folder entries looked at, so that pointing at a home folder by mistake ends soon. */
const MAX_ENTRIES = 20_000;

const SKIPPED = new Set(['tickets', 'knowledge', 'policy-tests', 'node_modules', 'test']);
const YAML = /\.ya?ml$/i;
const SCRIPT = /\.[cm]?[jt]s$/i;

/** The files of a pack: paths relative to it, with `/`, sorted. */
export interface FoundFiles {
  readonly yaml: string[];
  readonly scripts: string[];
  readonly problems: Problem[];
}

interface Walk {
  readonly root: string;
  readonly yaml: string[];
  readonly scripts: string[];
  readonly problems: Problem[];
  entries: number;
  full: boolean;
}

/** The real path of the pack's folder, or the problem with it. Never throws for a bad path. */
export async function openFolder(dir: string): Promise<{ root: string } | { problem: Problem }> {
  const refuse = (message: string, hint: string) => ({ problem: { file: dir, rule: 'PCK1', message, hint } });
  try {
    const root = await realpath(dir);
    if ((await stat(root)).isDirectory()) return { root };
    return refuse('this is not a folder; a pack is a folder with a pack.yaml', 'give the folder that holds pack.yaml');
  } catch (error) {
    return refuse(`cannot open the pack's folder: ${reason(error)}`, 'check the path and its permissions');
  }
}

/** Every YAML and script file below `root`, except in tickets/, knowledge/, policy-tests/, node_modules/, test/ and dot folders. */
export async function findFiles(root: string): Promise<FoundFiles> {
  const walk: Walk = { root, yaml: [], scripts: [], problems: [], entries: 0, full: false };
  await visit(walk, root);
  return walk;
}

async function visit(walk: Walk, folder: string): Promise<void> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const message = `cannot read this folder: ${reason(error)}`;
    walk.problems.push({ file: shown(walk.root, folder), rule: 'PCK2', message, hint: 'check its permissions' });
    return;
  }
  for (const entry of entries.sort((a, b) => compareText(a.name, b.name))) {
    if (overLimit(walk)) return;
    await visitEntry(walk, folder, entry);
  }
}

async function visitEntry(walk: Walk, folder: string, entry: Dirent): Promise<void> {
  if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) return;
  const path = join(folder, entry.name);
  if (entry.isDirectory()) await visit(walk, path);
  else if (entry.isFile()) take(walk, path);
  else if (entry.isSymbolicLink()) await visitLink(walk, path);
}

/** A link may point to a file of the pack; anything else would let a pack read what was not given to it. */
async function visitLink(walk: Walk, path: string): Promise<void> {
  try {
    const target = await realpath(path);
    if (target.startsWith(walk.root + sep) && (await stat(target)).isFile()) return take(walk, path);
  } catch {
    // A link to nowhere is refused like one that leads outside.
  }
  const message = 'this symbolic link does not lead to a file inside the pack, so it is refused';
  const hint = 'copy the file into the pack, or remove the link';
  walk.problems.push({ file: shown(walk.root, path), rule: 'PCK2', message, hint });
}

function take(walk: Walk, path: string): void {
  const name = shown(walk.root, path);
  if (YAML.test(name)) walk.yaml.push(name);
  else if (SCRIPT.test(name)) walk.scripts.push(name);
}

function overLimit(walk: Walk): boolean {
  walk.entries += 1;
  const files = walk.yaml.length + walk.scripts.length >= MAX_FILES;
  if (!files && walk.entries <= MAX_ENTRIES) return false;
  if (!walk.full) {
    const message = files
      ? `the pack has more than ${MAX_FILES} YAML and script files`
      : `the folder has more than ${MAX_ENTRIES} entries`;
    const hint = 'check that this is the right folder; put data in tickets/ or knowledge/, which are not loaded';
    walk.problems.push({ file: '.', rule: 'PCK2', message, hint });
  }
  walk.full = true;
  return true;
}

/** The bytes of one file of the pack, or the problem with it. */
export async function readBytes(root: string, file: string): Promise<{ bytes: Buffer } | { problem: Problem }> {
  const refuse = (message: string, hint: string) => ({ problem: { file, rule: 'PCK2', message, hint } });
  try {
    const { size } = await stat(join(root, file));
    if (size > MAX_FILE_BYTES) {
      return refuse(`the file has ${size} bytes; at most ${MAX_FILE_BYTES} are read`, 'split it into several files');
    }
    return { bytes: await readFile(join(root, file)) };
  } catch (error) {
    return refuse(`cannot read the file: ${reason(error)}`, 'check its permissions');
  }
}

/** The text in some bytes, or the problem when they are not UTF-8 text. */
export function decodeText(file: string, bytes: Buffer): { text: string } | { problem: Problem } {
  const hint = 'save it as UTF-8 text, or give it a name that does not end in .yaml or .yml';
  const message = 'this is not a text file, though its name says it is YAML';
  const refused = { problem: { file, rule: 'PCK3', message, hint } };
  if (bytes.includes(0)) return refused;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return refused;
  }
}

function shown(root: string, path: string): string {
  return relative(root, path).split(sep).join('/') || '.';
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is nothing at this path';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return error instanceof Error ? error.message : String(error);
}
