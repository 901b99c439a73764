/** An installed pack as one text, so that every node has what one of them installed: JSON, path → content in base64. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { writeWhole } from './files.ts';

const archive = z.record(z.string(), z.base64());

/** What an archive may hold when unpacked, so that a damaged one cannot fill memory. */
const MOST = 512 * 1024 * 1024;

export async function archiveFolder(folder: string): Promise<Uint8Array> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[relative(folder, path).split(sep).join('/')] = (await readFile(path)).toString('base64');
  }
  return gzipSync(JSON.stringify(files));
}

/** @throws RangeError for a path that leads out of the folder. */
export async function unpackArchive(bytes: Uint8Array, folder: string): Promise<void> {
  const files = archive.parse(JSON.parse(gunzipSync(bytes, { maxOutputLength: MOST }).toString('utf8')));
  for (const [path, content] of Object.entries(files)) {
    const target = resolve(folder, path);
    if (!target.startsWith(folder + sep)) throw new RangeError(`the archive of a pack names ${path}, outside of it`);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeWhole(target, Buffer.from(content, 'base64'));
  }
}
