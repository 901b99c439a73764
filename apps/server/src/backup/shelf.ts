/** The folder with backups: what is in it, and what was found when one was checked. */
import { lstat, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupView } from '@reeve/protocol';
import { z } from 'zod';
import { parseOrNull } from '../data/bearer.ts';
import { readOptional, writeWhole } from '../data/files.ts';
import { Refusal } from '../errors.ts';
import { CHECKING } from './check.ts';
import { filesIn, MANIFEST, type Manifest, readManifest } from './manifest.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const PARTIAL = '.partial';
const CHECKS = '.checks.json';
/** Part of a backup in which the files beside its folders are counted. */
const REST = 'rest';

const checks = z.record(z.string(), z.object({ at: z.number(), sound: z.boolean(), why: z.string().nullable() }));
type Checks = z.output<typeof checks>;
type Summary = Pick<BackupView, 'taken' | 'head' | 'bytes' | 'holds'>;

/** A word of a command line, for any shell. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

const none = (name: string): Refusal =>
  new Refusal('not-found', `there is no whole backup ${name}`, 'list them with GET /v1/backups');

export class Shelf {
  readonly folder: string;
  readonly keys: string | null;
  readonly #organisation: string;
  /** Manifests name every file: read once, for as long as they are the same. */
  readonly #known = new Map<string, { readonly stamp: string; readonly summary: Summary | null }>();

  constructor(folder: string, keys: string | null, organisation: string) {
    this.folder = folder;
    this.keys = keys;
    this.#organisation = organisation;
  }

  /** All backups of this organisation, the newest first; those that were never finished last. */
  async all(): Promise<BackupView[]> {
    const entries = await readdir(this.folder, { withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isDirectory() && NAME.test(entry.name)).map(({ name }) => name);
    const found = await this.#checks();
    const shown = await Promise.all(names.map((name) => this.#view(name, found)));
    const order = (a: BackupView, b: BackupView) => (b.taken ?? 0) - (a.taken ?? 0) || (a.name < b.name ? 1 : -1);
    return shown.filter((each) => each !== null).sort(order);
  }

  /** A name nothing in the folder has, after the time. */
  async freeName(now: number): Promise<string> {
    const name = `${new Date(now).toISOString().slice(0, 19).replaceAll(':', '')}Z`;
    const taken = new Set(await readdir(this.folder).catch(() => []));
    const free = (each: string) => !taken.has(each) && !taken.has(each + PARTIAL);
    if (free(name)) return name;
    for (let n = 2; ; n++) if (free(`${name}-${n}`)) return `${name}-${n}`;
  }

  /** The folder of a whole backup. @throws Refusal `not-found`, also for what only looks like one */
  async pathOf(name: string): Promise<string> {
    const path = join(this.folder, name);
    const found = NAME.test(name) && !name.endsWith(PARTIAL) ? await lstat(path).catch(() => null) : null;
    if (!found?.isDirectory() || !(await this.#manifest(path))) throw none(name);
    return path;
  }

  /** The files of a whole backup: those it says it holds, and what says so. */
  async filesOf(name: string): Promise<{ path: string; files: string[] }> {
    const path = await this.pathOf(name);
    const manifest = await this.#manifest(path);
    const named = new Set([MANIFEST, ...(manifest?.files ?? []).map((file) => file.path)]);
    return { path, files: (await filesIn(path)).filter((file) => named.has(file)) };
  }

  /** Remembers what a check has found. */
  async checked(name: string, found: Checks[string]): Promise<void> {
    const known = await this.#checks();
    await writeWhole(join(this.folder, CHECKS), `${JSON.stringify({ ...known, [name]: found })}\n`);
  }

  /** Removes what an attempt of ours left. */
  async discard(name: string): Promise<void> {
    const left = [this.folder, ...(this.keys === null ? [] : [this.keys])].map((root) => join(root, name + PARTIAL));
    const rooms = (await readdir(this.folder).catch(() => [])).filter((each) => each.startsWith(CHECKING));
    for (const path of [...left, ...rooms.map((room) => join(this.folder, room))])
      await rm(path, { recursive: true, force: true });
  }

  async #checks(): Promise<Checks> {
    const text = await readOptional(join(this.folder, CHECKS)).catch(() => null);
    return checks.safeParse(parseOrNull(text ?? '')).data ?? {};
  }

  async #view(name: string, found: Checks): Promise<BackupView | null> {
    const nothing = { name, taken: null, head: null, bytes: 0, holds: [], keys: false, checked: null, restore: null };
    if (name.endsWith(PARTIAL)) return { ...nothing, state: 'unfinished' };
    const path = join(this.folder, name);
    const summary = await this.#summary(path).catch(() => 'damaged' as const);
    if (summary === 'damaged') return { ...nothing, state: 'damaged' };
    if (summary === null) return null;
    const keys = await this.#keysOf(name);
    const checked = found[name] ?? null;
    const words = ['reeve', 'restore', path, ...(keys === null ? [] : ['--keys', keys]), '--data', './restored'];
    const state = checked?.sound === false ? ('damaged' as const) : ('whole' as const);
    return { name, state, ...summary, keys: keys !== null, checked, restore: words.map(quoted).join(' ') };
  }

  async #keysOf(name: string): Promise<string | null> {
    if (this.keys === null) return null;
    const path = join(this.keys, name);
    return (await stat(path).catch(() => null))?.isDirectory() ? path : null;
  }

  /** What a manifest says, in numbers; null for a backup of another organisation. @throws StartError when it cannot be read */
  async #summary(path: string): Promise<Summary | null> {
    const { mtimeMs, size } = await stat(join(path, MANIFEST));
    const stamp = `${mtimeMs} ${size}`;
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.summary;
    const manifest = await readManifest(path);
    const summary = manifest.organisation === this.#organisation ? summaryOf(manifest) : null;
    this.#known.set(path, { stamp, summary });
    return summary;
  }

  #manifest(path: string): Promise<Manifest | null> {
    const own = (manifest: Manifest) => (manifest.organisation === this.#organisation ? manifest : null);
    return readManifest(path).then(own, () => null);
  }
}

function summaryOf({ taken, head, files }: Manifest): Summary {
  const parts = new Map<string, { files: number; bytes: number }>();
  for (const { path, bytes } of files) {
    const part = path.includes('/') ? path.slice(0, path.indexOf('/')) : REST;
    const sum = parts.get(part) ?? { files: 0, bytes: 0 };
    parts.set(part, { files: sum.files + 1, bytes: sum.bytes + bytes });
  }
  const holds = [...parts].map(([part, sum]) => ({ part, ...sum }));
  return { taken: Date.parse(taken), head, bytes: holds.reduce((sum, each) => sum + each.bytes, 0), holds };
}
