import { createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  createVerifier,
  ExportError,
  exportLines,
  type Head,
  readExport,
  type SealedRecord,
  type Store,
  type Verifier,
} from '@reeve/ledger';
import type { LedgerRecord } from '@reeve/protocol';
import { readOrganisation, withClient } from '../connect.ts';
import type { Context } from '../context.ts';
import { print, usage, wholeNumber } from '../context.ts';
import { EXIT, type Exit, Failure } from '../failure.ts';
import { openLedger } from '../house.ts';
import { bar, createProgress, type Progress, silent } from '../progress.ts';
import { type Verified, verificationText } from '../text/ledger.ts';
import { recordText } from '../text/lists.ts';
import { countText } from '../text/quantities.ts';

export interface VerifyOptions {
  /** An export to verify instead of the data directory. */
  readonly file?: string;
  /** `SEQ:HASH`, a head known from elsewhere. */
  readonly witness?: string;
}

/** Records between two looks at the clock. */
const STEP = 500;

/** `reeve ledger verify`: without a server; a chain that is not sound ends with exit code 6. */
export async function verify(context: Context, options: VerifyOptions): Promise<Exit> {
  const witness = options.witness === undefined ? undefined : witnessOf(options.witness);
  const started = performance.now();
  const found = options.file
    ? await verifyFile(context, resolve(context.io.cwd, options.file), witness)
    : await verifyData(context, witness);
  const seconds = (performance.now() - started) / 1000;
  print(context, { ...found, seconds }, verificationText(found, seconds, witness !== undefined));
  return found.ok ? EXIT.done : EXIT.unverified;
}

function witnessOf(text: string): Head {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw usage(
    `"${text}" is no witness`,
    'a witness is SEQ:HASH, as `reeve ledger verify` prints it',
    'copy it whole, with all 64 digits',
  );
}

const progressOf = (context: Context): Progress => (context.json ? silent : createProgress(context.io));

async function verifyData(context: Context, witness: Head | undefined): Promise<Verified> {
  const { organisation } = await readOrganisation(context.data);
  return withLedger(context, async (store) => {
    const total = (await store.head()).seq;
    const verifier = createVerifier({ org: organisation, ...(witness ? { expected: witness } : {}) });
    await check(verifier, store.load(0), total, progressOf(context));
    return { ...verifier.finish(), source: context.data, org: organisation };
  });
}

async function verifyFile(context: Context, file: string, witness: Head | undefined): Promise<Verified> {
  await stat(file);
  const progress = progressOf(context);
  let verifier = createVerifier();
  let org: string | null = null;
  try {
    const { manifest, records } = await readExport(createReadStream(file));
    org = manifest.org;
    verifier = createVerifier({ org, ...(witness ? { expected: witness } : {}) });
    await check(verifier, records, null, progress);
  } catch (error) {
    progress.done();
    if (!(error instanceof ExportError)) throw error;
    verifier.fail('line', error.message);
  }
  return { ...verifier.finish(), source: file, org };
}

async function check(
  verifier: Verifier,
  records: AsyncIterable<SealedRecord>,
  total: number | null,
  progress: Progress,
): Promise<void> {
  const started = performance.now();
  let count = 0;
  for await (const record of records) {
    if (!verifier.push(record)) break;
    count += 1;
    if (count % STEP === 0) progress.update(progressText(count, total, performance.now() - started));
  }
  progress.done();
}

function progressText(count: number, total: number | null, ms: number): string {
  const speed = `${countText(count)} records verified, ${countText(Math.round((1000 * count) / Math.max(1, ms)))} a second`;
  return total === null ? speed : `${bar(count, total)}  ${speed}`;
}

async function withLedger<T>(context: Context, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openLedger(context.data);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** `reeve ledger export`: every record as it is hashed, to be verified anywhere. Appears whole or not at all. */
export async function exportLedger(context: Context, file: string): Promise<Exit> {
  const path = resolve(context.io.cwd, file);
  const { organisation } = await readOrganisation(context.data);
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new Failure(
      EXIT.refused,
      `${file} exists already`,
      'an export never writes over a file',
      'name another file, or remove that one',
    );
  const head = await withLedger(context, (store) => writeExport(context, store, organisation, path));
  const text = `${countText(head.seq)} records in ${file}\nverify it anywhere with: reeve ledger verify --file ${file} --witness ${head.seq}:${head.hash}\n`;
  print(context, { file: path, records: head.seq, head }, text);
  return EXIT.done;
}

async function writeExport(context: Context, store: Store, org: string, path: string): Promise<Head> {
  const progress = progressOf(context);
  const head = await store.head();
  const part = `${path}.part`;
  const target = await open(part, 'w', 0o600);
  try {
    let count = 0;
    for await (const lines of batched(exportLines(org, store.load(0, head.seq)))) {
      await target.write(lines.join(''));
      count += lines.length;
      progress.update(`${bar(count, head.seq)}  ${countText(count)} records written`);
    }
    await target.sync();
  } finally {
    await target.close();
    progress.done();
  }
  await rename(part, path);
  return head;
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

export interface TailOptions {
  readonly lines: string;
  readonly follow?: boolean;
  readonly kind?: string;
}

/** `reeve ledger tail`: the newest records, one a line; with --follow until it is interrupted. */
export async function tail(context: Context, options: TailOptions): Promise<void> {
  const limit = wholeNumber(options.lines, '-n', 1, 1000);
  await withClient(context, async ({ client, live }) => {
    const show = (record: LedgerRecord) =>
      context.io.out(context.json ? `${JSON.stringify(record)}\n` : recordText(record, context.width));
    if (options.follow && !live)
      throw new Failure(
        EXIT.unavailable,
        'there is nothing to follow',
        `no server runs on ${join(context.data)}`,
        'start it with: reeve up',
      );
    const kind = options.kind ? { kind: options.kind } : {};
    const { records } = await client.ledger({ limit, order: 'newest', ...kind });
    for (const record of [...records].reverse()) show(record);
    if (options.follow) await follow(context, client.events.bind(client), records[0]?.seq, options.kind, show);
  });
}

type Events = (options: { after?: number; signal: AbortSignal }) => AsyncIterable<LedgerRecord>;

async function follow(
  { io }: Context,
  events: Events,
  after: number | undefined,
  kind: string | undefined,
  show: (record: LedgerRecord) => void,
): Promise<void> {
  const stop = new AbortController();
  const forget = io.onSignal(() => stop.abort());
  try {
    for await (const record of events({ signal: stop.signal, ...(after === undefined ? {} : { after }) })) {
      if (kind === undefined || record.kind.startsWith(kind)) show(record);
    }
  } finally {
    forget();
  }
}
