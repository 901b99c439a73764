import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { importFile } from '@reeve/connectors/importing';
import type { Definition } from '@reeve/kernel';
import type { Files } from '@reeve/ledger/postgres';
import type { LoadedPack, LoadResult } from '@reeve/packs';
import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { copyFolder } from './copy.ts';
import { readOptional, startError, writeWhole } from './files.ts';
import { archiveFolder, unpackArchive } from './pack-archive.ts';
import { unpackSent } from './sent-pack.ts';

/**
 * Load a pack with the connectors of this installation: what `plan` shows and `apply` applies. Their code is a fifth of
 * Reeve's and of no use to a server that starts, so it is loaded here.
 */
export async function readPack(directory: string): Promise<LoadResult> {
  const [{ CONNECTORS }, { loadPack }] = await Promise.all([import('@reeve/connectors'), import('@reeve/packs')]);
  return loadPack(directory, { connectors: CONNECTORS });
}

const origin = z.object({ directory: z.string(), id: z.string(), version: z.number().int() });
/** Where an installed pack came from. */
export type Origin = z.output<typeof origin>;

/** Packages that a pack's scripts may import. */
const OFFERED = ['kernel', 'workers', 'sdk'] as const;

/** The packs that were applied, each under the digest of its definition, and thus never changed. */
export class Packs {
  readonly #root: string;
  readonly #shared: Files | null;
  #verified = new Set<string>();

  /**
   * @param root folder of the installed packs; organisations of one process may share it
   * @param shared where nodes keep what one of them installed
   */
  constructor(root: string, shared: Files | null = null) {
    this.#root = root;
    this.#shared = shared;
  }

