/** What others take away from a ledger: an export, its key, a witness's copy of a checkpoint, the proof of a record. */
import { open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import {
  exportEntries,
  type LogKeys,
  makeCheckpoint,
  openLogKeys,
  parseCheckpoint,
  parseNote,
  proofText,
  proveRecord,
  readHeader,
  type Signer,
  type Store,
  signerFile,
  storeReading,
  Unprovable,
  verifierKeyText,
  witnessLedger,
} from '@reeve/ledger';
import { readOrganisation } from '../connect.ts';
import { type Context, print, usage } from '../context.ts';
import { EXIT, type Exit, Failure } from '../failure.ts';
import { type LedgerSource, withLedger, withSource } from '../ledger-source.ts';
import { bar } from '../progress.ts';
import { faultText } from '../text/ledger.ts';
import { countText } from '../text/quantities.ts';
import { counting, progressOf } from './ledger-verify.ts';

/** Lines written together. */
const STEP = 500;

const keysOf = async ({ data }: Context): Promise<LogKeys> =>
  openLogKeys(data, (await readOrganisation(data)).organisation);

/** `reeve ledger key`: the key that others verify with, and nothing else on the line. */
export async function key(context: Context): Promise<void> {
  const { keys } = await keysOf(context);
  const verifier = keys.at(-1)!;
  print(context, { verifier, keys }, `${verifier}\n`);
}

/** Signs all there is. @returns the number of records that are signed. */
async function signAll(store: Store, { signer }: LogKeys): Promise<number> {
  return parseCheckpoint(parseNote(await makeCheckpoint(store, signer)).text).size;
}

/** Refuses to write over a file: what is already given away must not change under its name. */
async function refuseExisting(path: string, name: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw new Failure(
    EXIT.refused,
    `${name} exists already`,
    'exports and proofs are never written over a file',
    'name another file, or remove that one',
  );
}

/** `reeve ledger export`: every record as it is hashed, and every checkpoint. Appears whole or not at all. */
export async function exportLedger(context: Context, file: string): Promise<Exit> {
  const path = resolve(context.io.cwd, file);
  const { organisation } = await readOrganisation(context.data);
  await refuseExisting(path, file);
  const keys = await keysOf(context);
  const written = await withLedger(context, async (store) => {
    const records = await signAll(store, keys);
    const reading = await storeReading(store, organisation, keys.keys, records);
    const lines = await writeLines(context, exportEntries(reading), path, records);
    return { records, checkpoints: lines - records - 1, head: await headAt(store, records) };
  });
  const verifier = keys.keys.at(-1)!;
  const text = `${countText(written.records)} records in ${file}, all of them signed\nverify it anywhere with: reeve ledger verify --file ${file} --key '${verifier}'\n`;
  print(context, { file: path, ...written, verifier }, text);
  return EXIT.done;
}

async function headAt(store: Store, seq: number): Promise<{ seq: number; hash: string }> {
  for await (const { hash } of store.load(seq - 1, 1)) return { seq, hash };
  return store.head();
}

/** @returns how many lines were written. */
async function writeLines(context: Context, lines: AsyncIterable<string>, path: string, of: number): Promise<number> {
  const progress = progressOf(context);
  const part = `${path}.part`;
  const target = await open(part, 'w', 0o600);
  let count = 0;
  try {
    for await (const batch of batched(lines)) {
      await target.write(batch.join(''));
      count += batch.length;
      progress.update(`${bar(count, of)}  ${countText(count)} lines written`);
    }
    await target.sync();
  } finally {
    await target.close();
    progress.done();
  }
  await rename(part, path);
  return count;
}

async function* batched(lines: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < STEP) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

export interface WitnessOptions {
  readonly file?: string;
  readonly key: readonly string[];
  /** The witness file; made if it is not there. */
  readonly seen: string;
  /** File of the witness's own key; made if it is not there. */
  readonly sign?: string;
  /** Name of a new witness key. */
  readonly name?: string;
}

/** `reeve ledger witness`: takes the latest checkpoint into a file of one's own, if it continues what is there. */
export async function witness(context: Context, options: WitnessOptions): Promise<Exit> {
  const path = resolve(context.io.cwd, options.seen);
  const signer = options.sign === undefined ? null : await witnessKey(resolve(context.io.cwd, options.sign), options);
  return withSource(context, options.file, async (source) => {
    const progress = progressOf(context);
    const { audit, taken } = await witnessLedger(source.read, path, {
      keys: options.key,
      now: context.now(),
      onRecord: counting(progress, source.total),
      ...(signer === null ? {} : { signer }),
    }).finally(() => progress.done());
    const found = { ...audit, source: source.name };
    const verifier = signer === null ? null : verifierKeyText(signer.key);
    print(context, { ...found, taken, verifier }, () =>
      found.firstBad
        ? `${faultText(found)}${options.seen} stays as it was\n`
        : takenText(options.seen, taken, verifier),
    );
    return found.ok ? EXIT.done : EXIT.unverified;
  });
}

function takenText(seen: string, taken: string | null, verifier: string | null): string {
  if (taken === null) return `the ledger is sound, and ${seen} has its latest checkpoint already\n`;
  const { size } = parseCheckpoint(parseNote(taken).text);
  const said = `the ledger is sound: its checkpoint of ${countText(size)} records is now in ${seen}\n`;
  return verifier === null ? said : `${said}cosigned; others verify that with ${verifier}\n\n${taken}`;
}

/** The key of a witness, whatever it was named when it was made. */
async function witnessKey(path: string, { name = `witness/${encodeURIComponent(hostname())}` }: { name?: string }) {
  const known = await readFile(path, 'utf8').catch(() => '');
  const own = /^PRIVATE\+KEY\+([^+]+)\+/.exec(known)?.[1] ?? name;
  return signerFile(path, own, 4) satisfies Promise<Signer>;
}

export interface ProveOptions {
  /** A number, or an operation: then its newest record. */
  readonly seq: string;
  readonly out: string;
  readonly file?: string;
}

/** `reeve ledger prove`: one record, its path and a checkpoint in a file that convinces without the ledger. */
export async function prove(context: Context, options: ProveOptions): Promise<Exit> {
  const path = resolve(context.io.cwd, options.out);
  if (!/^([1-9]\d{0,14}|OP-\d{1,15})$/.test(options.seq))
    throw usage(`"${options.seq}" is no record`, '--seq is a number or an operation', 'give it as 1234 or OP-17');
  await refuseExisting(path, options.out);
  if (options.file === undefined) await coverAll(context);
  return withSource(context, options.file, (source) => proveFrom(context, source, options, path));
}

/** In one's own data directory nothing is left unsigned. */
async function coverAll(context: Context): Promise<void> {
  const keys = await keysOf(context);
  await withLedger(context, (store) => signAll(store, keys));
}

async function proveFrom(context: Context, source: LedgerSource, options: ProveOptions, path: string): Promise<Exit> {
  const progress = progressOf(context);
  try {
    const seq = options.seq.startsWith('OP-') ? await newestOf(source, options.seq) : Number(options.seq);
    const proof = await proveRecord(source.read, seq, { onRecord: counting(progress, source.total) });
    await writeFile(path, proofText(proof), { flag: 'wx' });
    const { kind } = readHeader(proof.record.header);
    const { size } = parseCheckpoint(parseNote(proof.checkpoint).text);
    const text = `${options.out} proves record ${countText(seq)} (${kind}), under a checkpoint of ${countText(size)} records\nverify it anywhere with: reeve ledger verify --proof ${options.out} --key KEY\n`;
    print(context, { file: path, seq, kind, size }, text);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof Unprovable)) throw error;
    const { audit } = error;
    if (audit.firstBad === undefined)
      throw new Failure(EXIT.refused, error.message, 'only what is signed can be proved', 'take a newer export', error);
    const found = { ...audit, source: source.name };
    print(context, found, () => faultText(found));
    return EXIT.unverified;
  } finally {
    progress.done();
  }
}

async function newestOf(source: LedgerSource, operation: string): Promise<number> {
  let newest = 0;
  for await (const entry of (await source.read()).entries) {
    if (!('record' in entry) || !entry.record.header.includes(operation)) continue;
    const { seq, stream } = readHeader(entry.record.header);
    if (stream === `operation/${operation}`) newest = seq;
  }
  if (newest > 0) return newest;
  throw new Failure(
    EXIT.refused,
    `there is no operation ${operation} in ${source.name}`,
    'no record of it is in this ledger',
    'look for it with `reeve ledger tail --kind operation.`',
  );
}
