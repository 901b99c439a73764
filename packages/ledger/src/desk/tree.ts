/**
 * Desks as trees of content: a blob for each piece of a file, one for each file (its pieces), one for each folder (its names). The
 * digest of the topmost folder names the whole desk: equal roots are equal desks, and what two versions share is stored once. Nothing is
 * compressed, so that the root follows from the content alone, on every machine.
 *
 *   file   = {"pieces": [[digest, length], …]}
 *   folder = {"entries": [[name, "file" | "folder", digest, length, about], …]}     sorted; about: 1 when it is about a customer
 */
import { canonicalText } from '../canonical.ts';
import type { PersonalBlobs } from '../erasure/forget.ts';
import { chunksOf } from './chunks.ts';
import { sideBySide } from './side-by-side.ts';

export interface DeskFile {
  /** With `/`, relative, without `.` and `..`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The customer it is about: sealed under his key, and gone with him. */
  readonly about: string | null;
}

export interface DeskEntry {
  readonly digest: string;
  readonly bytes: number;
  readonly personal: boolean;
}
/** Path → what is there. */
export type Listing = ReadonlyMap<string, DeskEntry>;

export interface SavedDesk {
  readonly root: string;
  readonly files: number;
  readonly bytes: number;
  /** Bytes of blobs that the version before did not have. */
  readonly added: number;
  /** Paths that were added, changed or removed. */
  readonly changed: readonly string[];
}

/** A snapshot that cannot be read or made; the message says why. */
export class DeskError extends Error {}

type Row = [name: string, kind: 'file' | 'folder', digest: string, bytes: number, about: 0 | 1];
const encode = (value: unknown): Uint8Array => Buffer.from(canonicalText(value));

/** Files at once, and pieces of each: every blob waits for the disk, and disks make many durable in the time of one. */
const FILES = 8;
const PIECES = 4;

/** Writes blobs and counts those that are new. */
class Writer {
  added = 0;
  readonly #blobs: PersonalBlobs;
  readonly #known: Set<string>;
  constructor(blobs: PersonalBlobs, known: Set<string>) {
    this.#blobs = blobs;
    this.#known = known;
  }

  async put(bytes: Uint8Array, about: string | null): Promise<string> {
    const digest = await this.#blobs.put(bytes, about);
    if (!this.#known.has(digest)) this.added += bytes.length;
    this.#known.add(digest);
    return digest;
  }

  async file({ bytes, about }: DeskFile): Promise<DeskEntry> {
    const pieces = await sideBySide(
      chunksOf(bytes),
      PIECES,
      async (piece): Promise<[string, number]> => [await this.put(piece, about), piece.length],
    );
    return { digest: await this.put(encode({ pieces }), about), bytes: bytes.length, personal: about !== null };
  }
}

const PLAIN = /^(?!\.{1,2}(\/|$))[^/\0]+(\/(?!\.{1,2}(\/|$))[^/\0]+)*$/;
function checkedPath(path: string): string {
  if (PLAIN.test(path)) return path;
  throw new DeskError(`${JSON.stringify(path)} is no path inside a desk`);
}

interface Folder {
  readonly files: Map<string, DeskEntry>;
  readonly folders: Map<string, Folder>;
}
const folder = (): Folder => ({ files: new Map(), folders: new Map() });

function foldersOf(all: Listing): Folder {
  const top = folder();
  for (const [path, entry] of all) {
    const names = checkedPath(path).split('/');
    let at = top;
    for (const name of names.slice(0, -1)) {
      const inner = at.folders.get(name) ?? folder();
      at.folders.set(name, inner);
      at = inner;
    }
    at.files.set(names.at(-1)!, entry);
  }
  return top;
}

async function writeFolder(writer: Writer, at: Folder): Promise<{ digest: string; bytes: number }> {
  const rows: Row[] = [];
  for (const [name, e] of at.files) {
    if (at.folders.has(name)) throw new DeskError(`${JSON.stringify(name)} is a file and a folder`);
    rows.push([name, 'file', e.digest, e.bytes, e.personal ? 1 : 0]);
  }
  for (const [name, inner] of at.folders) {
    const { digest, bytes } = await writeFolder(writer, inner);
    rows.push([name, 'folder', digest, bytes, 0]);
  }
  rows.sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = await writer.put(encode({ entries: rows }), null);
  return { digest, bytes: rows.reduce((sum, row) => sum + row[3], 0) };
}

export class DeskTrees {
  readonly #blobs: PersonalBlobs;
  constructor(blobs: PersonalBlobs) {
    this.#blobs = blobs;
  }

