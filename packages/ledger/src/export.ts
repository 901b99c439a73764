import type { SealedRecord } from './chain.ts';
import { createVerifier, type Verification, type VerifyOptions } from './verify.ts';

/** First line of an export. */
export interface Manifest {
  readonly reeve: 'ledger';
  readonly format: 1;
  readonly org: string;
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

/** First line of an export, without its line feed. */
export function manifestLine(org: string): string {
  return JSON.stringify({ reeve: 'ledger', format: 1, org } satisfies Manifest);
}

/** The line of one record, without its line feed. Header and body are carried as text: the bytes that were hashed. */
export function recordLine(record: SealedRecord): string {
  return `{"header":${JSON.stringify(record.header)},"body":${JSON.stringify(record.body)},"hash":"${record.hash}"}`;
}

/** A whole export, line by line, each with its line feed. */
export async function* exportLines(org: string, records: AsyncIterable<SealedRecord>): AsyncGenerator<string> {
  yield `${manifestLine(org)}\n`;
  for await (const record of records) yield `${recordLine(record)}\n`;
}

/**
 * Reads an export: bytes or text in chunks of any size, e.g. a file stream. Memory is bounded by the longest line.
 *
 * A line counts as broken unless it is, byte for byte, what `recordLine` writes; so no change of the file goes unseen.
 *
 * @throws ExportError naming the line, from here for the manifest and from iterating `records` for the rest.
 */
export async function readExport(
  source: Chunks,
): Promise<{ manifest: Manifest; records: AsyncIterable<SealedRecord> }> {
  const lines = splitLines(source);
  const first = await lines.next();
  if (first.done) throw new ExportError(1, 'is missing: the file is empty');
  return { manifest: parseManifest(first.value), records: parseRecords(lines) };
}

/**
 * Verifies an export without a store or a server: lines, chain and, with a witness, completeness.
 * A broken line ends it as the first bad record, never as an exception.
 */
export async function verifyExport(source: Chunks, options: VerifyOptions = {}): Promise<Verification> {
  let verifier = createVerifier(options);
  try {
    const { manifest, records } = await readExport(source);
    verifier = createVerifier({ org: manifest.org, ...options });
    for await (const record of records) if (!verifier.push(record)) break;
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    verifier.fail('line', error.message);
  }
  return verifier.finish();
}

async function* parseRecords(lines: AsyncIterable<string>): AsyncGenerator<SealedRecord> {
  let number = 1;
  for await (const line of lines) yield parseRecord(line, ++number);
}

function parseManifest(line: string): Manifest {
  const manifest = parseLine(line, 1) as Partial<Manifest>;
  if (manifest.reeve !== 'ledger') throw new ExportError(1, 'is no manifest: this is not an export of a Reeve ledger');
  if (manifest.format !== 1) {
    throw new ExportError(
      1,
      `says format ${String(manifest.format)}, this Reeve reads format 1: use the one that wrote it`,
    );
  }
  if (typeof manifest.org !== 'string' || manifestLine(manifest.org) !== line) {
    throw new ExportError(1, 'is not as it was written: the manifest has been changed');
  }
  return { reeve: 'ledger', format: 1, org: manifest.org };
}

function parseRecord(line: string, number: number): SealedRecord {
  const { header, body, hash } = parseLine(line, number) as Partial<SealedRecord>;
  if (typeof header !== 'string' || typeof body !== 'string' || typeof hash !== 'string') {
    throw new ExportError(number, 'is no record: expected "header", "body" and "hash", all text');
  }
  const record = { header, body, hash };
  if (recordLine(record) !== line)
    throw new ExportError(number, 'is not as it was written: spaces, order or fields differ');
  return record;
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
