/** Files as one stream: the POSIX interchange format (pax), which every tar reads. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK = 512;

export interface TarEntry {
  /** Path in the archive, with `/`. */
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
/** What is left of the block a size ends in. */
const padding = (bytes: number): number => (BLOCK - (bytes % BLOCK)) % BLOCK;
/** Largest size twelve octal digits can say. */
const PLAIN_SIZE = 8 ** 11 - 1;

function header(name: string, bytes: number, at: number, type: '0' | 'x'): Buffer {
  const block = Buffer.alloc(BLOCK);
  const fields: readonly (readonly [number, string])[] = [
    [0, name],
    [100, octal(0o600, 8)],
    [108, octal(0, 8)],
    [116, octal(0, 8)],
    [124, octal(bytes, 12)],
    [136, octal(Math.floor(at / 1000), 12)],
    [148, ' '.repeat(8)],
    [156, type],
    [257, 'ustar\0' + '00'],
  ];
  for (const [place, text] of fields) block.write(text, place, 'utf8');
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** A line of a pax header: it begins with its own length. */
function paxLine(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (bytes + String(length).length !== length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

/** Headers of an entry; what does not fit into the old fields is said in a pax header before them. */
function tarHeader({ name, bytes, at }: TarEntry): Buffer {
  const long = Buffer.byteLength(name) > 100;
  const large = bytes > PLAIN_SIZE;
  const short = long
    ? Buffer.from(name)
        .subarray(0, 96)
        .toString('latin1')
        .replace(/[^\x20-\x7e]/g, '_')
    : name;
  const plain = header(short, large ? 0 : bytes, at, '0');
  if (!long && !large) return plain;
  const lines = Buffer.from(`${long ? paxLine('path', name) : ''}${large ? paxLine('size', String(bytes)) : ''}`);
  return Buffer.concat([header('pax', lines.length, at, 'x'), ...[lines, Buffer.alloc(padding(lines.length))], plain]);
}

/** Bytes of the whole archive, known before it is made. */
export const tarBytes = (entries: readonly TarEntry[]): number =>
  entries.reduce((sum, entry) => sum + tarHeader(entry).length + entry.bytes + padding(entry.bytes), 2 * BLOCK);

/** How each file is now. @param prefix the folder they are in inside the archive. */
export async function tarEntries(root: string, paths: readonly string[], prefix: string): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for (const path of paths) {
    const { size, mtimeMs } = await stat(join(root, path));
    entries.push({ name: `${prefix}/${path}`, bytes: size, at: mtimeMs });
  }
  return entries;
}

/** The archive, in pieces as they are taken. @throws Error when a file is not as long any more as its header says. */
export async function* tarOf(
  root: string,
  entries: readonly TarEntry[],
  prefix: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const entry of entries) {
    yield tarHeader(entry);
    let left = entry.bytes;
    for await (const chunk of createReadStream(join(root, entry.name.slice(prefix.length + 1)))) {
      left -= (chunk as Buffer).length;
      yield chunk as Buffer;
    }
    if (left !== 0) throw new Error(`${entry.name} was changed while it was read`);
    yield Buffer.alloc(padding(entry.bytes));
  }
  yield Buffer.alloc(2 * BLOCK);
}
