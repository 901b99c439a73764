/** [SRV58] A pack that is sent with the request to apply it: its files, checked before one of them is written. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { parseOrNull } from './bearer.ts';
import { copyFolder } from './copy.ts';
import { writeWhole } from './files.ts';
import { archiveFolder } from './pack-archive.ts';

/** What a sent pack may hold: files, bytes of all of them, characters of a path. */
const MOST = { files: 5000, bytes: 64 * 1024 * 1024, path: 400 } as const;

const shape = z.record(z.string(), z.base64());
const inflate = promisify(gunzip);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Archive {
  /** Base64. */
  readonly content: string;
  readonly sha256: string;
}

/** The pack in a folder, without what a server leaves out of it: no tests, no dot files, no links that lead outside. */
export async function packToSend(folder: string): Promise<Archive> {
  const temporary = await mkdtemp(join(tmpdir(), 'reeve-pack-'));
  try {
    await copyFolder(folder, temporary);
    const bytes = await archiveFolder(temporary);
    return { content: Buffer.from(bytes).toString('base64'), sha256: sha256(bytes) };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** @throws Refusal when it is not what was sent. */
export function sentBytes({ content, sha256: expected }: Archive): Uint8Array {
  const bytes = Buffer.from(content, 'base64');
  if (sha256(bytes) === expected) return bytes;
  throw new Refusal('malformed', 'archive: it is not what its sha256 says', 'send it again');
}

const wrong = (what: string): Refusal =>
  new Refusal('invalid', `the pack that was sent ${what}`, 'send it with `reeve apply`, or see /v1/openapi.json');

/** One folder or file: visible, plain, and the same on any file system. */
const PART = /^[^./\\\p{C}:*?"<>|][^/\\\p{C}:*?"<>|]*$/u;
const isPlain = (path: string): boolean => path.length <= MOST.path && path.split('/').every((part) => PART.test(part));

/** Writes a sent pack into a folder that is not there yet. Nothing is written before all of it was looked at. */
export async function unpackSent(bytes: Uint8Array, folder: string): Promise<void> {
  const files = checked(await read(bytes));
  await mkdir(folder, { mode: 0o700 });
  for (const [path, content] of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeWhole(target, Buffer.from(content, 'base64'));
  }
}

async function read(bytes: Uint8Array): Promise<Record<string, string>> {
  // Base64 and JSON take half as much again.
  const text = await inflate(bytes, { maxOutputLength: MOST.bytes * 1.5 }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooMuch() : wrong('is no gzip, or not all of it arrived');
  });
  const parsed = shape.safeParse(parseOrNull(text.toString('utf8')));
  if (!parsed.success) throw wrong('is not JSON of paths and contents in base64');
  return parsed.data;
}

const tooMuch = (): Refusal => {
  const next = 'keep large data outside the pack';
  return new Refusal('too-large', `a pack is at most ${MOST.files} files and ${MOST.bytes / 1024 / 1024} MiB`, next);
};

function checked(files: Record<string, string>): [string, string][] {
  const entries = Object.entries(files);
  const size = entries.reduce((sum, [, content]) => sum + (content.length * 3) / 4, 0);
  if (entries.length > MOST.files || size > MOST.bytes) throw tooMuch();
  const odd = entries.find(([path]) => !isPlain(path));
  if (odd) throw wrong(`names ${JSON.stringify(odd[0].slice(0, 100))}, which is no plain path inside it`);
  const twice = collision(entries.map(([path]) => path.normalize('NFC').toLowerCase()));
  if (twice) throw wrong(`has two things at ${JSON.stringify(twice)}`);
  return entries;
}

/** A path that is there twice, or is a file and a folder. */
function collision(paths: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.has(path)) return path;
    seen.add(path);
  }
  return paths.find((path) => path.split('/').some((_, i, parts) => i > 0 && seen.has(parts.slice(0, i).join('/'))));
}
