import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AuditOptions, type Head, nodePort, readSeen, verifyLedger, verifyProof } from '@reeve/ledger';
import type { Context } from '../context.ts';
import { print, usage } from '../context.ts';
import { EXIT, type Exit } from '../failure.ts';
import { type LedgerSource, withSource } from '../ledger-source.ts';
import { bar, createProgress, type Progress, silent } from '../progress.ts';
import { type Against, proofVerdict, type Verified, verificationText } from '../text/ledger.ts';
import { countText } from '../text/quantities.ts';

export interface VerifyOptions {
  /** An export to verify instead of the data directory. */
  readonly file?: string;
  /** Verifier keys known from elsewhere. */
  readonly key?: readonly string[];
  /** `SEQ:HASH`, a head known from elsewhere, or a witness file. */
  readonly witness?: string;
  /** A proof file to verify instead of a ledger. */
  readonly proof?: string;
}

/** Records between two looks at the clock. */
const STEP = 500;

/** `reeve ledger verify`: without a server; what is not sound ends with exit code 6. */
export async function verify(context: Context, options: VerifyOptions): Promise<Exit> {
  if (options.proof !== undefined) return verifyProofFile(context, options.proof, options);
  const { against, ...known } = await witnessOf(context, options.witness);
  const keys = options.key === undefined ? {} : { keys: options.key };
  const started = performance.now();
  const found = await withSource(context, options.file, (source) => audit(context, source, { ...keys, ...known }));
  const seconds = (performance.now() - started) / 1000;
  print(context, { ...found, seconds }, () => verificationText(found, seconds, against));
  return found.ok ? EXIT.done : EXIT.unverified;
}

/** The ledger, judged as a whole, with progress on standard error. */
export async function audit(context: Context, source: LedgerSource, options: AuditOptions): Promise<Verified> {
  const progress = progressOf(context);
  const onRecord = counting(progress, source.total);
  try {
    return { ...(await verifyLedger(source.read, { ...options, onRecord })), source: source.name };
  } finally {
    progress.done();
  }
}

export const progressOf = (context: Context): Progress => (context.json ? silent : createProgress(context.io));

/** For `onRecord`: shows how far and how fast it goes. */
export function counting(progress: Progress, total: number | null): (count: number) => void {
  const started = performance.now();
  return (count) => {
    if (count % STEP !== 0) return;
    const speed = Math.round((1000 * count) / Math.max(1, performance.now() - started));
    const text = `${countText(count)} records verified, ${countText(speed)} a second`;
    progress.update(total === null ? text : `${bar(count, total)}  ${text}`);
  };
}

async function witnessOf(context: Context, text: string | undefined): Promise<AuditOptions & { against: Against }> {
  if (text === undefined) return { against: 'nothing' };
  const expected = headOf(text);
  if (expected !== null) return { against: 'head', expected };
  const path = resolve(context.io.cwd, text);
  const there = await stat(path).catch(() => null);
  if (there?.isFile()) return { against: 'file', witnessed: await readSeen(path) };
  throw usage(
    `"${text}" is no witness`,
    'a witness is SEQ:HASH, as `reeve ledger verify` prints it, or a file `reeve ledger witness` made',
    'copy it whole, with all 64 digits, or name an existing file',
  );
}

function headOf(text: string): Head | null {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash };
}

async function verifyProofFile(context: Context, file: string, options: VerifyOptions): Promise<Exit> {
  if (options.file !== undefined || options.witness !== undefined)
    throw usage('--proof stands alone', 'a proof is verified without the ledger', 'leave out --file and --witness');
  if (options.key === undefined)
    throw usage('a proof needs --key', 'a key that came with it would prove nothing', 'give the key you know');
  const text = await readFile(resolve(context.io.cwd, file), 'utf8');
  const result = await verifyProof(text, options.key, nodePort);
  print(context, { ...result, source: resolve(context.io.cwd, file) }, () => proofVerdict(file, result));
  return result.ok ? EXIT.done : EXIT.unverified;
}
