import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { StartError } from '../errors.ts';

export const MANIFEST = 'reeve-backup.json';
/** Ids of the keys that forgetting has destroyed, one a line. They name nobody. */
export const ERASED_KEYS = 'erased-keys';
/** What is copied as it is; the ledger and databases are copied at one moment each. No keys, no token, no snapshots. */
export const FOLDERS = ['packs', 'files', 'tools'] as const;

const shape = z.strictObject({
  reeve: z.literal('backup'),
  format: z.literal(1),
  organisation: z.string(),
  /** When it was taken, ISO 8601. */
  taken: z.string(),
  head: z.strictObject({ seq: z.number(), hash: z.string() }),
  /** Every file but this one, with its SHA-256. */
  files: z.array(z.strictObject({ path: z.string(), bytes: z.number(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof shape>;

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/** Files below a folder, as paths with `/`, in order. */
export async function filesIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((path) => relative(root, path).split(sep).join('/')).sort();
}

/** Every file below a folder with its digest. @param onFile told how many of how many are done. */
export async function listFiles(
  root: string,
  onFile: (done: number, of: number) => void = () => undefined,
): Promise<Manifest['files']> {
  const listed: Manifest['files'] = [];
  const paths = await filesIn(root);
  for (const [n, path] of paths.entries()) {
    onFile(n, paths.length);
    // What looking into a database leaves beside it.
    if (/-(wal|shm)$/.test(path)) continue;
    const full = join(root, path);
    listed.push({ path, bytes: (await stat(full)).size, sha256: await digestOf(full) });
  }
  return listed;
}

export const bad = (path: string, why: string): StartError =>
  new StartError('corrupt', `${path} is no sound backup: ${why}`, 'use another backup');

/** What a backup says it holds. @throws StartError `corrupt` when it says nothing that can be read. */
export async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(join(path, MANIFEST), 'utf8').catch(() => null);
  if (text === null) throw bad(path, `it has no ${MANIFEST}, so it was never finished, or is something else`);
  const manifest = shape.safeParse(parsed(text));
  if (!manifest.success) throw bad(path, `${MANIFEST} is damaged, or of a newer Reeve`);
  return manifest.data;
}

/** [SRV86] What a backup says it holds, and that it holds just that. @throws StartError `corrupt` naming what is wrong. */
export async function checkedManifest(path: string, onFile?: (done: number, of: number) => void): Promise<Manifest> {
  const manifest = await readManifest(path);
  const wanted = new Map(manifest.files.map((file) => [file.path, file]));
  for (const file of await listFiles(path, onFile)) {
    if (file.path === MANIFEST) continue;
    const known = wanted.get(file.path);
    wanted.delete(file.path);
    if (!known) throw bad(path, `it did not have ${file.path} when it was taken`);
    if (known.sha256 !== file.sha256) throw bad(path, `${file.path} was changed since it was taken`);
  }
  for (const missing of wanted.keys()) throw bad(path, `${missing} is missing`);
  return manifest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Refuses a target that is there, and the rest of an attempt that did not finish: neither is ever written over. */
export async function freeTarget(path: string): Promise<string> {
  const partial = `${path}.partial`;
  const entries = await readdir(path).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : ['?']));
  if (entries.length > 0)
    throw new StartError('not-writable', `${path} is there already; nothing is written over it`, 'name a new folder');
  if (await stat(partial).catch(() => null)) throw leftOver(partial);
  return partial;
}

const leftOver = (partial: string): StartError =>
  new StartError(
    'not-writable',
    `${partial} is what is left of an attempt that did not finish, or of one that is under way`,
    `make sure that nothing else is at work, delete ${partial}, and try again`,
  );

/** Makes the folder of an attempt. Of two at once one gets it. @throws StartError for the other one. */
export async function claim(partial: string): Promise<void> {
  await mkdir(dirname(partial), { recursive: true, mode: 0o700 });
  await mkdir(partial, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? leftOver(partial) : error;
  });
}

/** The finished folder takes its name: it is there whole, or not at all. */
export async function finish(partial: string, path: string): Promise<void> {
  await rename(partial, path).catch((error: unknown) => {
    throw new StartError('not-writable', `${partial} is whole, but cannot be renamed to ${path}`, 'rename it', error);
  });
}
