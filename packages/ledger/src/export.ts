import type { SealedRecord } from './chain.ts';

/** First line of an export. Format 2 has checkpoints among the records, and the keys that signed them. */
export interface Manifest {
  readonly reeve: 'ledger';
  readonly format: 1 | 2;
  readonly org: string;
  /** Verifier keys, the newest last. Who verifies should have them from elsewhere as well. */
  readonly keys?: readonly string[];
}

/** What stands in an export: records in order, and each checkpoint right after the last record it covers. */
export type Entry = { readonly record: SealedRecord } | { readonly checkpoint: string };

/** A ledger being read from its beginning, from a file or a store. */
export interface Reading {
  readonly manifest: Manifest;
  readonly entries: AsyncIterable<Entry>;
}

/** Something in an export that is not as it was written. `line` counts from 1; line 1 is the manifest. */
export class ExportError extends Error {
  readonly line: number;
  constructor(line: number, why: string, options: { cause?: unknown } = {}) {
    super(`line ${line} of the export ${why}`, options);
    this.name = 'ExportError';
    this.line = line;
  }
}

/** Bytes or text in pieces of any size. */
export type Chunks = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

const LINE_FEED = 10;

/** First line of an export, without its line feed. With keys it is of format 2. */
export function manifestLine(org: string, keys?: readonly string[]): string {
  const manifest: Manifest = keys ? { reeve: 'ledger', format: 2, org, keys } : { reeve: 'ledger', format: 1, org };
  return JSON.stringify(manifest);
}

/** The line of one record, without its line feed. Header and body are carried as text: the bytes that were hashed. */
export function recordLine(record: SealedRecord): string {
  return `{"header":${JSON.stringify(record.header)},"body":${JSON.stringify(record.body)},"hash":"${record.hash}"}`;
}

/** The line of an entry, without its line feed. */
export function entryLine(entry: Entry): string {
  return 'record' in entry ? recordLine(entry.record) : `{"checkpoint":${JSON.stringify(entry.checkpoint)}}`;
}

/** An export of format 1, line by line, each with its line feed: records alone. */
export async function* exportLines(org: string, records: AsyncIterable<SealedRecord>): AsyncGenerator<string> {
  yield `${manifestLine(org)}\n`;
  for await (const record of records) yield `${recordLine(record)}\n`;
}

/** A whole export, line by line, each with its line feed: what `readEntries` reads. */
export async function* exportEntries({ manifest, entries }: Reading): AsyncGenerator<string> {
  yield `${manifestLine(manifest.org, manifest.keys)}\n`;
  for await (const entry of entries) yield `${entryLine(entry)}\n`;
}

/**
 * Reads an export: bytes or text in chunks of any size, e.g. a file stream. Memory is bounded by the longest line.
 *
 * A line counts as broken unless it is, byte for byte, what `entryLine` writes; so no change of the file goes unseen.
 *
 * @throws ExportError naming the line, from here for the manifest and from iterating `entries` for the rest.
 */
export async function readEntries(source: Chunks): Promise<Reading> {
  const lines = splitLines(source);
  const first = await lines.next();
  if (first.done) throw new ExportError(1, 'is missing: the file is empty');
  const manifest = parseManifest(first.value);
  return { manifest, entries: parseEntries(lines, manifest.format) };
}

/** `readEntries` for those who want the records only. */
export async function readExport(
  source: Chunks,
): Promise<{ manifest: Manifest; records: AsyncIterable<SealedRecord> }> {
  const { manifest, entries } = await readEntries(source);
  return { manifest, records: recordsOf(entries) };
}

async function* recordsOf(entries: AsyncIterable<Entry>): AsyncGenerator<SealedRecord> {
  for await (const entry of entries) if ('record' in entry) yield entry.record;
}

async function* parseEntries(lines: AsyncIterable<string>, format: 1 | 2): AsyncGenerator<Entry> {
  let number = 1;
  for await (const line of lines) yield parseEntry(line, ++number, format);
}

function parseManifest(line: string): Manifest {
  const manifest = parseLine(line, 1) as Partial<Manifest>;
  const { reeve, format, org, keys } = manifest;
  if (reeve !== 'ledger') throw new ExportError(1, 'is no manifest: this is not an export of a Reeve ledger');
  if (format !== 1 && format !== 2) {
    throw new ExportError(
      1,
      `says format ${String(format)}, this Reeve reads formats 1 and 2: use the one that wrote it`,
    );
  }
  if (typeof org !== 'string' || (format === 2) !== isKeys(keys) || manifestLine(org, keys) !== line) {
    throw new ExportError(1, 'is not as it was written: the manifest has been changed');
  }
  return keys === undefined ? { reeve, format, org } : { reeve, format, org, keys };
}

const isKeys = (keys: unknown): boolean => Array.isArray(keys) && keys.every((key) => typeof key === 'string');

function parseEntry(line: string, number: number, format: 1 | 2): Entry {
  const { header, body, hash, checkpoint } = parseLine(line, number) as Partial<SealedRecord & { checkpoint: string }>;
  const entry = format === 2 && typeof checkpoint === 'string' ? { checkpoint } : { record: { header, body, hash } };
  if ('record' in entry && (typeof header !== 'string' || typeof body !== 'string' || typeof hash !== 'string')) {
    throw new ExportError(number, 'is no record: expected "header", "body" and "hash", all text');
  }
  if (entryLine(entry as Entry) !== line)
    throw new ExportError(number, 'is not as it was written: spaces, order or fields differ');
  return entry as Entry;
}

function parseLine(line: string, number: number): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new ExportError(number, 'is not JSON: it was cut short or changed', { cause: error });
  }
  if (value === null || typeof value !== 'object') throw new ExportError(number, 'is not a JSON object');
  return value;
}

/** Lines without their line feed. Bytes are split before they are decoded, so that an error names its own line. */
async function* splitLines(source: Chunks): AsyncGenerator<string> {
  const encoder = new TextEncoder();
  let number = 1;
  let parts: Uint8Array[] = [];
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : chunk;
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
      yield decodeLine([...parts, bytes.subarray(from, end)], number++);
      parts = [];
      from = end + 1;
    }
    // Copied: a reader may use the same buffer for its next chunk.
    if (from < bytes.length) parts.push(bytes.slice(from));
  }
  if (parts.length > 0) throw new ExportError(number, 'has no line feed at its end: the export was cut short');
}

function decodeLine(parts: readonly Uint8Array[], number: number): string {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return parts.map((part) => utf8.decode(part, { stream: true })).join('') + utf8.decode();
  } catch (error) {
    throw new ExportError(number, 'is not UTF-8: it was changed', { cause: error });
  }
}
