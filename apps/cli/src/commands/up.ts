import { resolve } from 'node:path';
import { type BackupFolders, type CheckpointOptions, otlpFrom, startServer } from '@reeve/server';
import { buildConsole, CONSOLE_FOLDER, consoleLink } from '../console.ts';
import type { Context } from '../context.ts';
import { print, spanOption, usage, wholeNumber } from '../context.ts';
import type { Exit } from '../failure.ts';
import { type LogOptions, logOf, serve, stopOnSignal } from '../serving.ts';

export interface UpOptions extends LogOptions {
  readonly host: string;
  readonly checkpointEvery?: string;
  readonly checkpointRecords?: string;
  readonly witness?: string;
  readonly files?: string;
  readonly publicUrl?: string;
  readonly remoteTools?: readonly string[];
  readonly backups?: string;
  readonly backupKeys?: string;
}

/** `reeve up`: serves until SIGINT or SIGTERM. */
export async function up(context: Context, options: UpOptions): Promise<Exit> {
  const { io, data, port } = context;
  const checkpoints = checkpointsOf(context, options);
  const publicUrl = options.publicUrl === undefined ? {} : { publicUrl: publicUrlOf(options.publicUrl) };
  const stopping = stopOnSignal(io);
  const { store } = context;
  const remote = options.remoteTools ? { remote: options.remoteTools } : {};
  const log = logOf(options);
  const server = await startServer({
    data,
    store,
    port,
    host: options.host,
    log,
    otlp: otlpFrom(io.env),
    checkpoints,
    console: CONSOLE_FOLDER,
    backups: backupFolders(context, options),
    ...remote,
    ...publicUrl,
    ...(options.files === undefined ? {} : { files: resolve(io.cwd, options.files) }),
  });
  const { url, house } = server;
  const { digest } = await house.runtime.read((state) => state.organisation);
  if (!digest) io.err('nothing is in force yet; apply a pack in another terminal: reeve apply DIR\n');
  const link = await consoleLink(server);
  print(context, { ready: url, console: link, data, pid: process.pid }, `ready ${url}\nconsole ${link}\n`);
  void buildConsole(io);
  return serve(io, server, stopping);
}

/** Where backups go that are asked for over the API. */
function backupFolders({ io }: Context, { backups, backupKeys }: UpOptions): BackupFolders {
  return {
    ...(backups === undefined ? {} : { folder: resolve(io.cwd, backups) }),
    ...(backupKeys === undefined ? {} : { keys: resolve(io.cwd, backupKeys) }),
  };
}

/** When the ledger is signed while it grows, and where each checkpoint is copied to. */
function checkpointsOf({ io }: Context, options: UpOptions): Partial<CheckpointOptions> {
  const { checkpointEvery: every, checkpointRecords: records, witness } = options;
  return {
    ...(every === undefined ? {} : { every: spanOption(every, '--checkpoint-every', 1000) }),
    ...(records === undefined ? {} : { records: wholeNumber(records, '--checkpoint-records', 1, 1_000_000_000) }),
    ...(witness === undefined ? {} : { witness: resolve(io.cwd, witness) }),
  };
}

const HERE = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Links that decide go through it: in the clear only on this machine. */
function publicUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url?.protocol === 'http:' && HERE.has(url.hostname);
  const bare = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (url !== null && bare && (url.protocol === 'https:' || plain)) return url.href.replace(/\/+$/, '');
  throw usage(
    `--public-url cannot be "${text}"`,
    'it is an https address without name, query or fragment; http only on this machine',
    'give the address under which a proxy with TLS passes requests on to this server',
  );
}