  /**
   * Store a desk; durable when resolved.
   * @param parent root of the version before, null for none.
   * @throws DeskError for paths that are none.
   */
  async save(files: Iterable<DeskFile> | AsyncIterable<DeskFile>, parent: string | null): Promise<SavedDesk> {
    const known = new Set<string>();
    const before = parent === null ? new Map<string, DeskEntry>() : await this.list(parent, known);
    const writer = new Writer(this.#blobs, known);
    const now = new Map<string, DeskEntry>();
    const save = async (file: DeskFile) => [checkedPath(file.path), await writer.file(file)] as const;
    for (const [path, entry] of await sideBySide(files, FILES, save)) now.set(path, entry);
    return this.#finish(writer, before, now);
  }

  async #finish(writer: Writer, before: Listing, now: Listing): Promise<SavedDesk> {
    const { digest, bytes } = await writeFolder(writer, foldersOf(now));
    return { root: digest, files: now.size, bytes, added: writer.added, changed: changedPaths(before, now) };
  }

  /** All files of a version. @param seen gets the digests of everything below it. @throws DeskError when it cannot be read. */
  async list(root: string, seen?: Set<string>): Promise<Map<string, DeskEntry>> {
    const found = new Map<string, DeskEntry>();
    await this.#walk(root, '', found, seen);
    return found;
  }

  async #walk(digest: string, prefix: string, found: Map<string, DeskEntry>, seen?: Set<string>): Promise<void> {
    seen?.add(digest);
    const { entries } = (await this.#json(digest)) as { entries: Row[] };
    for (const [name, kind, inner, bytes, about] of entries) {
      const path = prefix + name;
      if (kind === 'folder') await this.#walk(inner, `${path}/`, found, seen);
      else {
        found.set(path, { digest: inner, bytes, personal: about === 1 });
        if (seen) for (const each of await this.#piecesOf(inner, seen)) seen.add(each);
      }
    }
  }

  async #piecesOf(file: string, seen: Set<string>): Promise<string[]> {
    seen.add(file);
    const stored = await this.#blobs.get(file);
    if (!(stored instanceof Uint8Array)) return [];
    return (JSON.parse(Buffer.from(stored).toString()) as { pieces: [string, number][] }).pieces.map(([each]) => each);
  }

  /** Content of a file; `erased` once whom it is about was forgotten. @throws DeskError when a blob is missing. */
  async read(entry: DeskEntry): Promise<Uint8Array | 'erased'> {
    const stored = await this.#blobs.get(entry.digest);
    if (stored === 'erased') return 'erased';
    if (stored === null) throw new DeskError(`the blob ${entry.digest} of a desk is missing`);
    const { pieces } = JSON.parse(Buffer.from(stored).toString()) as { pieces: [string, number][] };
    const parts: Uint8Array[] = [];
    for (const [digest] of pieces) {
      const part = await this.#blobs.get(digest);
      if (!(part instanceof Uint8Array)) throw new DeskError(`the blob ${digest} of a desk is missing`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  async #json(digest: string): Promise<unknown> {
    const stored = await this.#blobs.get(digest);
    if (!(stored instanceof Uint8Array)) throw new DeskError(`the blob ${digest} of a desk is missing`);
    return JSON.parse(Buffer.from(stored).toString());
  }

  /**
   * Both changes put together. Where both sides changed the same file in different ways it is a conflict: ours stays, theirs lies
   * beside it as `<path>.theirs`; what one side removed and the other changed stays.
   * @param base root both came from, null for none.
   */
  async merge(base: string | null, ours: string, theirs: string): Promise<SavedDesk & { conflicts: string[] }> {
    const known = new Set<string>();
    const from = base === null ? new Map<string, DeskEntry>() : await this.list(base);
    const [own, other] = [await this.list(ours, known), await this.list(theirs, known)];
    const { files, conflicts } = merged(from, own, other);
    const saved = await this.#finish(new Writer(this.#blobs, known), own, files);
    return { ...saved, conflicts };
  }
}

function merged(base: Listing, ours: Listing, theirs: Listing): { files: Map<string, DeskEntry>; conflicts: string[] } {
  const files = new Map<string, DeskEntry>();
  const conflicts: string[] = [];
  for (const path of [...new Set([...ours.keys(), ...theirs.keys()])].sort()) {
    const [was, own, other] = [base.get(path), ours.get(path), theirs.get(path)];
    const same = own?.digest === other?.digest || other?.digest === was?.digest;
    const chosen = same ? own : own?.digest === was?.digest ? other : (own ?? other);
    const conflict = !same && own?.digest !== was?.digest;
    if (conflict) conflicts.push(path);
    if (conflict && own && other) files.set(`${path}.theirs`, other);
    if (chosen) files.set(path, chosen);
  }
  return { files, conflicts };
}

/** Paths that differ between two versions, sorted. */
export function changedPaths(before: Listing, now: Listing): string[] {
  const all = new Set([...before.keys(), ...now.keys()]);
  return [...all].filter((path) => before.get(path)?.digest !== now.get(path)?.digest).sort();
}