  /** Folder of an installed pack, whether or not it is there. */
  folder(digest: string): string {
    return join(this.#root, digest);
  }

  has(digest: string): boolean {
    return existsSync(join(this.folder(digest), 'pack.yaml'));
  }

  async origin(digest: string): Promise<Origin | null> {
    if (digest === '') return null;
    const text = await readOptional(join(this.#root, `${digest}.json`));
    return text === null ? null : (origin.safeParse(JSON.parse(text)).data ?? null);
  }

  /** Makes the folder ready: removes what a crash left, and links the packages that scripts import. */
  prepare(): Promise<void> {
    return once(this.#root, () => this.#prepare());
  }

  async #prepare(): Promise<void> {
    const modules = join(this.#root, 'node_modules', '@reeve');
    try {
      await mkdir(modules, { recursive: true, mode: 0o700 });
      // Without it, Node takes the scripts for CommonJS: a data directory has no package.json above it.
      if (!existsSync(join(this.#root, 'package.json')))
        await writeWhole(join(this.#root, 'package.json'), '{"type":"module"}\n');
      // Files are written and renamed at once, by whichever organisation of this process; folders say so while they are.
      for (const entry of await readdir(this.#root, { withFileTypes: true }))
        if (entry.isDirectory() && entry.name.endsWith('.tmp') && !writing.has(join(this.#root, entry.name)))
          await rm(join(this.#root, entry.name), { recursive: true, force: true });
      for (const name of OFFERED) await link(packageFolder(name), join(modules, name));
    } catch (error) {
      throw startError(this.#root, error);
    }
  }

  /** [SRV7] Copies a loaded pack under its digest, whole or not at all, and checks that the copy is what was loaded. */
  async install(pack: LoadedPack, directory = pack.dir): Promise<void> {
    const from = { directory, id: pack.id, version: pack.version };
    if (!this.has(pack.digest)) await this.#copy(pack);
    await this.#noteOrigin(pack.digest, from);
    await this.#shared?.put(`pack/${pack.digest}`, await archiveFolder(this.folder(pack.digest)));
    await this.#shared?.put(`pack/${pack.digest}.json`, Buffer.from(JSON.stringify(from)), { replace: true });
  }

  /** [SRV41] Is it installed here? If not, it is brought here from where another node installed it. */
  async bring(digest: string): Promise<boolean> {
    if (this.has(digest) || this.#shared === null) return this.has(digest);
    const [bytes, from] = [await this.#shared.get(`pack/${digest}`), await this.#shared.get(`pack/${digest}.json`)];
    if (bytes === null) return false;
    await this.unpack(digest, bytes);
    if (from !== null) await this.#noteOrigin(digest, origin.parse(JSON.parse(Buffer.from(from).toString('utf8'))));
    return true;
  }

  /**
   * [SRV58] Work with a pack that was sent, in a folder that is gone afterwards.
   * @throws Refusal for an archive that is none, is too large, or holds a path that is not plain.
   */
  async unpacked<T>(bytes: Uint8Array, work: (folder: string) => Promise<T>): Promise<T> {
    const temporary = join(this.#root, `.${randomBytes(6).toString('hex')}.tmp`);
    writing.add(temporary);
    try {
      await unpackSent(bytes, temporary);
      return await work(temporary);
    } finally {
      await rm(temporary, { recursive: true, force: true });
      writing.delete(temporary);
    }
  }

  /** Installs the pack of an archive, if it is not there. @throws Refusal if it is not what the digest says. */
  async unpack(digest: string, bytes: Uint8Array): Promise<void> {
    if (!this.has(digest)) await this.#placed(digest, 'the archive', (folder) => unpackArchive(bytes, folder));
  }

  async #noteOrigin(digest: string, from: Origin): Promise<void> {
    await writeWhole(join(this.#root, `${digest}.json`), `${JSON.stringify(from)}\n`);
  }

  #copy({ digest, dir }: LoadedPack): Promise<void> {
    return this.#placed(digest, dir, (folder) => copyFolder(dir, folder));
  }

  /** Whole or not at all, and only if what was written is what the digest says. */
  #placed(digest: string, where: string, write: (folder: string) => Promise<void>): Promise<void> {
    return once(this.folder(digest), () => this.#place(digest, where, write));
  }

  async #place(digest: string, where: string, write: (folder: string) => Promise<void>): Promise<void> {
    const temporary = join(this.#root, `.${randomBytes(6).toString('hex')}.tmp`);
    writing.add(temporary);
    try {
      await write(temporary);
      const copied = await readPack(temporary);
      if (!copied.ok || copied.pack.digest !== digest)
        throw new Refusal('conflict', `the pack in ${where} changed while it was read`, 'plan again');
      // What an interrupted removal left would be in the way.
      await rm(this.folder(digest), { recursive: true, force: true });
      await rename(temporary, this.folder(digest));
    } finally {
      await rm(temporary, { recursive: true, force: true });
      writing.delete(temporary);
    }
  }

  /**
   * [SRV8] The default export of an installed script, after every script of the pack was found to be what was applied.
   * @throws Error saying which file is not.
   */
  async script(digest: string, definition: Definition, path: string): Promise<unknown> {
    if (!Object.hasOwn(definition.scripts, path))
      throw new Error(
        `${path} is not a script of the pack in force; known are ${Object.keys(definition.scripts).join(', ')}`,
      );
    await this.verify(digest, definition);
    return (await importFile(join(this.folder(digest), path))).default;
  }

  /** [SRV8] Is every script of the installed pack what was applied? @throws Error saying which file is not. */
  async verify(digest: string, definition: Definition): Promise<void> {
    if (this.#verified.has(digest)) return;
    for (const [path, expected] of Object.entries(definition.scripts)) {
      const bytes = await readFile(join(this.folder(digest), path)).catch(() => null);
      const found = bytes === null ? 'missing' : createHash('sha256').update(bytes).digest('hex');
      if (found !== expected)
        throw new Error(
          `${join(this.folder(digest), path)} is ${found === 'missing' ? found : 'not what was applied'}; ` +
            'stop, remove that folder and apply the pack again',
        );
    }
    this.#verified.add(digest);
  }
}

const underWay = new Map<string, Promise<void>>();

/** Organisations of one process may share a folder: what one of them is doing to a path, the others wait for. */
function once(path: string, work: () => Promise<void>): Promise<void> {
  const known = underWay.get(path);
  if (known !== undefined) return known;
  const doing = work().finally(() => underWay.delete(path));
  underWay.set(path, doing);
  return doing;
}

/** Temporary folders that are being written by this process. */
const writing = new Set<string>();

/** Folder of one of Reeve's own packages, wherever this installation keeps it. */
function packageFolder(name: string): string {
  const entry = createRequire(import.meta.url).resolve(`@reeve/${name}`);
  return dirname(dirname(entry));
}

async function link(target: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => null)) === target) return;
  await rm(path, { recursive: true, force: true });
  await symlink(target, path, 'junction');
}
